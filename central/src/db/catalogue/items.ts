import type { Item } from "../../catalogue/item.ts";
import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "../queries/sql.ts";

export interface ItemRow {
  readonly id: number;
  readonly item: Item;
  readonly created_at: string;
  readonly updated_at: string;
}

const isGtin = `class_key ~ '^\\(01\\)[0-9]{14}$'`;

/** The codes among `rows` of item_code: GTINs with 14 digits, and the other class keys. */
const codesOf = (rows: string) => `
  'gtins', (select coalesce(json_agg(substr(class_key, 5)) filter (where ${isGtin}), '[]') from item_code where ${rows}),
  'codes', (select coalesce(json_agg(class_key) filter (where not ${isGtin}), '[]') from item_code where ${rows})`;

/** An item of the table `i` as the API shows it; the order of its lists is whatever comes first. */
const itemJson = `json_build_object('sku', i.sku, 'name', i.name, 'description', i.description, 'status', i.status,
  'tracking', i.tracking, 'uom', i.uom, 'family', (select f.sku from item f where f.id = i.family_id), 'variant_by', i.variant_by,
  'attributes', i.attributes, ${codesOf("item_id = i.id and pack is null")},
  'packs', (select coalesce(json_agg(json_build_object('pack', p.pack, 'contains', p.contains, 'of', p.of_pack, 'units', p.units,
      ${codesOf("item_id = p.item_id and item_code.pack = p.pack")})), '[]') from item_pack p where p.item_id = i.id),
  'party_codes', (select coalesce(json_agg(json_build_object('party', party, 'code', code)), '[]')
      from item_party_code where item_id = i.id))`;

const columns = `i.id, ${itemJson} as item, ${rfc3339("i.created_at")} as created_at, ${rfc3339("i.updated_at")} as updated_at`;

export interface ItemFilter {
  readonly sku?: string | undefined;
  readonly classKey?: string | undefined;
  readonly party?: string | undefined;
  readonly partyCode?: string | undefined;
  readonly family?: string | undefined;
  readonly status?: string | undefined;
  /** Beginnings of words of the name or SKU. */
  readonly search?: string | undefined;
}

/** Items in the order of their SKUs, after `after`. */
export async function readItems(
  db: Executor,
  { after, limit, ...filter }: ItemFilter & { readonly after?: string | undefined; readonly limit: number },
): Promise<ItemRow[]> {
  const conditions = new Conditions()
    .when(filter.sku, value => `i.sku = ${value}`)
    .when(filter.classKey, value => `i.id = (select item_id from item_code where class_key = ${value})`)
    .when(filter.party, value => `i.id in (select item_id from item_party_code where party = ${value})`)
    .when(filter.partyCode, value => `i.id in (select item_id from item_party_code where code = ${value})`)
    .when(filter.family, value => `i.family_id = (select id from item where sku = ${value})`)
    .when(filter.status, value => `i.status = ${value}`)
    .when(after, value => `i.sku > ${value}`);
  const words = queryOf(filter.search);
  const rowsMax = conditions.value(limit);
  const { rows } = await db.query<ItemRow>(
    words === undefined
      ? `select ${columns} from item i ${conditions.where()} order by i.sku limit ${rowsMax}`
      : `${foundBy(conditions, conditions.value(words), rowsMax)}
         select ${columns} from found join item i on i.id = found.id order by i.sku`,
    conditions.values,
  );
  return rows;
}

/**
 * The first items that have the words. How many have them, the planner cannot tell from the beginning of a word, and either way is dear
 * where the other is right: what half of the catalogue has is soon found along the SKUs, and what three items have by the index of words
 * alone. So the next items by SKU are looked through, so many at most, and the index is asked where they had too few.
 */
function foundBy(conditions: Conditions, words: string, rowsMax: string): string {
  return `with next as materialized (
      select i.id, i.sku, i.words @@ to_tsquery('simple', ${words}) as fits from item i ${conditions.where()} order by i.sku limit ${lookedThrough}
    ), near as materialized (select id, sku from next where fits order by sku limit ${rowsMax}),
    rare as (
      select i.id, i.sku from (select * from item where words @@ (select to_tsquery('simple', ${words})) offset 0) i
      where (select count(*) from near) < ${rowsMax} and (select count(*) from next) = ${lookedThrough}${conditions.and()}
      order by i.sku limit ${rowsMax}
    ),
    found as (
      select id, sku from near where (select count(*) from near) = ${rowsMax} or (select count(*) from next) < ${lookedThrough}
      union all select id, sku from rare
    )`;
}

/** Some milliseconds' worth of items; what fewer than one in a hundred of them have is rare enough for the index. */
const lookedThrough = 5_000;

/** Families first, then all others, each in the order of their SKUs: in this order they can be added anew. */
export async function readItemsToExport(
  db: Executor,
  { after, limit }: { readonly after: { readonly family: boolean; readonly sku: string }; readonly limit: number },
): Promise<readonly Item[]> {
  const { rows } = await db.query<{ item: Item }>({
    name: `catalogue-export-${after.family ? "families" : "items"}`,
    text: `select ${itemJson} as item from item i
      where i.sku > $1 and (i.variant_by is ${after.family ? "not null" : "null"}) order by i.sku limit $2`,
    values: [after.sku, limit],
  });
  return rows.map(row => row.item);
}

export interface KnownRow {
  readonly id: number;
  readonly item: Item;
  readonly has_stock: boolean;
  readonly has_variants: boolean;
}

/** Items as they are, with what a change of them must know. */
export async function readKnown(db: Executor, skus: readonly string[]): Promise<readonly KnownRow[]> {
  const { rows } = await db.query<KnownRow>({
    name: "catalogue-read-known",
    text: `select i.id, ${itemJson} as item, exists (select from stock where stock.item_id = i.id) as has_stock,
        exists (select from item v where v.family_id = i.id) as has_variants
      from item i where i.sku = any($1::text[])`,
    values: [binaryArray.text(skus)],
  });
  return rows;
}

/** In which attributes the variants of families differ; null for an item that is no family. */
export async function readFamilies(
  db: Executor,
  skus: readonly string[],
): Promise<ReadonlyMap<string, readonly string[] | null>> {
  const { rows } = await db.query<{ sku: string; variant_by: string[] | null }>({
    name: "catalogue-read-families",
    text: "select sku, variant_by from item where sku = any($1::text[])",
    values: [binaryArray.text(skus)],
  });
  return new Map(rows.map(row => [row.sku, row.variant_by]));
}

/** Who has these class keys. */
export async function readCodeOwners(db: Executor, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ class_key: string; sku: string }>({
    name: "catalogue-read-code-owners",
    text: `select class_key, sku from item_code join item on item.id = item_id where class_key = any($1::text[])`,
    values: [binaryArray.text(keys)],
  });
  return new Map(rows.map(row => [row.class_key, row.sku]));
}

/** Whose items parties' codes are, by party and code in one text. */
export async function readPartyCodeOwners(
  db: Executor,
  codes: readonly { readonly party: string; readonly code: string }[],
): Promise<readonly { readonly party: string; readonly code: string; readonly sku: string }[]> {
  const { rows } = await db.query<{ party: string; code: string; sku: string }>({
    name: "catalogue-read-party-code-owners",
    text: `select party, code, sku from unnest($1::text[], $2::text[]) as wanted (party, code)
      join item_party_code using (party, code) join item on item.id = item_id`,
    values: [binaryArray.text(codes.map(each => each.party)), binaryArray.text(codes.map(each => each.code))],
  });
  return rows;
}

/** Which variants of families have these values already. */
export async function readVariantOwners(
  db: Executor,
  variants: readonly { readonly family: string; readonly key: string }[],
): Promise<readonly { readonly family: string; readonly key: string; readonly sku: string }[]> {
  const { rows } = await db.query<{ family: string; key: string; sku: string }>({
    name: "catalogue-read-variant-owners",
    text: `select wanted.family, wanted.key, v.sku from unnest($1::text[], $2::text[]) as wanted (family, key)
      join item f on f.sku = wanted.family join item v on v.family_id = f.id and v.variant_key = wanted.key`,
    values: [binaryArray.text(variants.map(each => each.family)), binaryArray.text(variants.map(each => each.key))],
  });
  return rows;
}

/** Beginnings of words, each quoted, so that no character of them is syntax. */
function queryOf(search: string | undefined): string | undefined {
  const words = search?.split(/\s+/).filter(word => word !== "");
  return words?.map(word => `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}':*`).join(" & ");
}

import type { Item } from "../../catalogue/item.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** Takes the lock that orders all changes of the catalogue, and gives its version. Comes before every other lock. */
export async function lockCatalogue(client: Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>({
    name: "catalogue-lock",
    text: "select version from catalogue for update",
  });
  const version = rows[0]?.version;
  if (version === undefined) throw new Error("the table catalogue has lost its only row");
  return version;
}

export async function setCatalogueVersion(client: Client, version: number): Promise<void> {
  await client.query({ name: "catalogue-set-version", text: "update catalogue set version = $1", values: [version] });
}

/** An item to write, with the version of the catalogue that it makes. */
export interface WrittenItem {
  readonly item: Item;
  readonly variantKey: string | null;
  readonly version: number;
}

const written = `with given as (
    select sku, name, description, status, tracking, uom, (select id from item f where f.sku = family) as family_id, variant_key,
      case when variant_by is null then null else array(select jsonb_array_elements_text(variant_by)) end as variant_by,
      attributes, version
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
      $10::jsonb[], $11::bigint[])
      as g (sku, name, description, status, tracking, uom, family, variant_key, variant_by, attributes, version)
  )`;

function arrays(items: readonly WrittenItem[]): unknown[] {
  const text = (part: (item: Item) => string | null) =>
    binaryArray.text(items.map(({ item }) => part(item) ?? undefined));
  return [
    text(item => item.sku),
    text(item => item.name),
    text(item => item.description),
    text(item => item.status),
    text(item => item.tracking),
    text(item => item.uom),
    text(item => item.family),
    binaryArray.text(items.map(each => each.variantKey ?? undefined)),
    items.map(({ item }) => (item.variant_by === null ? null : JSON.stringify(item.variant_by))),
    items.map(({ item }) => JSON.stringify(item.attributes)),
    binaryArray.bigint(items.map(({ version }) => version)),
  ];
}

/** Adds items, whose SKUs are free and whose families are there. */
export async function insertItems(client: Client, items: readonly WrittenItem[]): Promise<void> {
  if (items.length === 0) return;
  await client.query({
    name: "catalogue-insert-items",
    text: `${written} insert into item (sku, name, description, status, tracking, uom, family_id, variant_key, variant_by, attributes,
        catalogue_version)
      select sku, name, description, status, tracking, uom, family_id, variant_key, variant_by, attributes, version from given`,
    values: arrays(items),
  });
}

export async function updateItems(client: Client, items: readonly WrittenItem[]): Promise<void> {
  if (items.length === 0) return;
  await client.query({
    name: "catalogue-update-items",
    text: `${written} update item set name = g.name, description = g.description, status = g.status, tracking = g.tracking,
        uom = g.uom, family_id = g.family_id, variant_key = g.variant_key, variant_by = g.variant_by, attributes = g.attributes,
        catalogue_version = g.version, updated_at = now()
      from given g where item.sku = g.sku`,
    values: arrays(items),
  });
}

export interface WrittenCode {
  readonly sku: string;
  readonly classKey: string;
  readonly units: number;
  readonly pack: string | null;
}

/** Gives items class keys that are free, and says which item got which. */
export async function insertCodes(
  client: Client,
  codes: readonly WrittenCode[],
): Promise<readonly { readonly classKey: string; readonly itemId: number; readonly units: number }[]> {
  if (codes.length === 0) return [];
  const { rows } = await client.query<{ classKey: string; itemId: number; units: number }>({
    name: "catalogue-insert-codes",
    text: `insert into item_code (class_key, item_id, units, pack)
      select class_key, item.id, units, pack from unnest($1::text[], $2::text[], $3::integer[], $4::text[])
        as g (sku, class_key, units, pack) join item using (sku)
      returning class_key as "classKey", item_id as "itemId", units`,
    values: [
      binaryArray.text(codes.map(code => code.sku)),
      binaryArray.text(codes.map(code => code.classKey)),
      binaryArray.integer(codes.map(code => code.units)),
      binaryArray.text(codes.map(code => code.pack ?? undefined)),
    ],
  });
  return rows;
}

/** Takes class keys from their items. What they meant is kept: what was posted by it stays posted. */
export async function removeCodes(client: Client, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await client.query({
    name: "catalogue-remove-codes",
    text: `with removed as (delete from item_code where class_key = any($1::text[]) returning class_key, item_id, units, pack)
      insert into item_code_past (class_key, item_id, units, pack) select * from removed`,
    values: [binaryArray.text(keys)],
  });
}

/** Puts the packs of items in the place of those that they had. */
export async function replacePacks(client: Client, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return;
  const rows = items.flatMap(({ sku, packs }) => packs.map(pack => ({ sku, ...pack })));
  await client.query({
    name: "catalogue-replace-packs",
    text: `with given as (
        select item.id as item_id, pack, contains, of_pack, units
        from unnest($2::text[], $3::text[], $4::integer[], $5::text[], $6::integer[]) as g (sku, pack, contains, of_pack, units)
        join item using (sku)
      ), gone as (
        delete from item_pack p using item where item.sku = any($1::text[]) and p.item_id = item.id
          and not exists (select from given g where g.item_id = p.item_id and g.pack = p.pack)
      )
      insert into item_pack (item_id, pack, contains, of_pack, units) select * from given on conflict do nothing`,
    values: [
      binaryArray.text(items.map(item => item.sku)),
      binaryArray.text(rows.map(row => row.sku)),
      binaryArray.text(rows.map(row => row.pack)),
      binaryArray.integer(rows.map(row => row.contains)),
      binaryArray.text(rows.map(row => row.of ?? undefined)),
      binaryArray.integer(rows.map(row => row.units)),
    ],
  });
}

/** Puts what parties call items in the place of what they called them. The codes are free, or the items' own. */
export async function replacePartyCodes(client: Client, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return;
  const rows = items.flatMap(({ sku, party_codes }) => party_codes.map(each => ({ sku, ...each })));
  await client.query({
    name: "catalogue-remove-party-codes",
    text: `delete from item_party_code p using item where item.sku = any($1::text[]) and p.item_id = item.id
      and not exists (select from unnest($2::text[], $3::text[], $4::text[]) as g (sku, party, code)
        where g.sku = item.sku and g.party = p.party and g.code = p.code)`,
    values: partyArrays(items, rows),
  });
  await client.query({
    name: "catalogue-insert-party-codes",
    text: `insert into item_party_code (party, code, item_id)
      select party, code, item.id from unnest($2::text[], $3::text[], $4::text[]) as g (sku, party, code) join item using (sku)
      where item.sku = any($1::text[]) on conflict do nothing`,
    values: partyArrays(items, rows),
  });
}

function partyArrays(
  items: readonly Item[],
  rows: readonly { readonly sku: string; readonly party: string; readonly code: string }[],
): unknown[] {
  return [
    binaryArray.text(items.map(item => item.sku)),
    binaryArray.text(rows.map(row => row.sku)),
    binaryArray.text(rows.map(row => row.party)),
    binaryArray.text(rows.map(row => row.code)),
  ];
}

import type { Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "./sql.ts";

export interface ItemRow {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly uom: string;
  readonly class_keys: readonly string[];
  readonly catalogue_version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

const columns = `i.id, i.sku, i.name, i.uom, i.catalogue_version,
  ${rfc3339("i.created_at")} as created_at, ${rfc3339("i.updated_at")} as updated_at,
  array(select class_key::text from item_code c where c.item_id = i.id order by class_key) as class_keys`;

/** Items in the order of their SKUs, after `after`. */
export async function readItems(
  db: Executor,
  {
    sku,
    classKey,
    after,
    limit,
  }: {
    readonly sku?: string | undefined;
    readonly classKey?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<ItemRow[]> {
  const conditions = new Conditions()
    .when(sku, value => `i.sku = ${value}`)
    .when(classKey, value => `i.id = (select item_id from item_code where class_key = ${value})`)
    .when(after, value => `i.sku > ${value}`);
  const { rows } = await db.query<ItemRow>(
    `select ${columns} from item i ${conditions.where()} order by i.sku limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/** Takes the lock that orders all changes of the catalogue, and raises its version. Hold it until the commit. */
export async function raiseCatalogueVersion(db: Executor): Promise<number> {
  const { rows } = await db.query<{ version: number }>("update catalogue set version = version + 1 returning version");
  const version = rows[0]?.version;
  if (version === undefined) throw new Error("the table catalogue has lost its only row");
  return version;
}

/** Which of these class keys some item has already, with that item's SKU. */
export async function findCodes(
  db: Executor,
  classKeys: readonly string[],
): Promise<readonly { readonly class_key: string; readonly sku: string }[]> {
  const { rows } = await db.query<{ class_key: string; sku: string }>(
    `select c.class_key, i.sku from item_code c join item i on i.id = c.item_id
     where c.class_key = any($1) order by c.class_key`,
    [classKeys],
  );
  return rows;
}

export interface NewItem {
  readonly sku: string;
  readonly name: string;
  readonly uom: string;
  readonly catalogueVersion: number;
}

/** Adds an item and gives its inner number; undefined when another one has the SKU. */
export async function insertItem(db: Executor, item: NewItem): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `insert into item (sku, name, uom, catalogue_version) values ($1, $2, $3, $4)
     on conflict (sku) do nothing returning id`,
    [item.sku, item.name, item.uom, item.catalogueVersion],
  );
  return rows[0]?.id;
}

/** Gives an item further class keys. They must be free: {@link findCodes} under the catalogue's lock says so. */
export async function insertCodes(db: Executor, itemId: number, classKeys: readonly string[]): Promise<void> {
  await db.query(
    `insert into item_code (class_key, item_id) select class_key, $1 from unnest($2::text[]) as k (class_key)
     on conflict (class_key) do nothing`,
    [itemId, classKeys],
  );
}

/** Changes what is given of an item and leaves the rest; gives its inner number, undefined when there is no such item. */
export async function updateItem(
  db: Executor,
  item: {
    readonly sku: string;
    readonly name: string | undefined;
    readonly uom: string | undefined;
    readonly catalogueVersion: number;
  },
): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `update item set name = coalesce($2, name), uom = coalesce($3, uom), catalogue_version = $4, updated_at = now()
     where sku = $1 returning id`,
    [item.sku, item.name ?? null, item.uom ?? null, item.catalogueVersion],
  );
  return rows[0]?.id;
}

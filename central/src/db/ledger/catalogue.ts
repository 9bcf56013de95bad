import type { Meaning } from "../../stock/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

/** Raised by every change of what a code means. */
export async function readCatalogueVersion(db: Executor): Promise<number> {
  const { rows } = await db.query<{ version: number }>({
    name: "ledger-read-catalogue-version",
    text: "select version from catalogue",
  });
  return rows[0]?.version ?? 0;
}

/** Keeps the catalogue as it is until the transaction ends. Taken before any site's lock, as those who change it do. */
export async function holdCatalogue(client: Client): Promise<void> {
  await client.query({ name: "ledger-hold-catalogue", text: "select from catalogue for share" });
}

/** What class keys are bound to. */
export async function readMeanings(db: Executor, keys: readonly string[]): Promise<ReadonlyMap<string, Meaning>> {
  const { rows } = await db.query<[string, number, number]>({
    name: "ledger-read-meanings",
    text: "select class_key, item_id, units from item_code where class_key = any($1::text[])",
    values: [binaryArray.text(keys)],
    rowMode: "array",
  });
  return new Map(rows.map(([key, itemId, units]) => [key, { itemId, units }]));
}

/** The SKUs of items, which never change. */
export async function readSkus(db: Executor, itemIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const { rows } = await db.query<[number, string]>({
    name: "ledger-read-skus",
    text: "select id, sku from item where id = any($1::integer[])",
    values: [binaryArray.integer(itemIds)],
    rowMode: "array",
  });
  return new Map(rows);
}

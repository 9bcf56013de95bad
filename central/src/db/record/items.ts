import type { Executor } from "../pool.ts";

/** For each SKU that an item has, a code that stands for one unit of it, a GTIN where there is one; null without any. */
export async function readUnitCodes(
  db: Executor,
  skus: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (skus.length === 0) return new Map();
  const { rows } = await db.query<[string, string | null]>({
    name: "record-read-unit-codes",
    text: `select i.sku, (select min(k.class_key) from item_code k where k.item_id = i.id and k.units = 1)
      from item i where i.sku = any($1::text[])`,
    values: [skus],
    rowMode: "array",
  });
  return new Map(rows);
}

import type { Executor } from "../pool.ts";

/** Items by their SKUs, each with a code that stands for one unit, if it has any. */
export async function findItems(
  db: Executor,
  skus: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: number; readonly classKey: string | null }>> {
  if (skus.length === 0) return new Map();
  const { rows } = await db.query<{ id: number; sku: string; classKey: string | null }>({
    name: "counts-find-items",
    text: `select id, sku, (select class_key from item_code c where c.item_id = item.id and c.units = 1 order by class_key limit 1) as "classKey"
      from item where sku = any($1::text[])`,
    values: [[...new Set(skus)]],
  });
  return new Map(rows.map(({ sku, ...item }) => [sku, item]));
}

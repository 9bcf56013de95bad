import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

/** The ids of items by SKU; what is missing does not exist. */
export async function readItemIds(db: Executor, skus: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<[string, number]>({
    name: "reservations-read-item-ids",
    text: "select sku, id from item where sku = any($1::text[])",
    values: [binaryArray.text(skus)],
    rowMode: "array",
  });
  return new Map(rows);
}

/** The ids of places among those of some sites with some codes, by site and code. */
export async function readPlaceIds(
  db: Executor,
  { siteIds, codes }: { readonly siteIds: readonly number[]; readonly codes: readonly string[] },
): Promise<readonly (readonly [siteId: number, code: string, id: number])[]> {
  const { rows } = await db.query<[number, string, number]>({
    name: "reservations-read-place-ids",
    text: `select site_id, code, id from place
      where site_id = any($1::integer[]) and code = any($2::text[]) and not outside`,
    values: [binaryArray.integer(siteIds), binaryArray.text(codes)],
    rowMode: "array",
  });
  return rows;
}

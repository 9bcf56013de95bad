import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

/** An item as far as it may be promised. */
export interface NamedItem {
  readonly id: number;
  readonly isDraft: boolean;
  readonly isFamily: boolean;
}

/** Items by SKU; what is missing does not exist. */
export async function readNamedItems(
  db: Executor,
  skus: readonly string[],
): Promise<readonly (readonly [sku: string, item: NamedItem])[]> {
  const { rows } = await db.query<[string, number, boolean, boolean]>({
    name: "reservations-read-named-items",
    text: "select sku, id, status = 'draft', variant_by is not null from item where sku = any($1::text[])",
    values: [binaryArray.text(skus)],
    rowMode: "array",
  });
  return rows.map(([sku, id, isDraft, isFamily]) => [sku, { id, isDraft, isFamily }]);
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

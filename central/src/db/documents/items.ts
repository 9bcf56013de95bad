import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

/** An item as far as documents ask of it. */
export interface DocumentItem {
  readonly id: number;
  readonly sku: string;
  readonly status: "draft" | "active" | "discontinued";
  /** A family is no stock. */
  readonly isFamily: boolean;
}

/** Items by their SKUs; what is missing does not exist. */
export async function readDocumentItems(
  db: Executor,
  skus: Iterable<string>,
): Promise<ReadonlyMap<string, DocumentItem>> {
  const { rows } = await db.query<[number, string, DocumentItem["status"], boolean]>({
    name: "documents-read-items",
    text: "select id, sku, status, variant_by is not null from item where sku = any($1::text[])",
    values: [binaryArray.text([...new Set(skus)])],
    rowMode: "array",
  });
  return new Map(rows.map(([id, sku, status, isFamily]) => [sku, { id, sku, status, isFamily }]));
}

import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

/** Those of the places whose stock cannot be promised. */
export async function readUnavailable(db: Executor, placeIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (placeIds.length === 0) return new Set();
  const { rows } = await db.query<{ id: number }>({
    name: "follow-read-unavailable",
    text: "select id from place where id = any($1::integer[]) and not available",
    values: [binaryArray.integer([...new Set(placeIds)])],
  });
  return new Set(rows.map(({ id }) => id));
}

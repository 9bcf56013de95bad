import type { StockRow } from "../../reservations/model.ts";
import type { LotThere } from "../../reservations/policies/first-expiry.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/**
 * Locked levels with what is there of each lot that is not blocked, by expiry. Whoever changes a lot at a place changes its level too, so
 * while the levels are locked these stay as they are.
 */
export async function withLots(
  client: Client,
  levels: readonly StockRow[],
  nowMs: number,
): Promise<readonly StockRow[]> {
  const { rows } = await client.query<[number, number, string | null, boolean, number]>({
    name: "reservations-read-lots",
    text: `select there.item_id, there.place_id, least(expires_on, best_before_on)::text,
        coalesce(least(expires_on, best_before_on) < (to_timestamp($3::double precision / 1000) at time zone 'UTC')::date, false),
        there.on_hand
      from unnest($1::integer[], $2::integer[]) as level (item_id, place_id)
      join lot_stock there on there.item_id = level.item_id and there.place_id = level.place_id and there.on_hand > 0
      join lot on lot.item_id = there.item_id and lot.lot = there.lot and lot.status <> 'blocked'
      order by 1, 2, least(expires_on, best_before_on) nulls last, there.lot`,
    values: [
      binaryArray.integer(levels.map(level => level.itemId)),
      binaryArray.integer(levels.map(level => level.placeId)),
      nowMs,
    ],
    rowMode: "array",
  });
  const lots = new Map<string, LotThere[]>();
  for (const [itemId, placeId, expiresOn, isExpired, quantity] of rows) {
    const key = `${itemId} ${placeId}`;
    const known = lots.get(key) ?? [];
    known.push({ expiresOn: expiresOn ?? undefined, isExpired, quantity });
    lots.set(key, known);
  }
  return levels.map(level => ({ ...level, lots: lots.get(`${level.itemId} ${level.placeId}`) ?? [] }));
}

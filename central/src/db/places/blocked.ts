import type { ReachedLevel } from "../ledger/postings.ts";
import type { Client } from "../pool.ts";

const expected = `case when place.available then (
    select coalesce(sum(greatest(l.on_hand, 0)), 0)::bigint from lot_stock l join lot using (item_id, lot)
    where l.item_id = stock.item_id and l.place_id = stock.place_id and lot.status = 'blocked'
  ) else greatest(stock.on_hand, 0) end`;

/** Which levels: of all items at a place of a site, or of one item everywhere. */
export type BlockedOf = { readonly siteId: number; readonly placeId: number } | { readonly itemId: number };

/**
 * Writes anew what is blocked, by whether each place is available and by its blocked lots, and gives the levels that changed, by item and
 * place. Their sites are locked; the levels are locked here, in their order.
 */
export async function writeBlocked(client: Client, of: BlockedOf): Promise<readonly ReachedLevel[]> {
  const [which, values] =
    "itemId" in of
      ? ["stock.item_id = $1", [of.itemId]]
      : ["stock.site_id = $1 and stock.place_id = $2", [of.siteId, of.placeId]];
  await client.query(`select from stock where ${which} order by item_id, place_id for update`, values);
  const { rows } = await client.query<[number, number, number, number, number]>({
    text: `with wanted as (
        select stock.item_id, stock.place_id, ${expected} as blocked
        from stock join place on place.id = stock.place_id where ${which} and not place.outside
      )
      update stock set blocked = wanted.blocked from wanted
      where stock.item_id = wanted.item_id and stock.place_id = wanted.place_id and stock.blocked <> wanted.blocked
      returning stock.item_id, stock.place_id, stock.on_hand, stock.reserved, stock.blocked`,
    values,
    rowMode: "array",
  });
  return rows
    .map(([itemId, placeId, onHand, reserved, blocked]) => ({ itemId, placeId, onHand, reserved, blocked }))
    .sort((a, b) => a.itemId - b.itemId || a.placeId - b.placeId);
}

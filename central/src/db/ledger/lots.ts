import type { LotDelta } from "../../stock/deltas.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** SQL: the lot in a movement's code, or null. As `lotOf` in stock/thing.ts. */
export const lotInCode = `case when code like '(0_)______________(10)%' then replace(substr(code, 23), '\\(', '(') end`;

/** What the quantity of a lot at a place has become, and whether the lot is blocked. */
export interface ReachedLot {
  readonly itemId: number;
  readonly placeId: number;
  readonly onHand: number;
  readonly blocked: boolean;
}

/** Adds to lots at places, in the order of the deltas, and gives what they have become in the same order. The sites are locked. */
export async function addLots(
  client: Client,
  deltas: readonly LotDelta[],
  siteOf: (placeId: number) => number,
): Promise<readonly ReachedLot[]> {
  const { rows } = await client.query<[number, number, number, boolean]>({
    name: "ledger-add-lots",
    text: `with reached as (
        insert into lot_stock (item_id, place_id, lot, site_id, on_hand)
        select * from unnest($1::integer[], $2::integer[], $3::text[], $4::integer[], $5::bigint[])
        on conflict (item_id, place_id, lot) do update set on_hand = lot_stock.on_hand + excluded.on_hand
        returning item_id, place_id, lot, on_hand
      )
      select item_id, place_id, on_hand, coalesce(lot.status = 'blocked', false)
      from reached left join lot using (item_id, lot) order by item_id, place_id, lot`,
    values: [
      binaryArray.integer(deltas.map(delta => delta.itemId)),
      binaryArray.integer(deltas.map(delta => delta.placeId)),
      binaryArray.text(deltas.map(delta => delta.lot)),
      binaryArray.integer(deltas.map(delta => siteOf(delta.placeId))),
      binaryArray.bigint(deltas.map(delta => delta.quantity)),
    ],
    rowMode: "array",
  });
  return rows.map(([itemId, placeId, onHand, blocked]) => ({ itemId, placeId, onHand, blocked }));
}

/** Makes sure that lots are known of which nothing more is known yet. */
export async function ensureLots(
  client: Client,
  lots: readonly { readonly itemId: number; readonly lot: string }[],
): Promise<void> {
  await client.query({
    name: "ledger-ensure-lots",
    text: `insert into lot (item_id, lot) select distinct * from unnest($1::integer[], $2::text[]) order by 1, 2
      on conflict do nothing`,
    values: [binaryArray.integer(lots.map(({ itemId }) => itemId)), binaryArray.text(lots.map(({ lot }) => lot))],
  });
}

import type { StockRow } from "../../reservations/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** Levels to lock. */
export interface WantedLevels {
  readonly exact: readonly { readonly itemId: number; readonly placeId: number }[];
  /** Places of an item, at one site or at all of them, that had some available when this began; those with the most. */
  readonly open: readonly { readonly itemId: number; readonly siteId: number | undefined }[];
  readonly placesMax: number;
}

/**
 * Locks levels in the order of items and places, in which ingest writes them too, and gives them as they are then. A place that
 * gets its stock while this waits is not looked at: less is promised than there is, never more.
 */
export async function lockStock(client: Client, { exact, open, placesMax }: WantedLevels): Promise<StockRow[]> {
  if (exact.length === 0 && open.length === 0) return [];
  const { rows } = await client.query<[number, number, number, number, number, number]>({
    name: "reservations-lock-stock",
    text: `with wanted as (
        select item_id, place_id from unnest($1::integer[], $2::integer[]) as exact (item_id, place_id)
        union
        select open.item_id, most.place_id
        from unnest($3::integer[], $4::integer[]) as open (item_id, site_id)
        cross join lateral (
          select stock.place_id from stock join place on place.id = stock.place_id
          where stock.item_id = open.item_id and (open.site_id is null or stock.site_id = open.site_id)
            and stock.on_hand - stock.reserved - stock.blocked > 0 and not place.outside
          order by stock.on_hand - stock.reserved - stock.blocked desc, stock.place_id limit $5
        ) most
      )
      select stock.item_id, stock.place_id, stock.site_id, on_hand, reserved, blocked
      from wanted join stock on stock.item_id = wanted.item_id and stock.place_id = wanted.place_id
      order by stock.item_id, stock.place_id for update of stock`,
    values: [
      binaryArray.integer(exact.map(level => level.itemId)),
      binaryArray.integer(exact.map(level => level.placeId)),
      binaryArray.integer(open.map(level => level.itemId)),
      binaryArray.integer(open.map(level => level.siteId)),
      placesMax,
    ],
    rowMode: "array",
  });
  return rows.map(([itemId, placeId, siteId, onHand, reserved, blocked]) => {
    return { itemId, placeId, siteId, onHand, reserved, blocked };
  });
}

/** Locks all levels of items in the order of items and places, before they are written in parts. */
export async function lockStockOfItems(client: Client, itemIds: readonly number[]): Promise<void> {
  await client.query({
    name: "ledger-lock-stock-of-items",
    text: "select from stock where item_id = any($1::integer[]) order by item_id, place_id for update",
    values: [binaryArray.integer(itemIds)],
  });
}

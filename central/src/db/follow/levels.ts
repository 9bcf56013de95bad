import { binaryArray } from "../binary.ts";
import { movementsOfStretch } from "../ledger/months.ts";
import type { Client } from "../pool.ts";
import type { LaterMovement, Stretch } from "./cursors.ts";

export interface LevelKey {
  readonly itemId: number;
  readonly placeId: number;
}

/**
 * Marks the levels that movements have changed, in one statement, since there may be tens of thousands a second and seldom anybody
 * waits for one: all of them for the events, and those that may be short, or were, to be looked at again. The accounts outside are
 * nobody's stock.
 *
 * @returns the levels that have a reorder point
 */
export async function markMoved(
  client: Client,
  { stretches, later }: { readonly stretches: readonly Stretch[]; readonly later: readonly LaterMovement[] },
): Promise<readonly LevelKey[]> {
  const { rows } = await client.query<[number, number]>({
    name: "follow-mark-moved",
    text: `with stretch as materialized (
        select * from unnest($1::integer[], $2::bigint[], $3::bigint[]) as stretch (epoch_id, after, upto)
      ), line as (
        select item_id, posted_from, posted_to from stretch cross join lateral ${movementsOfStretch} moved
        where item_id is not null and posted_from is not null
        union all
        select moved.* from stretch cross join lateral (
          select item_id, posted_from, posted_to from further_posting
          where epoch_id = stretch.epoch_id and seq > stretch.after and seq <= stretch.upto
        ) moved
        union all
        select item_id, posted_from, posted_to from unnest($4::integer[], $5::bigint[]) as later (epoch_id, seq)
        join further_posting using (epoch_id, seq)
      ), level as materialized (
        select item_id, place_id, place.site_id, place.code
        from (select item_id, posted_from as place_id from line union select item_id, posted_to from line) touched
        join place on place.id = place_id where not outside
      ), marked as (
        insert into level_changed (item_id, place_id) select item_id, place_id from level
      ), watched as (
        insert into follow_level (item_id, place_id)
        select level.item_id, level.place_id from level join stock using (item_id, place_id)
        where reserved > 0 and (on_hand - reserved - blocked < 0 or exists (
          select from exception join item on item.id = level.item_id join site on site.id = level.site_id
          where problem = 'stock.shortage' and state = 'open' and key = sku || ' ' || site.code || '/' || level.code
        ))
      )
      select item_id, place_id from level
      where exists (select from reorder_point point where point.item_id = level.item_id and point.site_id = level.site_id)
      order by 1, 2`,
    values: [
      binaryArray.integer(stretches.map(stretch => stretch.epochId)),
      binaryArray.bigint(stretches.map(stretch => stretch.after)),
      binaryArray.bigint(stretches.map(stretch => stretch.upto)),
      binaryArray.integer(later.map(({ epochId }) => epochId)),
      binaryArray.bigint(later.map(({ seq }) => seq)),
    ],
    rowMode: "array",
  });
  return rows.map(([itemId, placeId]) => ({ itemId, placeId }));
}

/** Lets levels be looked at for shortages, behind this transaction. */
export async function queueLevels(client: Client, levels: readonly LevelKey[]): Promise<void> {
  if (levels.length === 0) return;
  await client.query({
    name: "follow-queue-levels",
    text: "insert into follow_level (item_id, place_id) select * from unnest($1::integer[], $2::integer[])",
    values: [
      binaryArray.integer(levels.map(({ itemId }) => itemId)),
      binaryArray.integer(levels.map(({ placeId }) => placeId)),
    ],
  });
}

export interface LevelNow extends LevelKey {
  readonly siteId: number;
  readonly onHand: number;
  readonly reserved: number;
  readonly blocked: number;
}

/** Takes levels off the queue, each once, and locks them in the order of items and places. */
export async function takeLevels(client: Client, limit: number): Promise<readonly LevelNow[]> {
  const { rows: taken } = await client.query<[number, number]>({
    name: "follow-take-levels",
    text: `with taken as (
        delete from follow_level where id in (select id from follow_level order by id limit $1) returning item_id, place_id
      ) select distinct item_id, place_id from taken order by 1, 2`,
    values: [limit],
    rowMode: "array",
  });
  if (taken.length === 0) return [];
  const { rows } = await client.query<[number, number, number, number, number, number]>({
    name: "follow-lock-levels",
    text: `select stock.item_id, stock.place_id, site_id, on_hand, reserved, blocked
      from unnest($1::integer[], $2::integer[]) as key (item_id, place_id)
      join stock on stock.item_id = key.item_id and stock.place_id = key.place_id order by 1, 2 for update of stock`,
    values: [binaryArray.integer(taken.map(([item]) => item)), binaryArray.integer(taken.map(([, place]) => place))],
    rowMode: "array",
  });
  return rows.map(([itemId, placeId, siteId, onHand, reserved, blocked]) => {
    return { itemId, placeId, siteId, onHand, reserved, blocked };
  });
}

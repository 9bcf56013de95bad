import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

/** Whether anything has yet to get its number. */
export async function isAnythingWaiting(db: Executor): Promise<boolean> {
  const { rows } = await db.query<{ waiting: boolean }>({
    name: "events-waiting",
    // By the index, whose entries of rows that are gone are passed over; the rows themselves would be read until they are vacuumed.
    text: `select (select id from outbox order by id limit 1) is not null
        or (select id from level_changed order by id limit 1) is not null as waiting`,
  });
  return rows[0]?.waiting ?? false;
}

/** Makes this transaction the one that gives numbers, until it ends; gives the last number that was given. */
export async function lockHead(client: Client): Promise<number> {
  const { rows } = await client.query<{ seq: number }>({
    name: "events-lock-head",
    text: "select seq from event_head for update",
  });
  const [head] = rows;
  if (head === undefined) throw new Error("the table event_head has lost its only row");
  return head.seq;
}

/** What was taken from the outbox. */
export interface MovedOutbox {
  /** How many got a number, and those that did not fit the contract and are kept for a person. */
  readonly numbered: number;
  readonly refused: readonly RefusedEvent[];
  /** When the oldest of them happened; null when there was none. */
  readonly oldest_ms: number | null;
}

export interface RefusedEvent {
  readonly type: string;
  readonly key: string;
  readonly why: string;
}

/**
 * Takes what happened, in the order of the commits for each key (the smallest ids of those that are committed), gives it the next
 * numbers and writes it into the log; what does not fit the contract is kept apart, whole. The caller has locked the head. Nothing of
 * it leaves the server, since at many events a second that cost more than all else.
 */
export async function moveOutbox(client: Client, limit: number): Promise<MovedOutbox> {
  const { rows } = await client.query<MovedOutbox>({
    name: "events-move-outbox",
    text: `with taken as (
        delete from outbox where id in (select id from outbox order by id limit $1)
        returning id, event_id, type, key, site_id, time, data, why
      ), fit as (
        select *, row_number() over (order by id) as position from taken where why is null
      ), head as (
        update event_head set seq = seq + (select count(*) from fit), recorded_at = greatest(recorded_at, clock_timestamp())
        where exists (select from fit)
        returning seq - (select count(*) from fit) as before, recorded_at
      ), numbered as (
        insert into event (seq, id, type, key, site, time, recorded_at, data)
        select before + position, event_id, type, key, site.code, time, recorded_at, data
        from head cross join fit left join site on site.id = fit.site_id order by position
      ), refused as (
        insert into event_refused (event_id, type, key, site_id, time, data, why)
        select event_id, type, key, site_id, time, data, why from taken where why is not null order by id
        returning id, type, key, why
      )
      select (select count(*) from fit) as numbered,
        (select floor(extract(epoch from min(time)) * 1000)::bigint from taken) as oldest_ms,
        (select coalesce(json_agg(json_build_object('type', type, 'key', key, 'why', why) order by id), '[]') from refused) as refused`,
    values: [limit],
  });
  const [moved] = rows;
  if (moved === undefined) throw new Error("the outbox gave no answer");
  return moved;
}

export interface ChangedLevel {
  readonly item_id: number;
  readonly site_id: number;
  readonly place_id: number;
  readonly outside: boolean;
  /** How often it stood there. */
  readonly times: number;
}

/** Takes levels that have changed, each once. */
export async function takeLevels(client: Client, limit: number): Promise<readonly ChangedLevel[]> {
  const { rows } = await client.query<ChangedLevel>({
    name: "events-take-levels",
    text: `with taken as (
        delete from level_changed where id in (select id from level_changed order by id limit $1)
        returning item_id, place_id
      )
      select item_id, place.site_id, place_id, place.outside, count(*) as times
      from taken join place on place.id = taken.place_id
      group by 1, 2, 3, 4 order by 1, 2, 3`,
    values: [limit],
  });
  return rows;
}

/** An item at a site, with the places whose level changed. */
export interface ChangedStock {
  readonly itemId: number;
  readonly siteId: number;
  readonly placeIds: readonly number[];
}

export interface StockTotals {
  readonly sku: string;
  readonly site: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly blocked: number;
  /** Place, on hand, reserved, blocked. */
  readonly places: readonly (readonly [string, number, number, number])[];
}

/**
 * Levels as they are committed now. A later statement than the one that took the changes, so it sees at least what they stand for; one
 * statement for places and totals, so that they fit each other.
 */
export async function readChangedStock(
  client: Client,
  changed: readonly ChangedStock[],
): Promise<readonly StockTotals[]> {
  const { rows } = await client.query<StockTotals>({
    name: "events-read-stock",
    text: `select item.sku, site.code as site, level.*
      from unnest($1::integer[], $2::integer[], $3::text[]) as changed (item_id, site_id, place_ids)
      join item on item.id = changed.item_id
      join site on site.id = changed.site_id
      cross join lateral (
        select coalesce(sum(on_hand), 0)::bigint as on_hand, coalesce(sum(reserved), 0)::bigint as reserved,
          coalesce(sum(blocked), 0)::bigint as blocked,
          coalesce(json_agg(json_build_array(place.code, on_hand, reserved, blocked) order by place.code)
            filter (where place.id = any(changed.place_ids::integer[])), '[]') as places
        from stock join place on place.id = stock.place_id and not place.outside
        where stock.site_id = changed.site_id and stock.item_id = changed.item_id
      ) as level`,
    values: [
      binaryArray.integer(changed.map(one => one.itemId)),
      binaryArray.integer(changed.map(one => one.siteId)),
      binaryArray.text(changed.map(one => `{${one.placeIds.join(",")}}`)),
    ],
  });
  return rows;
}

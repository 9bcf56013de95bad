import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

/** Whether anything has yet to get its number. */
export async function isAnythingWaiting(db: Executor): Promise<boolean> {
  const { rows } = await db.query<{ waiting: boolean }>({
    name: "events-waiting",
    text: "select exists (select from outbox) or exists (select from level_changed) as waiting",
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

export interface OutboxRow {
  readonly id: number;
  readonly event_id: string;
  readonly type: string;
  readonly key: string;
  readonly site_id: number | null;
  readonly site: string | null;
  readonly time_ms: number;
  readonly data: unknown;
}

/** Takes what happened, in the order of the commits for each key: the smallest ids of those that are committed. */
export async function takeOutbox(client: Client, limit: number): Promise<readonly OutboxRow[]> {
  const { rows } = await client.query<OutboxRow>({
    name: "events-take-outbox",
    text: `with taken as (
        delete from outbox where id in (select id from outbox order by id limit $1)
        returning id, event_id, type, key, site_id, time, data
      )
      select taken.id, event_id, type, key, site_id, site.code as site,
        floor(extract(epoch from time) * 1000)::bigint as time_ms, data
      from taken left join site on site.id = taken.site_id order by taken.id`,
    values: [limit],
  });
  return rows;
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

export interface RefusedEvent extends OutboxRow {
  readonly why: string;
}

/** Keeps whole what could not be told. */
export async function keepRefused(client: Client, refused: readonly RefusedEvent[]): Promise<void> {
  if (refused.length === 0) return;
  await client.query({
    name: "events-keep-refused",
    text: `insert into event_refused (event_id, type, key, site_id, time, data, why)
      select event_id, type, key, site_id, to_timestamp(time_ms / 1000.0), data, why
      from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::double precision[], $6::jsonb[], $7::text[])
        as event (event_id, type, key, site_id, time_ms, data, why)`,
    values: [
      refused.map(event => event.event_id),
      refused.map(event => event.type),
      refused.map(event => event.key),
      refused.map(event => event.site_id),
      refused.map(event => event.time_ms),
      refused.map(event => JSON.stringify(event.data)),
      refused.map(event => event.why),
    ],
  });
}

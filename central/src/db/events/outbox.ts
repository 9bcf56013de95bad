import { judge } from "../../events/judge.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** Something that happened, for other systems. */
export interface OutboxEvent {
  /** RFC 9562, version 7. */
  readonly id: string;
  /** As `order.placed`. */
  readonly type: string;
  /** What must stay in order: the document's or the item's address, as `/v1/orders/…`. */
  readonly key: string;
  readonly siteId?: number | undefined;
  readonly timeMs: number;
  readonly data: object;
}

/**
 * Writes events in the transaction in which they happened, in the form of the contract; what has no such form is written with the
 * reason, and told to a person instead. The caller holds the lock of what they are about, so that those of one key come out in the
 * order in which they were committed.
 */
export async function insertOutbox(client: Client, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query({ name: "events-insert-outbox", text: outboxInsert(1), values: outboxValues(events) });
}

/** What {@link insertOutbox} does, as a part of a larger statement. Its parameters are {@link outboxValues}, the first of them of this number. */
export function outboxInsert(first: number): string {
  const [id, type, key, site, time, data, why] = Array.from({ length: 7 }, (_, index) => `$${first + index}`);
  return `insert into outbox (event_id, type, key, site_id, time, data, why)
    select event_id::uuid, type, key, site_id, time, data::json, why
    from unnest(${id}::text[], ${type}::text[], ${key}::text[], ${site}::integer[], ${time}::timestamptz[], ${data}::text[], ${why}::text[])
      with ordinality as event (event_id, type, key, site_id, time, data, why, position)
    order by position`;
}

export function outboxValues(events: readonly OutboxEvent[]): Buffer[] {
  const judged = events.map(judge);
  return [
    binaryArray.text(events.map(event => event.id)),
    binaryArray.text(events.map(event => event.type)),
    binaryArray.text(events.map(event => event.key)),
    binaryArray.integer(events.map(event => event.siteId)),
    binaryArray.timestamptz(events.map(event => event.timeMs)),
    binaryArray.text(judged.map(each => each.data)),
    binaryArray.text(judged.map(each => (each.fits ? undefined : each.why))),
  ];
}

/** Says that levels have changed; what they are is read when they are told. */
export async function markLevels(
  client: Client,
  levels: readonly { readonly itemId: number; readonly placeId: number }[],
): Promise<void> {
  if (levels.length === 0) return;
  await client.query({
    name: "events-mark-levels",
    text: "insert into level_changed (item_id, place_id) select * from unnest($1::integer[], $2::integer[])",
    values: [
      binaryArray.integer(levels.map(level => level.itemId)),
      binaryArray.integer(levels.map(level => level.placeId)),
    ],
  });
}

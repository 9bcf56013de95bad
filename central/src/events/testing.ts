import { randomUUID } from "node:crypto";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { createLog, createMetrics } from "@tallygate/kit";
import { blank } from "../catalogue/item.ts";
import { insertOutbox, markLevels, type OutboxEvent } from "../db/events/outbox.ts";
import type { Pool } from "../db/pool.ts";
import type { TestDatabase } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import type { NatsLink } from "../relay/nats-link.ts";
import { openNatsLink } from "../relay/nats-link.ts";
import { type Events, type EventsOptions, openEvents } from "./events.ts";
import { createEventMetrics } from "./metrics.ts";

export const log = createLog("test", "silent");
export const dayMs = 24 * 60 * 60 * 1000;

export function openTestLink(url: string): Promise<NatsLink> {
  return openNatsLink({ nats: { servers: [url] }, name: "test", log });
}

/** The events of one process over a test's database. */
export function openTestEvents(
  { pool, url }: Pick<TestDatabase, "pool" | "url">,
  link: NatsLink,
  more: Partial<EventsOptions> = {},
): Events {
  return openEvents({
    pool,
    databaseUrl: url,
    link,
    source: "urn:tallygate:test",
    keptMs: 30 * dayMs,
    stream: { maxBytes: 64 * 1024 * 1024, maxAgeMs: dayMs },
    metrics: createEventMetrics(createMetrics()),
    log,
    emits: true,
    ...more,
  });
}

/** An event as somebody else would insert it. */
export function happening(more: Partial<OutboxEvent> = {}): OutboxEvent {
  return {
    id: randomUUID(),
    type: "item.added",
    key: "/v1/items/OAT-1L",
    timeMs: Date.now(),
    data: { sku: "OAT-1L", name: "Oat drink 1 L", ...blank },
    ...more,
  };
}

/** Lets things happen in one transaction. */
export function happen(pool: Pool, events: readonly OutboxEvent[]): Promise<void> {
  return transaction(pool, client => insertOutbox(client, events));
}

/** A site with places, and items with a level at each of them. */
export async function stocked(
  pool: Pool,
  {
    site,
    places,
    skus,
  }: { readonly site: string; readonly places: readonly string[]; readonly skus: readonly string[] },
): Promise<{ readonly items: readonly number[]; readonly places: readonly number[] }> {
  const { rows: sites } = await pool.query<{ id: number }>("insert into site (code) values ($1) returning id", [site]);
  const { rows: placeRows } = await pool.query<{ id: number }>(
    `insert into place (site_id, code, outside) select $1, code, code in ('supplier', 'customer')
     from unnest($2::text[]) as code returning id`,
    [sites[0]?.id, places],
  );
  const { rows: itemRows } = await pool.query<{ id: number }>(
    `insert into item (sku, name, uom, catalogue_version)
     select sku, sku, 'H87', position from unnest($1::text[]) with ordinality as new (sku, position) returning id`,
    [skus],
  );
  await pool.query(
    `insert into stock (item_id, place_id, site_id)
     select item, place, $3 from unnest($1::integer[]) as item, unnest($2::integer[]) as place`,
    [itemRows.map(row => row.id), placeRows.map(row => row.id), sites[0]?.id],
  );
  return { items: itemRows.map(row => row.id), places: placeRows.map(row => row.id) };
}

/** Adds to a level and says so, as whoever changes a level does. */
export function change(pool: Pool, level: { readonly itemId: number; readonly placeId: number; readonly by: number }) {
  return transaction(pool, async client => {
    await client.query("update stock set on_hand = on_hand + $3 where item_id = $1 and place_id = $2", [
      level.itemId,
      level.placeId,
      level.by,
    ]);
    await markLevels(client, [level]);
  });
}

export function openNats(url: string): Promise<NatsConnection> {
  return connect({ servers: url });
}

/** The refused event that the API's examples name; it fits by now. */
export async function seedExampleRefused(pool: Pool): Promise<void> {
  const { id, type, key, data } = happening();
  await pool.query(
    `insert into event_refused (id, event_id, type, key, time, data, why) overriding system value
     values (1, $1, $2, $3, now(), $4, 'data.name: it was longer than a release before this one took')`,
    [id, type, key, data],
  );
  await pool.query("select setval(pg_get_serial_sequence('event_refused', 'id'), 1)");
}

/** Another refused event, which fits by now; gives its id. */
export async function addExampleRefused(pool: Pool): Promise<number> {
  const { id, type, key, data } = happening();
  const { rows } = await pool.query<{ id: number }>(
    `insert into event_refused (event_id, type, key, time, data, why)
     values ($1, $2, $3, now(), $4, 'data.name: it was longer than a release before this one took') returning id`,
    [id, type, key, data],
  );
  return rows[0]?.id ?? 0;
}

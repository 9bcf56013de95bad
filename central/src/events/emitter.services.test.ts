import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type CloudEvent, eventsStream } from "@tallygate/protocol";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LocalServer, startNats } from "../../../deploy/local/servers.ts";
import { appendEvents, findEvents, readEventsAfter, readHead } from "../db/events/log.ts";
import { insertOutbox } from "../db/events/outbox.ts";
import { lockHead, readChangedStock } from "../db/events/take.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { emit } from "./emit.ts";
import { change, happen, happening, openNats, openTestEvents, openTestLink, stocked } from "./testing.ts";

let server: TestServer;
let nats: LocalServer;

beforeAll(async () => {
  [server, nats] = await Promise.all([openTestServer(), startNats()]);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

/** Everything that the stream holds, oldest first. */
async function published(): Promise<CloudEvent[]> {
  const nc = await openNats(nats.url);
  const manager = await jetstreamManager(nc);
  const { state } = await manager.streams.info(eventsStream);
  const consumer = await jetstream(nc).consumers.get(eventsStream);
  const events: CloudEvent[] = [];
  if (state.messages > 0) {
    for await (const message of await consumer.fetch({ max_messages: state.messages, expires: 5_000 }))
      events.push(message.json<CloudEvent>());
  }
  await nc.close();
  return events;
}

async function emptyStream(): Promise<void> {
  const nc = await openNats(nats.url);
  const manager = await jetstreamManager(nc);
  await manager.streams.delete(eventsStream).catch(() => undefined);
  await nc.close();
}

test("events are numbered without a gap in the order of the commits for each key, by however many who believe to be the emitter", async () => {
  await using db = await server.open();
  const keys = Array.from({ length: 10 }, (_, n) => `/v1/items/${n}`);
  const writers = keys.map(async key => {
    for (let n = 0; n < 20; n++) {
      const client = await db.pool.connect();
      await client.query("begin");
      await client.query("select pg_advisory_xact_lock(hashtext($1))", [key]);
      await insertOutbox(client, [happening({ key, data: { ...happening().data, name: String(n) } })]);
      await client.query(n % 7 === 3 ? "rollback" : "commit");
      client.release();
    }
  });
  let writing = true;
  const emitters = [1, 2].map(async () => {
    while (writing) await emit(db.pool);
  });
  await Promise.all(writers);
  writing = false;
  await Promise.all(emitters);
  await emit(db.pool);
  const events = await readEventsAfter(db.pool, 0, 1000);
  expect(events.map(event => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(await readHead(db.pool)).toBe(events.length);
  for (const key of keys) {
    const names = events.filter(event => event.key === key).map(event => Number(event.data["name"]));
    expect(names).toEqual(Array.from({ length: 20 }, (_, n) => n).filter(n => n % 7 !== 3));
  }
});

test("a level that changes many times is told once with what it is then: each changed place, and the site's totals without outsides", async () => {
  await using db = await server.open();
  const { items, places } = await stocked(db.pool, { site: "lyon", places: ["a", "b", "supplier"], skus: ["OAT/1"] });
  const [itemId = 0] = items;
  const [a = 0, b = 0, supplier = 0] = places;
  await change(db.pool, { itemId, placeId: b, by: 5 });
  await emit(db.pool);
  for (let n = 0; n < 10; n++) {
    await change(db.pool, { itemId, placeId: supplier, by: -1 });
    await change(db.pool, { itemId, placeId: a, by: 1 });
  }
  await emit(db.pool);
  await change(db.pool, { itemId, placeId: supplier, by: -1 });
  await emit(db.pool);
  const events = await readEventsAfter(db.pool, 0, 10);
  const level = (on_hand: number) => ({ on_hand, reserved: 0, blocked: 0, available: on_hand });
  expect(events.map(({ type, key, site, data }) => ({ type, key, site, data }))).toEqual([
    {
      type: "stock.changed",
      key: "/v1/stock/OAT%2F1",
      site: "lyon",
      data: { sku: "OAT/1", site: "lyon", ...level(5), places: [{ place: "b", ...level(5) }] },
    },
    {
      type: "stock.changed",
      key: "/v1/stock/OAT%2F1",
      site: "lyon",
      data: { sku: "OAT/1", site: "lyon", ...level(15), places: [{ place: "a", ...level(10) }] },
    },
  ]);
});

test("a level is read behind the lock of the numbers, so none is told that is older than one told before", async () => {
  await using db = await server.open();
  const { items, places } = await stocked(db.pool, { site: "lyon", places: ["a"], skus: ["OAT"] });
  const level = { itemId: items[0] ?? 0, placeId: places[0] ?? 0 };
  await change(db.pool, { ...level, by: 1 });
  // Another process believes to be the emitter, too, and is in the middle of a pass.
  const other = await db.pool.connect();
  await other.query("begin");
  await lockHead(other);
  const pass = emit(db.pool);
  const waits =
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%event_head%'";
  await vi.waitFor(async () => expect((await db.pool.query(waits)).rows[0].count).toBe(1), 10_000);
  await change(db.pool, { ...level, by: 1 });
  const [now] = await readChangedStock(other, [{ itemId: level.itemId, siteId: 1, placeIds: [level.placeId] }]);
  const { id, type, key, timeMs } = happening({ type: "stock.changed" });
  await appendEvents(other, [{ id, type, key, timeMs, site: "lyon", data: JSON.stringify(now) }]);
  await other.query("commit");
  other.release();
  await pass;
  const told = (await readEventsAfter(db.pool, 0, 10)).map(({ data }) => data["on_hand"]);
  expect(told).toEqual([2, 2]);
});

test("what does not fit the contract is kept with an exception, and what is behind it is told", async () => {
  await using db = await server.open();
  await happen(db.pool, [
    happening({ type: "moon.rose" }),
    happening({ data: { sku: 7 } }),
    happening({ data: { ...happening().data, undocumented: true } }),
  ]);
  expect(await emit(db.pool)).toMatchObject({ events: 1, refused: 2, head: 1 });
  const [told] = await readEventsAfter(db.pool, 0, 10);
  expect(told?.data).toEqual(happening().data);
  const { rows: kept } = await db.pool.query("select type, data, why from event_refused order by id");
  expect(kept).toMatchObject([
    { type: "moon.rose", why: "There is no event type moon.rose." },
    { type: "item.added", data: { sku: 7 }, why: /data\.sku/ },
  ]);
  const { rows: exceptions } = await db.pool.query("select problem, key from exception order by key");
  expect(exceptions).toEqual([
    { problem: "event.refused", key: "item.added" },
    { problem: "event.refused", key: "moon.rose" },
  ]);
});

test("the log is published to JetStream in order, each event once, also when NATS was away and the emitter's process changes", async () => {
  await emptyStream();
  await using db = await server.open();
  await using link = await openTestLink(nats.url);
  const first = openTestEvents(db, link);
  await happen(db.pool, [happening({ data: { ...happening().data, name: "1" } })]);
  await vi.waitFor(async () => expect(await published()).toHaveLength(1), 20_000);
  await nats.kill();
  await happen(db.pool, [happening({ data: { ...happening().data, name: "2" } })]);
  await vi.waitFor(async () => expect(await readHead(db.pool)).toBe(2), 20_000);
  await using second = openTestEvents(db, link);
  await first[Symbol.asyncDispose]();
  await nats.restart();
  await happen(db.pool, [happening({ data: { ...happening().data, name: "3" } })]);
  await vi.waitFor(async () => expect(await published()).toHaveLength(3), 30_000);
  const events = await published();
  expect(events.map(({ sequence, data }) => [Number(sequence), data["name"]])).toEqual([
    [1, "1"],
    [2, "2"],
    [3, "3"],
  ]);
  expect(events[0]).toMatchObject({
    specversion: "1.0",
    source: "urn:tallygate:test",
    type: "io.tallygate.item.added.v1",
    subject: "/v1/items/OAT-1L",
    datacontenttype: "application/json",
  });
  expect(second.leases.names).toEqual(["emitter"]);
});

test("a storage that NATS has lost begins anew, and what went before is read from the log", async () => {
  await emptyStream();
  await using db = await server.open();
  await using link = await openTestLink(nats.url);
  await using _events = openTestEvents(db, link);
  await happen(db.pool, [happening()]);
  await vi.waitFor(async () => expect(await published()).toHaveLength(1), 20_000);
  await emptyStream();
  await happen(db.pool, [happening()]);
  await vi.waitFor(async () => expect((await published()).map(event => Number(event.sequence))).toEqual([2]), 30_000);
  expect(await findEvents(db.pool, { after: 0, limit: 10 })).toHaveLength(2);
});

test("of two processes one emits; when its connection is cut, the other goes on and no number is left out or given twice", async () => {
  await emptyStream();
  await using db = await server.open();
  await using link = await openTestLink(nats.url);
  await using one = openTestEvents(db, link);
  await using two = openTestEvents(db, link);
  await vi.waitFor(() => expect([...one.leases.names, ...two.leases.names]).toEqual(["emitter"]), 10_000);
  for (let round = 0; round < 3; round++) {
    await happen(
      db.pool,
      Array.from({ length: 50 }, () => happening()),
    );
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tallygate events'",
    );
  }
  await vi.waitFor(async () => expect(await readHead(db.pool)).toBe(150), 20_000);
  await vi.waitFor(async () => expect(await published()).toHaveLength(150), 30_000);
  expect(new Set((await published()).map(event => event.id)).size).toBe(150);
});

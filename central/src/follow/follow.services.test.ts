import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { documentOf } from "../documents/testing.ts";
import { type Given, TestEdge } from "../ingest/testing.ts";
import { reservedFaults } from "../reservations/testing.ts";
import { type FollowedLedger, followAll, oat, openFollowedLedger, openTestFollower } from "./testing.ts";

const soon = { timeout: 20_000, interval: 20 };
const hourMs = 60 * 60_000;

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

const out = (quantity: number, given: Given = {}): Given => ({
  code: oat,
  quantity,
  from: "dock",
  to: "customer",
  bizStep: "shipping",
  eventTimeMs: Date.now(),
  ...given,
});
const pick = (quantity: number, to: string, from = "shelf"): Given => out(quantity, { from, to, bizStep: "picking" });
const thing = (serial: string, given: Given = {}) => out(1, { code: `${oat}(21)${serial}`, ...given });

const outbox = (ledger: FollowedLedger, type: string) =>
  ledger.rows<{ data: { key: string } }>("select data from outbox where type = $1 order by id", [type]);

describe("a movement", () => {
  test("carries out the notice that awaits it, and the order; levels and reorder points hear of it", async () => {
    await using ledger = await openFollowedLedger(server);
    const { pool, lyon } = ledger;
    const notice = await ledger.document({ kind: "shipment", lines: [{ sku: "OAT", quantity: 10 }] });
    const order = await ledger.order(4, { place: "dock" });
    await pool.query("delete from level_changed");
    await pool.query(
      "insert into reorder_point (item_id, site_id, quantity, clear_above) select item_id, site_id, 1000, 1000 from stock limit 1",
    );
    await ledger.apply(lyon.record(out(10, { from: "supplier", to: "dock" }), out(4)));
    expect(await followAll(pool)).toMatchObject({ movements: 2, matched: ["awaited", "awaited"], misfits: [] });
    expect(await documentOf(pool, notice.id)).toMatchObject({ state: "received", lines: [{ done: 10 }] });
    expect(await documentOf(pool, order.id)).toMatchObject({ state: "shipped", lines: [{ done: 4 }] });
    expect(await ledger.rows("select place.code from level_changed join place on place.id = place_id")).toEqual([
      { code: "dock" },
    ]);
    expect(await outbox(ledger, "stock.below_reorder_point")).toHaveLength(1);
  });

  test("that is late finds the list that was open when it happened, though it is closed by now", async () => {
    await using ledger = await openFollowedLedger(server);
    const [then, now] = [await ledger.order(5), await ledger.order(5)];
    const at = Date.now();
    await ledger.list([then], { openedMs: at - 49 * hourMs, closedMs: at - 47 * hourMs });
    await ledger.list([now], { openedMs: at - hourMs });
    await ledger.pool.query("update document set created_at = now() - interval '3 days'");
    await ledger.apply(ledger.lyon.record(out(2, { eventTimeMs: at - 48 * hourMs }), out(3)));
    await followAll(ledger.pool);
    expect(await ledger.matches(then)).toEqual(["1 done 2 list"]);
    expect(await ledger.matches(now)).toEqual(["1 done 3 list"]);
  });

  test("that comes twice, or behind another one, counts once", async () => {
    await using ledger = await openFollowedLedger(server);
    const order = await ledger.order(10);
    const first = ledger.lyon.record(out(1));
    const second = ledger.lyon.record(out(2));
    await ledger.apply(second);
    await followAll(ledger.pool);
    await ledger.apply(first, first, second);
    await followAll(ledger.pool);
    await ledger.apply(first, second);
    expect(await followAll(ledger.pool)).toMatchObject({ movements: 0 });
    expect(await documentOf(ledger.pool, order.id)).toMatchObject({ lines: [{ done: 3 }] });
  });

  test("is its own site's, and its order's alone, whatever another site has", async () => {
    await using ledger = await openFollowedLedger(server);
    const oslo = new TestEdge("oslo");
    await ledger.apply(oslo.record(out(20, { from: "supplier", to: "shelf" })));
    const atLyon = await ledger.order(5);
    const atOslo = await ledger.order(5, { site: "oslo" });
    await ledger.apply(oslo.record(out(2, { from: "shelf" })), ledger.lyon.record(out(1, { from: "shelf" })));
    await followAll(ledger.pool);
    expect([await ledger.matches(atLyon), await ledger.matches(atOslo)]).toEqual([
      ["1 done 1 awaited"],
      ["1 done 2 awaited"],
    ]);
  });

  test("of one thing counts once, however often it is read, and is split over as many documents as it fills", async () => {
    await using ledger = await openFollowedLedger(server);
    const [a, b] = [await ledger.order(2), await ledger.order(3)];
    await ledger.apply(ledger.lyon.record(thing("1", { from: "shelf" }), thing("1", { from: "shelf" }), out(3)));
    await followAll(ledger.pool);
    expect([await ledger.matches(a), await ledger.matches(b)]).toEqual([
      ["1 done 1 awaited", "1 done 1 awaited"],
      ["1 done 2 awaited"],
    ]);
  });

  test("that is taken back takes its documents back, once", async () => {
    await using ledger = await openFollowedLedger(server);
    const order = await ledger.order(5);
    const { lyon } = ledger;
    await ledger.apply(lyon.record(out(5, { from: "shelf" })));
    await followAll(ledger.pool);
    expect((await documentOf(ledger.pool, order.id)).state).toBe("shipped");
    const reverses = { epoch: lyon.epoch, seq: lyon.lastSeq };
    const undo = out(5, { from: "customer", to: "shelf", reverses });
    await ledger.apply(lyon.record(undo, undo));
    await followAll(ledger.pool);
    expect(await ledger.matches(order)).toEqual(["1 done 5 awaited", "1 done -5 reversal"]);
    expect(await documentOf(ledger.pool, order.id)).toMatchObject({ lines: [{ done: 0, backordered: 5 }] });
  });

  test("whose code is bound later finds its document then", async () => {
    await using ledger = await openFollowedLedger(server);
    await ledger.apply(ledger.lyon.record(out(2, { code: "code:NEW", from: "shelf" })));
    await followAll(ledger.pool);
    const order = await ledger.order(5);
    await ledger.pool.query("update document set created_at = now() - interval '1 h'");
    await ledger.bind("OAT", "code:NEW");
    expect(await followAll(ledger.pool)).toMatchObject({ movements: 1, matched: ["awaited"] });
    expect(await ledger.matches(order)).toEqual(["1 done 2 awaited"]);
  });

  test("of packs counts as what is in them", async () => {
    await using ledger = await openFollowedLedger(server);
    await ledger.bind("OAT", "code:CASE", 12);
    const order = await ledger.order(30);
    await ledger.apply(ledger.lyon.record(out(2, { code: "code:CASE", from: "shelf" })));
    await followAll(ledger.pool);
    expect(await ledger.matches(order)).toEqual(["1 done 24 awaited"]);
  });
});

describe("what fits nothing", () => {
  test("is one exception of its item and site, counted, where documents are worked with, and none elsewhere", async () => {
    await using ledger = await openFollowedLedger(server);
    const oslo = new TestEdge("oslo");
    await ledger.document({ kind: "order", lines: [{ sku: "OAT", quantity: 1 }] });
    const loose = out(1, { from: "supplier", to: "dock" });
    await ledger.apply(ledger.lyon.record(out(1), out(2), out(3), loose), oslo.record(out(1), out(1)));
    await followAll(ledger.pool);
    expect(await ledger.open()).toEqual(["document.none OAT site customer 2"]);
    expect(await outbox(ledger, "exception.opened")).toMatchObject([
      { data: { problem: "document.none", site: "lyon", key: "OAT site customer" } },
    ]);
  });

  test("at an open list is kept with the list, and what is too much is told with its order", async () => {
    await using ledger = await openFollowedLedger(server);
    await ledger.bind("PEA", "code:PEA");
    const order = await ledger.order(3);
    const list = await ledger.list([order]);
    await ledger.apply(ledger.lyon.record(out(5), out(1, { code: "code:PEA" })));
    await followAll(ledger.pool);
    expect(await ledger.open()).toEqual([
      `document.over order ${order.number} OAT 1`,
      `document.unexpected ${list} PEA 1`,
    ]);
    expect(await documentOf(ledger.pool, order.id)).toMatchObject({ state: "shipped", lines: [{ done: 5 }] });
    expect(await ledger.rows("select code, quantity from document_list_unexpected")).toEqual([
      { code: "code:PEA", quantity: 1 },
    ]);
  });
});

describe("what is held", () => {
  test("goes with its goods from place to place, ends when they leave, and nobody is ever short", async () => {
    await using ledger = await openFollowedLedger(server);
    const { pool, lyon } = ledger;
    const order = await ledger.order(90);
    await ledger.apply(lyon.record(pick(60, "staging"), pick(20, "staging")));
    await followAll(pool);
    expect(await ledger.reserved()).toEqual({ shelf: 10, staging: 80 });
    await ledger.apply(lyon.record(out(50, { from: "staging" }), out(10, { from: "shelf" })));
    await followAll(pool);
    expect(await ledger.reserved()).toEqual({ staging: 30 });
    await ledger.apply(lyon.record(out(30, { from: "staging" })));
    await followAll(pool);
    expect(await ledger.reserved()).toEqual({});
    expect(await documentOf(pool, order.id)).toMatchObject({ state: "shipped", lines: [{ picked: 80, done: 90 }] });
    expect(await ledger.rows("select state from reservation")).toEqual([{ state: "fulfilled" }]);
    expect(await ledger.rows(reservedFaults)).toEqual([]);
    expect(await ledger.count("exception")).toBe(0);
  });

  test("ends when the goods are put where nothing can be promised", async () => {
    await using ledger = await openFollowedLedger(server);
    const order = await ledger.order(10);
    await ledger.apply(ledger.lyon.record(pick(1, "packing")));
    await ledger.pool.query("update place set available = false where code = 'packing'");
    await followAll(ledger.pool);
    expect(await ledger.reserved()).toEqual({ shelf: 9 });
    await ledger.apply(ledger.lyon.record(pick(9, "packing"), out(10, { from: "packing" })));
    await followAll(ledger.pool);
    expect(await ledger.reserved()).toEqual({});
    expect((await documentOf(ledger.pool, order.id)).state).toBe("shipped");
  });

  test("by someone else makes a shortage of goods that went, which is told, and closes when they come back", async () => {
    await using ledger = await openFollowedLedger(server);
    await ledger.order(90);
    await ledger.apply(ledger.lyon.record(out(30, { from: "shelf", to: "loss" })));
    await followAll(ledger.pool);
    expect(await ledger.open()).toEqual(["stock.shortage OAT lyon/shelf 1"]);
    await ledger.apply(ledger.lyon.record(out(20, { from: "loss", to: "shelf" })));
    await followAll(ledger.pool);
    expect(await ledger.open()).toEqual([]);
    for (const type of ["exception.opened", "exception.resolved"]) {
      expect(await outbox(ledger, type)).toMatchObject([{ data: { key: "OAT lyon/shelf", site: "lyon" } }]);
    }
  });
});

describe("whatever happens to those who follow", () => {
  test("two that follow at once, and lose their connections in the middle, count each movement once", async () => {
    await using ledger = await openFollowedLedger(server);
    const { pool, lyon } = ledger;
    const orders = [await ledger.order(20), await ledger.order(20), await ledger.order(20)];
    const followers = [openTestFollower(pool, { passMovements: 3 }), openTestFollower(pool, { passMovements: 3 })];
    for (let round = 0; round < 12; round++) {
      await ledger.apply(lyon.record(...Array.from({ length: 5 }, () => out(1, { from: "shelf" }))));
      await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()
           and datname = current_database() and (query ~ 'follow' or query ~ 'documents-' or query ~ 'advisory')`,
      );
    }
    await vi.waitFor(async () => expect((await documentOf(pool, orders[2]?.id ?? "")).state).toBe("shipped"), soon);
    for (const { follower } of followers) await follower[Symbol.asyncDispose]();
    await followAll(pool);
    for (const order of orders) {
      expect(await documentOf(pool, order.id)).toMatchObject({ state: "shipped", lines: [{ done: 20 }] });
    }
    expect(
      await ledger.rows("select epoch_id, seq from document_match group by 1, 2 having sum(quantity) <> 1"),
    ).toEqual([]);
    expect(await ledger.reserved()).toEqual({});
    expect(await ledger.open()).toEqual([]);
  });

  test("one process follows at a time, and another takes over", async () => {
    await using ledger = await openFollowedLedger(server);
    const first = openTestFollower(ledger.pool);
    const leads = async ({ metrics }: typeof first) => (await metrics.leading.get()).values[0]?.value;
    await vi.waitFor(async () => expect(await leads(first)).toBe(1), soon);
    const second = openTestFollower(ledger.pool);
    const order = await ledger.order(1);
    await ledger.apply(ledger.lyon.record(out(1, { from: "shelf" })));
    await vi.waitFor(async () => expect((await documentOf(ledger.pool, order.id)).state).toBe("shipped"), soon);
    expect(await leads(second)).toBe(0);
    expect((await first.metrics.matches.get()).values).toMatchObject([{ labels: { why: "awaited" }, value: 1 }]);
    await first.follower[Symbol.asyncDispose]();
    await vi.waitFor(async () => expect(await leads(second)).toBe(1), soon);
    await second.follower[Symbol.asyncDispose]();
  });

  test("a movement that cannot be followed is told to a person, and those around it are followed", async () => {
    await using ledger = await openFollowedLedger(server);
    const order = await ledger.order(100);
    await ledger.pool.query(
      `create function fail() returns trigger language plpgsql as $$ begin raise exception 'seven is refused'; end $$;
       create trigger fail before insert on document_match for each row when (new.quantity = 7) execute function fail()`,
    );
    const quantities = [1, 2, 3, 7, 4, 5];
    await ledger.apply(ledger.lyon.record(...quantities.map(quantity => out(quantity, { from: "shelf" }))));
    expect(await followAll(ledger.pool)).toMatchObject({ movements: 6, failed: 1 });
    expect(await documentOf(ledger.pool, order.id)).toMatchObject({ lines: [{ done: 15 }] });
    const [failed] = await ledger.rows<{ problem: string; detail: string }>(
      "select problem, detail from exception where state = 'open' and problem = 'internal'",
    );
    expect(failed?.detail).toContain("seven is refused");
  });
});

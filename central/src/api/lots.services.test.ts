import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../db/transaction.ts";
import { Directory } from "../ingest/directory.ts";
import { tellExpiring } from "../places/expiry.ts";
import { checkReorderPoints } from "../places/reorder.ts";
import { tellSites } from "../reservations/tell.ts";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;
const gtin = "(01)09506000134352";
const lyon = new TestSite("lyon");
const oslo = new TestSite("oslo");
const lot = (name: string) => `${gtin}(10)${name}`;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  await api.post("/v1/items", { sku: "OAT-1L", name: "Oat drink 1 L", gtins: ["9506000134352"] });
  await ledger.apply(lyon, [
    { code: lot("A"), quantity: 10, to: "dock" },
    { code: lot("B"), quantity: 5, to: "dock" },
    { code: lot("B"), quantity: 2, to: "shelf" },
    { code: gtin, quantity: 3, to: "shelf" },
  ]);
  await ledger.apply(oslo, [{ code: lot("A"), quantity: 4, to: "dock" }]);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const set = (name: string, body: object) => api.request("PUT", `/v1/lots/OAT-1L/${name}`, { body });
const names = async (query: string) =>
  (await api.get(`/v1/lots?${query}`)).body.items.map((each: { lot: string }) => each.lot);
const available = async (site: string) => (await api.get(`/v1/stock/OAT-1L?site=${site}`)).body.available;
const audit = async () => (await api.get("/v1/audit/verify")).body;

describe("/v1/lots", () => {
  test("says where each lot is, and what is known of it", async () => {
    expect(await set("A", { expires_on: "2026-12-31", manufactured_on: "2026-01-01" })).toMatchObject({ status: 200 });
    expect((await api.get("/v1/lots/OAT-1L/A")).body).toMatchObject({
      sku: "OAT-1L",
      ...{
        lot: "A",
        expires_on: "2026-12-31",
        manufactured_on: "2026-01-01",
        best_before_on: null,
        status: "available",
      },
      on_hand: 14,
      places: [
        { site: "lyon", place: "dock", on_hand: 10 },
        { site: "oslo", place: "dock", on_hand: 4 },
      ],
    });
    expect(await names("")).toEqual(["A", "B"]);
    expect(await names("site=oslo")).toEqual(["A"]);
  });

  test("may be told before anything of it has come", async () => {
    expect(await set("C", { best_before_on: "2026-12-01" })).toMatchObject({
      status: 200,
      body: { on_hand: 0, places: [] },
    });
    expect(await names("")).toEqual(["A", "B", "C"]);
    expect(await names("stocked=true")).toEqual(["A", "B"]);
  });

  test("are listed by what ends first, page by page", async () => {
    await set("B", { expires_on: "2027-01-31", best_before_on: "2026-12-15" });
    expect(await names("expires_before=2027-06-01")).toEqual(["C", "B", "A"]);
    expect(await names("expires_before=2026-12-15")).toEqual(["C"]);
    const first = (await api.get("/v1/lots?expires_before=2027-06-01&limit=2")).body;
    const next = await api.get(`/v1/lots?expires_before=2027-06-01&limit=2&cursor=${first.next_cursor}`);
    expect(next.body.items).toMatchObject([{ lot: "A" }]);
    const plain = (await api.get("/v1/lots?limit=1")).body;
    expect((await api.get(`/v1/lots?limit=1&cursor=${plain.next_cursor}`)).body.items).toMatchObject([{ lot: "B" }]);
  });

  test.each([
    ["A", { expires_on: "2026-02-30" }, 400],
    ["A", { expires_on: "0001-01-01" }, 400],
    ["A", {}, 400],
    ["A", { status: "recalled" }, 400],
    ["x".repeat(21), { status: "blocked" }, 400],
  ])("refuses %s %j", async (name, body, status) => {
    expect((await set(name, body)).status).toBe(status);
  });

  test("that nobody has are not found", async () => {
    expect(await api.get("/v1/lots/OAT-1L/Z")).toMatchObject({ status: 404, body: { code: "lot.unknown" } });
    const unknown = await api.request("PUT", "/v1/lots/NOBODY/A", { body: { status: "blocked" } });
    expect(unknown).toMatchObject({ status: 404, body: { code: "item.unknown" } });
  });

  test("that are blocked are promised nowhere, from that moment on, and the sites are told", async () => {
    const told: string[] = [];
    const stop = ledger.feed.subscribe(change => told.push(change.site));
    expect(await set("A", { status: "blocked" })).toMatchObject({
      body: { status: "blocked", expires_on: "2026-12-31" },
    });
    expect([await available("lyon"), await available("oslo")]).toEqual([10, 0]);
    expect(told.sort()).toEqual(["lyon", "oslo"]);
    await ledger.apply(oslo, [{ code: lot("A"), quantity: 2, to: "dock" }]);
    expect(await available("oslo")).toBe(0);
    expect(await audit()).toMatchObject({ ok: true, done: true });
    await set("A", { status: "available" });
    expect([await available("lyon"), await available("oslo")]).toEqual([20, 6]);
    expect(await audit()).toMatchObject({ ok: true, done: true });
    stop();
  });

  test("blocked while some of it comes to a site that had none are blocked there too", async () => {
    const sites = Array.from({ length: 5 }, (_, index) => new TestSite(`new-${index}`));
    await Promise.all([
      ...sites.map(site => ledger.apply(site, [{ code: lot("A"), quantity: 1, to: "dock" }])),
      set("A", { status: "blocked" }),
      ...sites.map(site => ledger.apply(site, [{ code: lot("A"), quantity: 1, to: "shelf" }]).catch(() => undefined)),
    ]);
    expect(await audit()).toMatchObject({ ok: true, done: true });
    await set("A", { status: "available" });
    expect(await audit()).toMatchObject({ ok: true, done: true });
  });

  test("are promised by what expires first, and what has expired is not", async () => {
    const reserve = async (quantity: number) => {
      const lines = [{ sku: "OAT-1L", quantity, site: "lyon" }];
      const { status, body } = await api.post("/v1/reservations", { policy: "first_expiry", lines });
      return { status, holds: body.lines?.[0]?.holds ?? body.code };
    };
    const [first, second] = [await reserve(5), await reserve(12)];
    expect(first).toMatchObject({ status: 201 });
    expect(second).toMatchObject({ status: 201 });
    await set("B", { best_before_on: "2026-01-01" });
    expect(await reserve(3)).toMatchObject({ status: 409, holds: "reservation.insufficient" });
    await set("B", { best_before_on: null });
    expect(await reserve(3)).toMatchObject({ status: 201 });
  });

  test("tell once that they expire", async () => {
    const events = async () => {
      const { rows } = await ledger.pool.query(
        "select data from outbox where type = 'lot.expiring' and data->>'site' in ('lyon', 'oslo')",
      );
      return rows.map(row => `${row.data.site} ${row.data.lot} ${row.data.expires_on} ${row.data.on_hand}`).sort();
    };
    const nowMs = Date.UTC(2026, 11, 2);
    await tellExpiring(ledger.pool, nowMs);
    await tellExpiring(ledger.pool, nowMs);
    expect(await events()).toEqual(["lyon A 2026-12-31 10", "oslo A 2026-12-31 6"]);
    await set("A", { expires_on: "2026-12-20" });
    await tellExpiring(ledger.pool, nowMs);
    expect(await events()).toHaveLength(4);
  });
});

describe("/v1/reorder-points", () => {
  const point = { sku: "OAT-1L", site: "oslo", quantity: 6, clear_above: 8, order_quantity: 20 };
  const events = async () =>
    (await ledger.pool.query("select data from outbox where type = 'stock.below_reorder_point' order by id")).rows.map(
      row => row.data,
    );
  /** As the follower does behind the movements. */
  const move = async (quantity: number, from: string, to: string) => {
    await ledger.apply(oslo, [{ code: gtin, quantity, from, to }]);
    const { rows } = await ledger.pool.query(
      "select item_id, place_id from stock join place on place.id = place_id where code in ($1, $2)",
      [from, to],
    );
    const levels = rows.map(row => ({ itemId: row.item_id, placeId: row.place_id }));
    await transaction(ledger.pool, client => checkReorderPoints(client, levels, Date.now()));
  };
  /** As the teller of reservations does, now and then. */
  const tell = () => tellSites({ pool: ledger.pool, directory: new Directory(), publish: () => undefined });
  const below = async () => (await api.get("/v1/reorder-points?below=true&site=oslo")).body.items;

  test("tell once at each crossing, with room between the two", async () => {
    const answer = await api.post("/v1/reorder-points", { items: [point, { ...point, place: "dock", quantity: 2 }] });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        items: [
          { available: 6, place: null },
          { place: "dock", below_since: null },
        ],
      },
    });
    expect(answer.body.items[0].below_since).not.toBeNull();
    expect(await events()).toEqual([
      { sku: "OAT-1L", site: "oslo", place: null, available: 6, reorder_point: 6, order_quantity: 20 },
    ]);
    await move(1, "dock", "customer");
    await move(3, "supplier", "dock");
    expect(await below()).toMatchObject([{ available: 8 }]);
    await move(1, "supplier", "dock");
    expect(await below()).toEqual([]);
    await move(2, "dock", "customer");
    expect(await below()).toEqual([]);
    await move(2, "dock", "customer");
    expect(await below()).toMatchObject([{ available: 5 }]);
    expect(await events()).toHaveLength(2);
    await move(4, "dock", "customer");
    expect((await events()).at(-1)).toMatchObject({ place: "dock", available: 1, reorder_point: 2 });
    expect(await events()).toHaveLength(3);
  });

  test("count what stands in their place", async () => {
    await api.post("/v1/places", { site: "oslo", code: "hall" });
    await api.post("/v1/places", { site: "oslo", code: "bin-1", kind: "bin", parent: "hall" });
    await move(7, "supplier", "bin-1");
    const { body } = await api.post("/v1/reorder-points", { items: [{ ...point, place: "hall" }] });
    expect(body.items).toMatchObject([{ available: 7, below_since: null }]);
  });

  test("are looked at when stock is promised and when it is free again, since they watch what is available", async () => {
    await ledger.apply(oslo, [{ code: gtin, quantity: 20, from: "supplier", to: "dock" }]);
    const item = { ...point, place: "dock", quantity: 10, clear_above: 12 };
    const { body } = await api.post("/v1/reorder-points", { items: [item] });
    expect(body.items).toMatchObject([{ below_since: null }]);
    const count = (await events()).length;
    const free = body.items[0].available - 10;
    const lines = [{ sku: "OAT-1L", quantity: free, site: "oslo", place: "dock" }];
    const { body: promised } = await api.post("/v1/reservations", { lines });
    await tell();
    expect((await events()).slice(count)).toMatchObject([{ place: "dock", available: 10, reorder_point: 10 }]);
    await tell();
    await api.post(`/v1/reservations/${promised.id}/release`, {});
    await tell();
    expect((await below()).map((each: { place: string }) => each.place)).not.toContain("dock");
    expect(await events()).toHaveLength(count + 1);
  });

  test("are changed by setting them again, listed, and taken away", async () => {
    const again = await api.post("/v1/reorder-points", { items: [{ sku: "OAT-1L", site: "oslo", quantity: 0 }] });
    expect(again.body.items).toMatchObject([{ quantity: 0, clear_above: 0, order_quantity: null }]);
    const id = again.body.items[0].id;
    expect((await api.request("DELETE", `/v1/reorder-points/${id}`)).status).toBe(204);
    expect(await api.request("DELETE", `/v1/reorder-points/${id}`)).toMatchObject({
      body: { code: "reorder_point.unknown" },
    });
    expect((await api.get("/v1/reorder-points?sku=OAT-1L")).body.items).toHaveLength(2);
  });

  test.each([
    [{ ...point, quantity: -1 }, 400],
    [{ ...point, clear_above: 5 }, 400],
    [{ ...point, sku: "NOBODY" }, 404],
    [{ ...point, site: "nowhere" }, 404],
    [{ ...point, place: "attic" }, 404],
  ])("refuse %j", async (item, status) => {
    expect((await api.post("/v1/reorder-points", { items: [item] })).status).toBe(status);
  });

  test("are refused when one stands twice", async () => {
    expect((await api.post("/v1/reorder-points", { items: [point, point] })).status).toBe(400);
  });
});

describe("GET /v1/stock", () => {
  const total = async (query: string) => (await api.get(`/v1/stock/OAT-1L?${query}`)).body;

  test("shows one lot, also as of a past time", async () => {
    const paris = new TestSite("paris");
    await ledger.apply(paris, [
      { code: lot("P"), quantity: 5, to: "dock", eventTimeMs: 1_000_000 },
      { code: gtin, quantity: 9, to: "dock", eventTimeMs: 1_000_000 },
      { code: lot("P"), quantity: 2, from: "dock", to: "shelf", eventTimeMs: 2_000_000 },
    ]);
    expect(await total("site=paris&lot=P")).toMatchObject({
      ...{ on_hand: 5, reserved: null, available: null },
      places: [
        { place: "dock", on_hand: 3 },
        { place: "shelf", on_hand: 2 },
      ],
    });
    expect(await total("site=paris&lot=P&as_of=1970-01-01T00:20:00Z")).toMatchObject({
      places: [{ place: "dock", on_hand: 5 }],
    });
    expect((await api.get("/v1/stock?lot=P")).body.items).toMatchObject([{ sku: "OAT-1L", on_hand: 5 }]);
    expect((await api.get("/v1/stock?lot=NONE")).body.items).toEqual([]);
  });

  test("sums up what stands in a place", async () => {
    await api.post("/v1/places", { site: "paris", code: "hall" });
    await api.request("PATCH", "/v1/places/paris/shelf", { body: { parent: "hall" } });
    await api.request("PATCH", "/v1/places/paris/dock", { body: { parent: "shelf" } });
    expect(await total("site=paris&place=hall")).toMatchObject({ on_hand: 0, places: [] });
    expect(await total("site=paris&place=hall&include=below")).toMatchObject({ on_hand: 14, available: 14 });
    expect(await total("place=shelf&include=below&lot=P")).toMatchObject({ on_hand: 5, in_transit: null });
    const listed = await api.get("/v1/stock?site=paris&place=hall&include=below");
    expect(listed.body.items).toMatchObject([{ on_hand: 14, places: [{ place: "dock" }, { place: "shelf" }] }]);
  });

  test("shows what has left one site and is not at the other yet", async () => {
    const [from, to] = [new TestSite("from"), new TestSite("to")];
    await ledger.apply(from, [
      { code: gtin, quantity: 9, to: "dock" },
      { code: gtin, quantity: 6, from: "dock", to: "transit" },
    ]);
    expect(await total("")).toMatchObject({ in_transit: 6 });
    await ledger.apply(to, [{ code: gtin, quantity: 4, from: "transit", to: "dock" }]);
    expect(await total("")).toMatchObject({ in_transit: 2 });
    expect(await total("site=from")).toMatchObject({ on_hand: 3, in_transit: 6 });
    expect(await total("site=to")).toMatchObject({ on_hand: 4, in_transit: -4 });
  });
});

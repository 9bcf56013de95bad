import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { settleShortages } from "../follow/shortages.ts";
import { Directory } from "../ingest/directory.ts";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;
let count = 0;
const gtin = "(01)09506000134352";

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  await api.post("/v1/items", { sku: "OAT-1L", name: "Oat drink 1 L", gtins: ["9506000134352"] });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

/** A new site that was heard: 10 on the dock. */
async function openSite() {
  count += 1;
  const site = `site-${count}`;
  const edge = new TestSite(site);
  await ledger.apply(edge, [{ code: gtin, quantity: 10, to: "dock" }]);
  return {
    site,
    edge,
    add: (code: string, more: object = {}) => api.post("/v1/places", { site, code, ...more }),
    change: (code: string, body: object, headers: Record<string, string> = {}) =>
      api.request("PATCH", `/v1/places/${site}/${code}`, { body, headers }),
    under: async (code: string) => {
      const { body } = await api.get(`/v1/places?site=${site}&under=${code}`);
      return body.items.map((place: { code: string }) => place.code);
    },
  };
}

describe("places", () => {
  test("stand in each other, and are listed with all that stands in them", async () => {
    const { site, add, change, under } = await openSite();
    expect(await add("hall")).toMatchObject({ status: 201, body: { kind: "zone", parent: null, available: true } });
    expect(await add("aisle-1", { parent: "hall" })).toMatchObject({ status: 201, body: { parent: "hall" } });
    expect(await add("bin-1", { parent: "aisle-1", kind: "bin" })).toMatchObject({ status: 201 });
    expect(await add("bin-2", { parent: "aisle-1", kind: "bin" })).toMatchObject({ status: 201 });
    expect(await under("hall")).toEqual(["aisle-1", "bin-1", "bin-2", "hall"]);
    expect(await under("bin-1")).toEqual(["bin-1"]);
    expect(await change("bin-2", { parent: null })).toMatchObject({ status: 200, body: { parent: null } });
    expect(await under("hall")).toEqual(["aisle-1", "bin-1", "hall"]);
    expect(await api.get(`/v1/places/${site}/hall`)).toMatchObject({ status: 200, body: { code: "hall" } });
  });

  test("never stand in themselves, in a bin, or nowhere", async () => {
    const { add, change } = await openSite();
    await add("a");
    await add("b", { parent: "a" });
    await add("c", { parent: "b", kind: "bin" });
    const hierarchy = { status: 409, body: { code: "place.hierarchy" } };
    expect(await change("a", { parent: "a" })).toMatchObject(hierarchy);
    expect(await change("a", { parent: "b" })).toMatchObject(hierarchy);
    expect(await add("d", { parent: "c" })).toMatchObject(hierarchy);
    expect(await change("a", { kind: "bin" })).toMatchObject(hierarchy);
    expect(await add("d", { parent: "attic" })).toMatchObject({ status: 404, body: { code: "place.unknown" } });
    const both = await Promise.all([change("a", { parent: null }), change("b", { parent: null })]);
    expect(both.map(answer => answer.status)).toEqual([200, 200]);
    const circle = await Promise.all([change("a", { parent: "b" }), change("b", { parent: "a" })]);
    expect(circle.map(answer => answer.status).sort()).toEqual([200, 409]);
  });

  test("have read points, each at one place of the site", async () => {
    const { add, change } = await openSite();
    const points = [{ read_point: "gate-1/1", biz_step: "receiving" }, { read_point: "gate-1/2" }];
    expect(await add("in", { read_points: points })).toMatchObject({
      status: 201,
      body: { read_points: [points[0], { read_point: "gate-1/2", biz_step: null }] },
    });
    expect(await add("out", { read_points: [{ read_point: "gate-1/2" }] })).toMatchObject({
      status: 409,
      body: { code: "read_point.taken" },
    });
    expect(await change("in", { read_points: [] })).toMatchObject({ status: 200, body: { read_points: [] } });
    expect(await add("out", { read_points: [{ read_point: "gate-1/2" }] })).toMatchObject({ status: 201 });
  });

  test("have a GLN with its check digit, and an extension to it", async () => {
    const { add, change } = await openSite();
    expect(await add("a", { gln: "9506000134360" })).toMatchObject({ status: 422, body: { code: "code.check_digit" } });
    expect(await add("a", { gln_extension: "D1" })).toMatchObject({ status: 400, body: { at: "body.gln_extension" } });
    expect(await add("a", { gln: "9506000134369", gln_extension: "D1" })).toMatchObject({ status: 201 });
    expect(await change("a", { gln: null })).toMatchObject({ status: 400 });
    expect(await change("a", { gln: null, gln_extension: null })).toMatchObject({ status: 200, body: { gln: null } });
  });

  test("are changed only as they were seen, where the caller says so", async () => {
    const { site, add, change } = await openSite();
    await add("a");
    const etag = (await api.get(`/v1/places/${site}/a`)).headers.get("etag") ?? "";
    expect((await change("a", { name: "One" }, { "if-match": etag })).status).toBe(200);
    expect(await change("a", { name: "Two" }, { "if-match": etag })).toMatchObject({
      status: 412,
      body: { code: "place.changed" },
    });
    const known = (await api.get(`/v1/places/${site}/a`)).headers.get("etag") ?? "";
    expect((await api.get(`/v1/places/${site}/a`, { "if-none-match": known })).status).toBe(304);
    const { rows } = await ledger.pool.query(
      "select action, before->>'name' as before, after->>'name' as after from api_change where resource = $1 order by id",
      [`/v1/places/${site}/a`],
    );
    expect(rows).toEqual([
      { action: "place.add", before: null, after: null },
      { action: "place.change", before: null, after: "One" },
    ]);
  });
});

describe("a place that is not available", () => {
  test("blocks what is there from that moment on, and frees it again, and its site is told", async () => {
    const { site, change, edge } = await openSite();
    const told: unknown[] = [];
    const stop = ledger.feed.subscribe(message => told.push({ version: message.version, levels: message.levels }));
    const stock = async () => (await api.get(`/v1/stock/OAT-1L?site=${site}`)).body;
    expect(await change("dock", { available: false })).toMatchObject({ status: 200, body: { available: false } });
    expect(await stock()).toMatchObject({ on_hand: 10, blocked: 10, available: 0 });
    await ledger.apply(edge, [{ code: gtin, quantity: 5, to: "dock" }]);
    expect(await stock()).toMatchObject({ on_hand: 15, blocked: 15, available: 0 });
    await change("dock", { name: "Quarantine" });
    await change("dock", { available: true });
    expect(await stock()).toMatchObject({ on_hand: 15, blocked: 0, available: 15 });
    stop();
    expect(told).toMatchObject([
      { version: 2, levels: [{ sku: "OAT-1L", place: "dock", onHand: 10, reserved: 0, blocked: 10 }] },
      { version: 3, levels: [{ place: "supplier" }, { place: "dock", blocked: 15 }] },
      { version: 4, levels: [{ blocked: 0 }] },
    ]);
    const { rows } = await ledger.pool.query("select count(*) from level_changed");
    expect(Number(rows[0]?.count)).toBeGreaterThan(0);
  });

  test("keeps what was promised of it, and nothing more is promised", async () => {
    const { site, change } = await openSite();
    const reserve = () => api.post("/v1/reservations", { lines: [{ sku: "OAT-1L", quantity: 4, site }] });
    expect((await reserve()).status).toBe(201);
    await change("dock", { available: false });
    expect(await reserve()).toMatchObject({ status: 409, body: { code: "reservation.insufficient" } });
    const { body } = await api.get(`/v1/stock/OAT-1L?site=${site}`);
    expect(body).toMatchObject({ on_hand: 10, reserved: 4, blocked: 10, available: -4 });
    // Whoever follows finds the shortage; here, unless somebody did already.
    await settleShortages(ledger.pool, new Directory());
    await vi.waitFor(async () => {
      const { rows } = await ledger.pool.query(
        "select problem from exception join site on site.id = site_id where site.code = $1",
        [site],
      );
      expect(rows).toEqual([{ problem: "stock.shortage" }]);
    });
  });

  test("sells nothing, but what is there may be moved", async () => {
    const { site, change, add } = await openSite();
    await add("shelf");
    await change("dock", { available: false });
    const move = (to: string) =>
      api.post("/v1/movements", { movements: [{ site, sku: "OAT-1L", quantity: 1, from: "dock", to }] });
    expect(await move("customer")).toMatchObject({ status: 409, body: { code: "stock.insufficient" } });
    expect(await move("shelf")).toMatchObject({ status: 201 });
    expect(await move("supplier")).toMatchObject({ status: 201 });
  });
});

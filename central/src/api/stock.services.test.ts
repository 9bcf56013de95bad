import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;
const lyon = new TestSite("lyon");
const oslo = new TestSite("oslo");

const oats = "(01)09506000134352";

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  await api.post("/v1/items", { sku: "OAT-1L", name: "Oat drink 1 L", gtins: ["9506000134352"] });
  await api.post("/v1/items", { sku: "NEVER", name: "Never moved" });
  await ledger.apply(lyon, [
    { code: oats, quantity: 10, to: "dock-1", eventTimeMs: noonMs },
    { code: oats, quantity: 4, from: "dock-1", to: "shelf-1", eventTimeMs: noonMs + 60_000, bizStep: "storing" },
  ]);
  await ledger.apply(oslo, [{ code: oats, quantity: 7, to: "dock-9", eventTimeMs: noonMs + 120_000 }]);
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const level = (site: string, place: string, onHand: number, outside = false) => ({
  site,
  place,
  outside,
  on_hand: onHand,
  reserved: 0,
  blocked: 0,
  available: onHand,
});

describe("GET /v1/stock/{sku}", () => {
  test("gives the item by place and in total, without the outsides", async () => {
    const { status, body } = await api.get("/v1/stock/OAT-1L");
    expect(status).toBe(200);
    expect(body).toEqual({
      in_transit: 0,
      sku: "OAT-1L",
      name: "Oat drink 1 L",
      uom: "H87",
      on_hand: 17,
      reserved: 0,
      blocked: 0,
      available: 17,
      places: [level("lyon", "dock-1", 6), level("lyon", "shelf-1", 4), level("oslo", "dock-9", 7)],
    });
  });

  test("shows the outsides when asked, and they balance the places to zero", async () => {
    const { body } = await api.get("/v1/stock/OAT-1L?include=outsides");
    expect(body.on_hand).toBe(17);
    expect(body.places).toContainEqual(level("lyon", "supplier", -10, true));
    expect(body.places.reduce((sum: number, place: { on_hand: number }) => sum + place.on_hand, 0)).toBe(0);
  });

  test("narrows to a site and a place, in the totals too", async () => {
    const { body } = await api.get("/v1/stock/OAT-1L?site=lyon");
    expect(body.on_hand).toBe(10);
    const one = await api.get("/v1/stock/OAT-1L?site=lyon&place=shelf-1");
    expect(one.body.places).toEqual([level("lyon", "shelf-1", 4)]);
    expect(one.body.on_hand).toBe(4);
  });

  test("takes reserved and blocked off what is available", async () => {
    await ledger.pool.query(
      "update stock set reserved = 3, blocked = 1 where place_id = (select id from place where code = 'dock-9')",
    );
    const { body } = await api.get("/v1/stock/OAT-1L?site=oslo");
    expect(body).toMatchObject({ on_hand: 7, reserved: 3, blocked: 1, available: 3 });
    await ledger.pool.query("update stock set reserved = 0, blocked = 0");
  });

  test("is not sent again to a caller who has it, and is once it has changed", async () => {
    const first = await api.get("/v1/stock/OAT-1L");
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^".+"$/);
    const again = await api.get("/v1/stock/OAT-1L", { "if-none-match": `"other", W/${etag}` });
    expect(again.status).toBe(304);
    expect(again.body).toBe("");
    const narrowed = await api.get("/v1/stock/OAT-1L?site=lyon", { "if-none-match": etag });
    expect(narrowed.status).toBe(200);
  });

  test("refuses an unknown SKU, and times that are none", async () => {
    expect((await api.get("/v1/stock/NOPE")).body).toMatchObject({ status: 404, code: "item.unknown" });
    for (const time of ["yesterday", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "2026-11-23"]) {
      const { body } = await api.get(`/v1/stock/OAT-1L?as_of=${time}`);
      expect(body, time).toMatchObject({ status: 400, code: "request.invalid" });
    }
  });

  test("answers many requests at once, each with its own item", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => api.get(`/v1/stock/${["OAT-1L", "NEVER", "NOPE"][index % 3]}`)),
    );
    for (const [index, { status, body }] of answers.entries()) {
      expect([status, body.sku ?? body.code]).toEqual(
        [
          [200, "OAT-1L"],
          [200, "NEVER"],
          [404, "item.unknown"],
        ][index % 3],
      );
    }
  });
});

describe("as of a past time", () => {
  const asOf = (ms: number) => new Date(ms).toISOString();

  test("by event time it is what had happened by then, that moment included", async () => {
    const before = await api.get(`/v1/stock/OAT-1L?as_of=${asOf(noonMs - 1)}`);
    expect(before.body).toMatchObject({ on_hand: 0, reserved: null, blocked: null, available: null, places: [] });
    const atNoon = await api.get(`/v1/stock/OAT-1L?as_of=${asOf(noonMs)}`);
    expect(atNoon.body).toMatchObject({ on_hand: 10, places: [{ site: "lyon", place: "dock-1", on_hand: 10 }] });
    const later = await api.get(`/v1/stock/OAT-1L?as_of=${asOf(noonMs + 60_000)}&include=outsides`);
    expect(later.body.places.map((place: { place: string; on_hand: number }) => [place.place, place.on_hand])).toEqual([
      ["dock-1", 6],
      ["shelf-1", 4],
      ["supplier", -10],
    ]);
  });

  test("an offset means the same moment", async () => {
    const { body } = await api.get(`/v1/stock/OAT-1L?as_of=2026-11-23T10:30:00%2B01:00`);
    expect(body.on_hand).toBe(10);
  });

  test("by record time it is what the ledger knew then, to the microsecond", async () => {
    const { body } = await api.get("/v1/movements?site=lyon&limit=1");
    const recorded: string = body.items[0].record_time;
    const known = await api.get(`/v1/stock/OAT-1L?as_of=${recorded}&by=record`);
    expect(known.body.on_hand).toBe(10);
    const justBefore = recorded.replace(
      /(\d{6})Z$/,
      (_, micros: string) => `${String(Number(micros) - 1).padStart(6, "0")}Z`,
    );
    const before = await api.get(`/v1/stock/OAT-1L?as_of=${justBefore}&by=record`);
    expect(before.body.on_hand).toBe(0);
  });

  test("a movement that comes late changes what was by event time, and not what was known then", async () => {
    await ledger.apply(lyon, [{ code: `${oats}(21)S-1`, to: "dock-1", eventTimeMs: noonMs + 300_000 }]);
    const known = (await api.get("/v1/movements?site=lyon&limit=1")).body.items[0].record_time;
    await ledger.apply(lyon, [{ code: `${oats}(21)S-1`, to: "shelf-7", eventTimeMs: noonMs + 200_000 }]);
    const then = await api.get(`/v1/stock/OAT-1L?as_of=${asOf(noonMs + 250_000)}&place=shelf-7`);
    expect(then.body.on_hand).toBe(1);
    const now = await api.get("/v1/stock/OAT-1L?place=shelf-7");
    expect(now.body.on_hand).toBe(0);
    const recorded = await api.get(`/v1/stock/OAT-1L?as_of=${known}&by=record&place=shelf-7`);
    expect(recorded.body.on_hand).toBe(0);
  });
});

describe("GET /v1/stock", () => {
  test("lists items by SKU, those without stock too", async () => {
    const { body } = await api.get("/v1/stock");
    expect(body.items.map((item: { sku: string; on_hand: number }) => [item.sku, item.on_hand])).toEqual([
      ["NEVER", 0],
      ["OAT-1L", 18],
    ]);
    expect(body.next_cursor).toBeNull();
  });

  test("with a site, lists what has been there", async () => {
    const { body } = await api.get("/v1/stock?site=oslo");
    expect(body.items).toMatchObject([{ sku: "OAT-1L", on_hand: 7, places: [{ place: "dock-9" }] }]);
    expect((await api.get("/v1/stock?site=nowhere")).body.items).toEqual([]);
    expect((await api.get("/v1/stock?place=shelf-1&sku=OAT-1L")).body.items).toMatchObject([{ on_hand: 4 }]);
  });

  test("as of a past time too", async () => {
    const { body } = await api.get(`/v1/stock?sku=OAT-1L&as_of=${new Date(noonMs).toISOString()}`);
    expect(body.items).toMatchObject([{ sku: "OAT-1L", on_hand: 10, available: null }]);
  });

  test("pages survive what is added meanwhile", async () => {
    for (const sku of ["P-1", "P-3", "P-5", "P-7"]) await api.post("/v1/items", { sku, name: sku });
    const first = await api.get("/v1/stock?limit=4");
    const seen: string[] = first.body.items.map((item: { sku: string }) => item.sku);
    expect(seen).toEqual(["NEVER", "OAT-1L", "P-1", "P-3"]);
    await api.post("/v1/items", { sku: "A-0", name: "in front" });
    await api.post("/v1/items", { sku: "P-6", name: "behind" });
    const second = await api.get(`/v1/stock?limit=4&cursor=${first.body.next_cursor}`);
    expect(second.body.items.map((item: { sku: string }) => item.sku)).toEqual(["P-5", "P-6", "P-7"]);
    expect(second.body.next_cursor).toBeNull();
  });

  test("refuses limits and cursors that are none", async () => {
    for (const query of ["limit=0", "limit=501", "limit=x", "cursor=abc", "cursor=W10", "sku=a&sku=b", "by=other"]) {
      const { body } = await api.get(`/v1/stock?${query}`);
      expect(body, query).toMatchObject({ status: 400, code: "request.invalid" });
    }
  });
});

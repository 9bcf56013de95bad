import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

const soon = { timeout: 10_000, interval: 20 };
const sscc = "095060001343519998";
const gtin = "09506000134352";

let ledger: TestLedger;
let api: TestApi;
let lyon: TestSite;
beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  lyon = new TestSite("lyon");
  await ledger.apply(lyon, [{ quantity: 1, to: "dock-1" }]);
  await api.post("/v1/items", { sku: "OAT", name: "oats", gtins: [gtin] });
  await ledger.apply(lyon, [{ quantity: 50, to: "shelf", eventTimeMs: noonMs }]);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const pack = (body: object, headers = {}) => api.post(`/v1/units/${sscc}/contents`, body, headers);
const onHand = async (place: string) => {
  const { body } = await api.get(`/v1/stock?sku=OAT&place=${place}`);
  return body.items[0]?.on_hand ?? 0;
};

describe("a logistic unit", () => {
  test("takes what was packed into it where it goes, until it is taken out", async () => {
    const packed = await pack({
      site: "lyon",
      place: "shelf",
      contents: [
        { sku: "OAT", quantity: 6 },
        { gtin, serial: "S-1" },
      ],
    });
    expect([packed.status, packed.body.contents.length]).toEqual([201, 2]);
    const move = (from: string, to: string) => ({
      code: `(00)${sscc}`,
      from,
      to,
      bizStep: "storing",
      eventTimeMs: Date.now() + 1_000,
    });
    await ledger.apply(lyon, [move("shelf", "bin-1")]);
    await vi.waitFor(async () => expect(await onHand("bin-1")).toBe(7), soon);
    const unpacked = await api.post(`/v1/units/${sscc}/unpack`, { contents: [{ sku: "OAT", quantity: 4 }] });
    expect([unpacked.status, unpacked.body]).toMatchObject([200, { place: "bin-1", contents: [{ quantity: 2 }, {}] }]);
    await ledger.apply(lyon, [{ ...move("bin-1", "bin-2"), eventTimeMs: Date.now() + 2_000 }]);
    await vi.waitFor(async () => expect([await onHand("bin-1"), await onHand("bin-2")]).toEqual([4, 3]), soon);
    await api.post(`/v1/units/${sscc}/unpack`, {});
    expect((await api.get(`/v1/units/(00)${sscc}`)).body).toMatchObject({ sscc, place: "bin-2", contents: [] });
  });

  test("is packed once for an idempotency key", async () => {
    const body = { site: "lyon", place: "shelf", contents: [{ sku: "OAT", quantity: 2 }] };
    const first = await pack(body, { "idempotency-key": "p-1" });
    expect(await pack(body, { "idempotency-key": "p-1" })).toMatchObject({ body: first.body });
    await api.post(`/v1/units/${sscc}/unpack`, {});
  });

  test.each([
    ["a site that nobody has heard", { site: "nowhere" }, 404, "site.unknown"],
    ["a place that nobody has", { place: "attic" }, 404, "place.unknown"],
    ["an outside as its place", { place: "customer" }, 400, "request.invalid"],
    ["an item that nobody has", { contents: [{ sku: "NONE", quantity: 1 }] }, 404, "item.unknown"],
    ["two of one thing", { contents: [{ gtin, serial: "S-9", quantity: 2 }] }, 422, "movement.meaningless"],
    ["a thing by two names", { contents: [{ gtin, sku: "OAT", quantity: 1 }] }, 400, "request.invalid"],
  ])("is not packed with %s", async (_what, given, status, code) => {
    const usual = { site: "lyon", place: "shelf", contents: [{ sku: "OAT", quantity: 1 }] };
    const refused = await pack({ ...usual, ...given });
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect((await api.get(`/v1/units/${sscc}`)).body.contents).toEqual([]);
  });

  test("gives no more than is in it, and is unknown unless somebody told of it", async () => {
    const refused = await api.post(`/v1/units/${sscc}/unpack`, { contents: [{ sku: "OAT", quantity: 1 }] });
    expect([refused.status, refused.body.code]).toEqual([409, "unit.contents"]);
    const other = "095060001343520000".slice(0, 17);
    const digit = [...other].reduce((sum, n, index) => sum + Number(n) * (index % 2 === 0 ? 3 : 1), 0);
    const unknown = await api.get(`/v1/units/${other}${(10 - (digit % 10)) % 10}`);
    expect([unknown.status, unknown.body.code]).toEqual([404, "unit.unknown"]);
    expect((await api.get("/v1/units/123")).status).toBe(400);
  });
});

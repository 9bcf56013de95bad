import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, openTestLedger, type TestApi, type TestLedger } from "../../api/testing.ts";

let ledger: TestLedger;
let api: TestApi;

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  await api.post("/v1/items", { sku: "SHIRT", name: "Shirt", variant_by: ["size"] });
  for (const size of ["S", "M"]) {
    await api.post("/v1/items", { sku: `SHIRT-${size}`, name: size, family: "SHIRT", attributes: { size } });
  }
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const add = (price: object) => api.post("/v1/prices", { list: "standard", currency: "EUR", ...price });
const quote = async (query: string) => (await api.get(`/v1/prices/quote?list=standard&currency=EUR&${query}`)).body;

describe("a quote", () => {
  test("takes the item's price before its family's, the group's before everyone's, and the largest break that is reached", async () => {
    await add({ sku: "SHIRT", amount: 1000 });
    await add({ sku: "SHIRT", amount: 900, quantity_from: 10 });
    await add({ sku: "SHIRT", amount: 800, customer_group: "club" });
    await add({ sku: "SHIRT-S", amount: 950 });
    expect(await quote("sku=SHIRT-M&quantity=9")).toMatchObject({
      unit_amount: 1000,
      amount: 9000,
      exponent: 2,
      engine: "default",
    });
    expect(await quote("sku=SHIRT-M&quantity=10")).toMatchObject({ unit_amount: 900, amount: 9000 });
    expect(await quote("sku=SHIRT-M&quantity=10&customer_group=club")).toMatchObject({ unit_amount: 800 });
    const own = await quote("sku=SHIRT-S&quantity=10&customer_group=club");
    expect(own).toMatchObject({ unit_amount: 950, why: expect.stringContaining("the item's own price, for everyone") });
  });

  test("is half-open in time: a price holds from its beginning, and not at its end any more", async () => {
    await add({
      sku: "SHIRT-S",
      list: "sale",
      amount: 500,
      valid_from: "2026-03-01T00:00:00+01:00",
      valid_until: "2026-04-01T00:00:00Z",
    });
    const at = async (time: string) =>
      (await api.get(`/v1/prices/quote?list=sale&currency=EUR&sku=SHIRT-S&at=${encodeURIComponent(time)}`)).body;
    expect(await at("2026-02-28T23:00:00Z")).toMatchObject({ unit_amount: 500 });
    expect(await at("2026-02-28T22:59:59.999999Z")).toMatchObject({ status: 404, code: "price.none" });
    expect(await at("2026-03-31T23:59:59.999999Z")).toMatchObject({ unit_amount: 500 });
    expect(await at("2026-04-01T00:00:00Z")).toMatchObject({ code: "price.none" });
    expect((await api.get("/v1/prices/quote?list=sale&currency=EUR&sku=NOPE")).body.code).toBe("item.unknown");
    expect(await quote("sku=SHIRT-S&currency=XYZ")).toMatchObject({ status: 400 });
    expect(await quote("sku=SHIRT-S&quantity=0")).toMatchObject({ status: 400 });
  });
});

describe("a price", () => {
  test("of one that begins later ends the one without an end; other overlaps are refused, also at the same time", async () => {
    const first = await add({ sku: "SHIRT-M", list: "over", amount: 1 });
    const second = await add({ sku: "SHIRT-M", list: "over", amount: 2, valid_from: "2027-01-01T00:00:00Z" });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect((await api.get(`/v1/prices/${first.body.id}`)).body.valid_until).toBe("2027-01-01T00:00:00.000000Z");
    const within = {
      sku: "SHIRT-M",
      list: "over",
      amount: 3,
      valid_from: "2026-06-01T00:00:00Z",
      valid_until: "2026-07-01T00:00:00Z",
    };
    expect((await add(within)).body).toMatchObject({ status: 409, code: "price.overlaps" });
    const answers = await Promise.all([1, 2, 3, 4].map(amount => add({ sku: "SHIRT-M", list: "race", amount })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  test("is changed and ended, unless somebody was quicker, and every change is written down and told", async () => {
    const { body: price } = await add({ sku: "SHIRT-M", list: "kept", amount: 5 });
    const etag = (await api.get(`/v1/prices/${price.id}`)).headers.get("etag") ?? "";
    const patch = (body: object, headers = {}) => api.request("PATCH", `/v1/prices/${price.id}`, { body, headers });
    expect((await patch({ amount: 6 }, { "if-match": etag })).body).toMatchObject({ amount: 6 });
    expect((await patch({ amount: 7 }, { "if-match": etag })).body).toMatchObject({
      status: 412,
      code: "item.changed",
    });
    expect((await patch({ amount: 6 })).status).toBe(200);
    expect((await patch({ valid_until: "2026-01-01T00:00:00Z" })).body).toMatchObject({ amount: 6, valid_from: null });
    const { rows } = await ledger.pool.query(
      "select action, after->>'amount' as amount from api_change where resource = $1 order by id",
      [`/v1/prices/${price.id}`],
    );
    expect(rows).toEqual([
      { action: "price.add", amount: "5" },
      { action: "price.change", amount: "6" },
      { action: "price.change", amount: "6" },
    ]);
    const told = await ledger.pool.query(
      "select key, data->>'amount' as amount from outbox where type = 'price.changed' and data->>'list' = 'kept'",
    );
    expect(told.rows).toHaveLength(3);
    expect(told.rows[0]).toEqual({ key: "/v1/items/SHIRT-M", amount: "5" });
  });

  test("cannot be what no price is", async () => {
    const refused = [
      { sku: "NOPE", amount: 1 },
      { sku: "SHIRT", amount: -1 },
      { sku: "SHIRT", amount: 1.5 },
      { sku: "SHIRT", amount: 1e300 },
      { sku: "SHIRT", amount: 1, currency: "EURO" },
      { sku: "SHIRT", amount: 1, quantity_from: 0 },
      { sku: "SHIRT", amount: 1, valid_from: "2026-02-30T00:00:00Z" },
      { sku: "SHIRT", amount: 1, valid_from: "2026-02-02T00:00:00Z", valid_until: "2026-02-01T00:00:00Z" },
    ];
    for (const price of refused) expect((await add(price)).status, JSON.stringify(price)).toBeGreaterThanOrEqual(400);
    expect((await api.get("/v1/prices/2147483647")).body.code).toBe("price.unknown");
  });

  test("comes in and goes out in bulk, and what goes out changes nothing when it comes back", async () => {
    const csv =
      "sku,list,currency,amount,quantity_from,valid_until\nSHIRT,bulk,JPY,900,1,\nSHIRT,bulk,JPY,800,10,2027-01-01T00:00:00Z\n";
    const send = (body: string, type: string) =>
      api.request("POST", "/v1/prices/import", { body, headers: { "content-type": type } });
    expect((await send(csv, "text/csv")).body).toMatchObject({ added: 2, faulty: 0 });
    for (const [format, type] of [
      ["csv", "text/csv"],
      ["jsonl", "application/x-ndjson"],
    ] as const) {
      const { body } = await api.get(`/v1/prices/export?format=${format}`);
      expect((await send(body, type)).body).toMatchObject({ added: 0, changed: 0, faulty: 0 });
    }
    const faulty = await send("sku,list,currency,amount\nSHIRT,bulk,JPY,x\nNOPE,bulk,JPY,1\n", "text/csv");
    expect(faulty.body.faults.map(({ at }: { at: string }) => at)).toEqual(["line 2 amount"]);
  });

  test("is listed by list, currency, item and moment, a page at a time", async () => {
    const all = (await api.get("/v1/prices?sku=SHIRT&list=bulk&currency=JPY&at=2028-01-01T00:00:00Z")).body.items;
    expect(all.map((price: { amount: number }) => price.amount)).toEqual([900]);
    const first = (await api.get("/v1/prices?limit=2")).body;
    const second = (await api.get(`/v1/prices?limit=2&cursor=${first.next_cursor}`)).body;
    expect([...first.items, ...second.items].map((price: { id: number }) => price.id)).toEqual([1, 2, 3, 4]);
  });
});

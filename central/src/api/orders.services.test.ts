import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openBackorders } from "../documents/backorders.ts";
import { log } from "../ingest/testing-ledger.ts";
import { reservedFaults } from "../reservations/testing.ts";
import { openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;
let lyon: TestSite;
beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  lyon = new TestSite("lyon");
});
afterAll(async () => {
  expect((await ledger.pool.query(reservedFaults)).rows).toEqual([]);
  await api[Symbol.asyncDispose]();
  await ledger[Symbol.asyncDispose]();
});

let count = 0;
/** A new item with so much at each place of lyon. */
async function item(stock: Readonly<Record<string, number>>): Promise<string> {
  count += 1;
  const sku = `S${count}`;
  await api.post("/v1/items", { sku, name: sku, codes: [`code:${sku}`] });
  await receive(sku, stock);
  return sku;
}

async function receive(sku: string, stock: Readonly<Record<string, number>>): Promise<void> {
  await ledger.apply(
    lyon,
    Object.entries(stock).map(([to, quantity]) => ({ to, code: `code:${sku}`, quantity })),
  );
}

const place = (body: object, headers = {}) => api.post("/v1/orders", { site: "lyon", ...body }, headers);
const line = (sku: string, quantity: number) => ({ sku, quantity });
const amounts = ({ lines }: { lines: readonly Record<string, number>[] }) =>
  lines.map(({ asked, quantity, held, backordered }) => [asked, quantity, held, backordered]);
const reserved = async (sku: string) => (await api.get(`/v1/stock/${sku}`)).body.reserved;
const events = async (id: string) =>
  (await ledger.pool.query("select type from outbox where key = $1 order by id", [`/v1/orders/${id}`])).rows.map(
    row => row.type,
  );

describe("placing an order", () => {
  test("holds all of its lines in the same moment, for no time that ends by itself", async () => {
    const [first, second] = [await item({ "dock-1": 5, "dock-2": 4 }), await item({ "dock-1": 3 })];
    const { status, body, headers } = await place({ partner: "acme", lines: [line(first, 8), line(second, 1)] });
    expect([status, body.state, headers.get("etag")]).toEqual([201, "reserved", '"1"']);
    expect(body.number).toMatch(/^SO-\d{6,}$/);
    expect(amounts(body)).toEqual([
      [8, 8, 8, 0],
      [1, 1, 1, 0],
    ]);
    expect([await reserved(first), await reserved(second)]).toEqual([8, 1]);
    expect(await events(body.id)).toEqual(["order.placed", "order.reserved"]);
    const { body: reservations } = await api.get(`/v1/reservations?sku=${first}`);
    expect(reservations.items).toMatchObject([{ state: "held", expires_at: null, document: body.id }]);
    const changes = await ledger.pool.query("select actor, action from api_change where resource = $1", [
      `/v1/orders/${body.id}`,
    ]);
    expect(changes.rows).toEqual([{ actor: "client:anyone", action: "order.place" }]);
  });

  test.each([
    ["refuse", 409, undefined],
    [
      "backorder",
      201,
      [
        [5, 5, 3, 2],
        [2, 2, 0, 2],
      ],
    ],
    [
      "partial",
      201,
      [
        [5, 3, 3, 0],
        [2, 0, 0, 0],
      ],
    ],
  ])("that is larger than the stock, with when_short %s, is %i", async (when_short, status, expected) => {
    const [first, second] = [await item({ "dock-1": 2, "dock-2": 1 }), await item({})];
    const answer = await place({ when_short, lines: [line(first, 5), line(second, 2)] });
    expect(answer.status).toBe(status);
    if (expected !== undefined) expect(amounts(answer.body)).toEqual(expected);
    else {
      expect(answer.body).toMatchObject({ code: "reservation.insufficient", at: "body.lines[0].quantity" });
      expect(answer.body.faults).toHaveLength(2);
      expect((await api.get(`/v1/orders?sku=${first}`)).body.items).toEqual([]);
    }
    expect(await reserved(first)).toBe(status === 409 ? 0 : 3);
  });

  test("of which nothing is there is refused, when it is to be cut to what there is", async () => {
    const sku = await item({});
    const { status, body } = await place({ when_short: "partial", lines: [line(sku, 2)] });
    expect([status, body.code, body.at]).toEqual([409, "reservation.insufficient", "body.lines"]);
  });

  test("twice with one key places it once, and the number of another is refused", async () => {
    const sku = await item({ "dock-1": 9 });
    const key = { "idempotency-key": `twice-${sku}` };
    const asked = { number: `N-${sku}`, lines: [line(sku, 2)] };
    const both = await Promise.all([place(asked, key), place(asked, key)]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[0]?.body).toEqual(both[1]?.body);
    expect(await reserved(sku)).toBe(2);
    const again = await place(asked);
    expect([again.status, again.body.code, again.body.at]).toEqual([409, "document.exists", "body.number"]);
    expect(await reserved(sku)).toBe(2);
  });

  test("of several with one number at the same time, one is placed", async () => {
    const sku = await item({ "dock-1": 90 });
    const asked = { number: `M-${sku}`, lines: [line(sku, 2)] };
    await using other = await openTestApi(ledger);
    const all = await Promise.all(
      [api, other, api, other].map(each => each.post("/v1/orders", { site: "lyon", ...asked })),
    );
    expect(all.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
    expect(await reserved(sku)).toBe(2);
  });

  test("names the field of what it cannot be placed with", async () => {
    const sku = await item({ "dock-1": 9 });
    const old = await item({ "dock-1": 9 });
    await ledger.pool.query("update item set status = 'discontinued' where sku = $1", [old]);
    const cases = [
      [{ lines: [] }, 400, "body.lines"],
      [{ lines: [line(sku, 0)] }, 400, "body.lines[0].quantity"],
      [{ lines: [line(sku, 1), line("NONE", 1)] }, 404, "body.lines[1].sku"],
      [{ lines: [line(sku, 1), line(old, 1)] }, 422, "body.lines[1].sku"],
      [{ lines: [{ ...line(sku, 1), place: "nowhere" }] }, 404, "body.lines[0].place"],
      [{ site: "atlantis", lines: [line(sku, 1)] }, 404, "body.site"],
    ] as const;
    for (const [body, status, at] of cases) {
      const answer = await place(body);
      expect([answer.status, answer.body.at ?? answer.body.faults?.[0]?.at], JSON.stringify(answer.body)).toEqual([
        status,
        at,
      ]);
    }
    expect(await reserved(sku)).toBe(0);
  });
});

describe("an order that is held for", () => {
  test("gives everything back when it is cancelled, once", async () => {
    const sku = await item({ "dock-1": 5 });
    const { body } = await place({ lines: [line(sku, 4)] });
    const cancelled = await api.post(`/v1/orders/${body.id}/cancel`, undefined);
    expect([cancelled.status, cancelled.body.state, amounts(cancelled.body)]).toEqual([
      200,
      "cancelled",
      [[4, 4, 0, 0]],
    ]);
    expect(await reserved(sku)).toBe(0);
    const again = await api.post(`/v1/orders/${body.id}/cancel`, undefined);
    expect([again.status, again.body.code]).toEqual([409, "document.state"]);
    expect(await events(body.id)).toEqual(["order.placed", "order.reserved", "order.cancelled"]);
  });

  test("is ended by nobody else", async () => {
    const sku = await item({ "dock-1": 5 });
    await place({ lines: [line(sku, 4)] });
    const { body } = await api.get(`/v1/reservations?sku=${sku}`);
    const ended = await api.post(`/v1/reservations/${body.items[0].id}/release`, {});
    expect([ended.status, ended.body.code]).toEqual([409, "reservation.of_document"]);
    expect(await reserved(sku)).toBe(4);
  });

  test("is changed as long as nothing has left, with its own goods before anyone else", async () => {
    const [first, second] = [await item({ "dock-1": 5 }), await item({ "dock-1": 5 })];
    const { body } = await place({ lines: [line(first, 4)] });
    const change = (asked: object, headers = {}) =>
      api.request("PATCH", `/v1/orders/${body.id}`, { body: asked, headers });
    const grown = await change({ reference: "PO-1", lines: [{ line: 1, quantity: 5 }, line(second, 2)] });
    expect([grown.status, amounts(grown.body)]).toEqual([
      200,
      [
        [4, 5, 5, 0],
        [2, 2, 2, 0],
      ],
    ]);
    expect([await reserved(first), await reserved(second)]).toEqual([5, 2]);
    const tooMuch = await change({ lines: [{ line: 1, quantity: 6 }] });
    expect([tooMuch.status, tooMuch.body.code, tooMuch.body.at]).toEqual([
      409,
      "reservation.insufficient",
      "body.lines[0].quantity",
    ]);
    expect((await api.get(`/v1/orders/${body.id}`)).body).toEqual(grown.body);
    const without = await change({ lines: [{ line: 1, quantity: 0 }] });
    expect(amounts(without.body)).toEqual([
      [4, 0, 0, 0],
      [2, 2, 2, 0],
    ]);
    expect(await reserved(first)).toBe(0);
    expect((await change({ lines: [{ line: 7, quantity: 1 }] })).body.at).toBe("body.lines[0].line");
    expect((await change({ lines: [{ line: 2, quantity: 0 }] })).body.code).toBe("document.line");
    const stale = await change({ reference: "PO-2" }, { "if-match": '"1"' });
    expect([stale.status, stale.body.code]).toEqual([412, "document.changed"]);
  });
});

describe("an order that waits for stock", () => {
  test("is held for as soon as there is some: the one that is due first, then the oldest", async () => {
    await using _backorders = openBackorders({ pool: ledger.pool, changes: ledger.feed, held: () => undefined, log });
    const sku = await item({});
    const waiting = { when_short: "backorder", lines: [line(sku, 4)] };
    const ids: string[] = [];
    for (const due_at of [undefined, "2026-12-02T00:00:00Z", "2026-12-01T00:00:00Z", undefined]) {
      ids.push((await place({ ...waiting, due_at })).body.id);
    }
    const backordered = async () =>
      Promise.all(ids.map(async id => (await api.get(`/v1/orders/${id}`)).body.lines[0].backordered));
    await receive(sku, { "dock-1": 6 });
    await vi.waitFor(async () => expect(await backordered()).toEqual([4, 2, 0, 4]), { timeout: 10_000 });
    await receive(sku, { "dock-2": 3 });
    await vi.waitFor(async () => expect(await backordered()).toEqual([3, 0, 0, 4]), { timeout: 10_000 });
    // What one gives up goes to the next.
    await api.post(`/v1/orders/${ids[2]}/cancel`, undefined);
    await vi.waitFor(async () => expect(await backordered()).toEqual([0, 0, 0, 3]), { timeout: 10_000 });
    expect(await events(ids[0] ?? "")).toEqual([
      "order.placed",
      "order.backordered",
      "order.backordered",
      "order.reserved",
    ]);
    expect(await reserved(sku)).toBe(9);
  });
});

test("orders are listed by what they are, the newest first, and a page survives what is added", async () => {
  const sku = await item({ "dock-1": 50 });
  const numbers: string[] = [];
  for (const n of [1, 2, 3])
    numbers.unshift((await place({ partner: sku, reference: `R${n}`, lines: [line(sku, n)] })).body.number);
  const page = async (query: string) => (await api.get(`/v1/orders?partner=${sku}&${query}`)).body;
  const first = await page("limit=2");
  await place({ partner: sku, lines: [line(sku, 1)] });
  const second = await page(`limit=2&cursor=${first.next_cursor}`);
  const shown = [...first.items, ...second.items].map(({ number }: { number: string }) => number);
  expect(shown).toEqual(numbers);
  expect((await page("reference=R2")).items).toHaveLength(1);
  expect((await page("open=false")).items).toHaveLength(0);
  expect((await page("state=reserved&site=lyon")).items).toHaveLength(4);
  const { id } = first.items[0];
  const one = await api.get(`/v1/orders/${id}`);
  expect((await api.get(`/v1/orders/${id}`, { "if-none-match": one.headers.get("etag") ?? "" })).status).toBe(304);
  expect((await api.get("/v1/shipments/019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d99")).status).toBe(404);
});

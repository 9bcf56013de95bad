import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let ledger: TestLedger;
let api: TestApi;
const lyon = new TestSite("lyon");
const oslo = new TestSite("oslo");
const oats = "(01)09506000134352";
const thing = `${oats}(21)S-1`;
const at = (minutes: number) => new Date(noonMs + minutes * 60_000).toISOString();

beforeAll(async () => {
  ledger = await openTestLedger();
  api = await openTestApi(ledger);
  await api.post("/v1/items", { sku: "OAT-1L", name: "Oat drink 1 L", gtins: ["9506000134352"] });
  await ledger.apply(lyon, [
    { code: oats, quantity: 10, to: "dock-1", eventTimeMs: noonMs },
    { code: thing, to: "dock-1", eventTimeMs: noonMs + 60_000 },
    { code: oats, quantity: 4, from: "dock-1", to: "shelf-1", eventTimeMs: noonMs + 120_000, bizStep: "storing" },
    { code: thing, from: "dock-1", to: "shelf-1", eventTimeMs: noonMs + 300_000, bizStep: "storing" },
  ]);
  await ledger.apply(oslo, [{ code: thing, from: "supplier", to: "dock-9", eventTimeMs: noonMs + 600_000 }]);
  // It stood on the bench before it came to the shelf, which is heard last.
  await ledger.apply(lyon, [{ code: thing, from: "dock-1", to: "bench", eventTimeMs: noonMs + 240_000 }]);
  await ledger.apply(lyon, [{ code: "(00)395011010130000002", to: "dock-1", eventTimeMs: noonMs }]);
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

interface Row {
  readonly change: number;
  readonly balance: number;
  readonly movement: { readonly seq: number };
}

describe("GET /v1/stock/{sku}/why", () => {
  test("goes from a balance back to its movements, the newest first, with the balance at each", async () => {
    const { body } = await api.get("/v1/stock/OAT-1L/why?site=lyon&place=dock-1");
    expect(body).toMatchObject({ sku: "OAT-1L", uom: "H87", balance: 6, next_cursor: null });
    const told = body.items.map(({ change, balance, movement: { seq } }: Row) => [change, balance, seq]);
    // The late movement's first line takes the thing from the dock to the bench, its second gives back what the fourth took.
    expect(told).toEqual([
      [1, 6, 5],
      [-1, 5, 4],
      [-1, 6, 5],
      [-4, 7, 3],
      [1, 11, 2],
      [10, 10, 1],
    ]);
  });

  test("says of each what it was posted from, where that differs from what the edge said", async () => {
    const { body } = await api.get("/v1/stock/OAT-1L/why?site=oslo&place=dock-9");
    const { body: movement } = await api.get(`/v1/movements/oslo/${oslo.epoch}/1`);
    expect(body.items).toMatchObject([
      {
        change: 1,
        balance: 1,
        from: "shelf-1",
        from_site: "lyon",
        to: "dock-9",
        to_site: "oslo",
        posted_from_differs: true,
        movement: {
          code: thing,
          said_from: "supplier",
          said_to: "dock-9",
          cause: "reading",
          read_point: "dock-1/2",
          device: "dock-1",
          hash: movement.hash,
          trace_id: movement.trace_id,
          postings: [{ line: 0, from: "shelf-1", from_site: "lyon", to: "dock-9", to_site: "oslo", quantity: 1 }],
        },
      },
    ]);
    const shelf = await api.get("/v1/stock/OAT-1L/why?site=lyon&place=shelf-1&limit=500");
    const own = shelf.body.items.find((row: Row) => row.movement.seq === 3);
    expect(own).toMatchObject({ posted_from_differs: false, from: "dock-1" });
  });

  test("agrees with the stock now and as of any time, by both clocks, page by page", async () => {
    const times = ["", ...[-1, 0, 1, 2, 3, 4, 5, 9, 10, 11].map(minutes => `as_of=${at(minutes)}`)];
    const records = (await api.get("/v1/movements?site=lyon")).body.items.map(
      (row: { record_time: string }) => row.record_time,
    );
    for (const query of [...times, ...records.map((time: string) => `by=record&as_of=${time}`)]) {
      for (const account of [
        "",
        "site=lyon",
        "site=lyon&place=dock-1",
        "site=lyon&place=bench",
        "place=supplier&site=lyon",
      ]) {
        const stock = await api.get(`/v1/stock/OAT-1L?${query}&${account}&include=outsides`);
        const all = stock.body.places.filter(
          (level: { outside: boolean }) => account.includes("place") || !level.outside,
        );
        const sum = all.reduce((total: number, level: { on_hand: number }) => total + level.on_hand, 0);
        expect(await walk(`/v1/stock/OAT-1L/why?${query}&${account}&limit=1`), `${query} ${account}`).toBe(sum);
      }
    }
  });

  /** Adds up the changes of all pages, and holds each balance against those of the rows around it. */
  async function walk(path: string): Promise<number> {
    let cursor = "";
    let total = 0;
    let balance: number | undefined;
    for (let pages = 0; pages < 50; pages++) {
      const { status, body } = await api.get(`${path}${cursor}`);
      expect([status, body.balance]).toEqual([200, balance ?? body.balance]);
      for (const row of body.items) {
        expect(row.balance).toBe(balance ?? body.balance);
        balance = row.balance - row.change;
        total += row.change;
      }
      balance ??= body.balance;
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(balance).toBe(0);
    return total;
  }

  test("refuses an unknown SKU and a cursor of another list", async () => {
    expect((await api.get("/v1/stock/NOPE/why")).body).toMatchObject({ status: 404, code: "item.unknown" });
    const { body } = await api.get("/v1/stock/OAT-1L/why?cursor=WzFd");
    expect(body).toMatchObject({ status: 400, code: "request.invalid" });
  });
});

describe("GET /v1/tags", () => {
  test("lists things by item, site and place", async () => {
    const codes = async (query: string) =>
      (await api.get(`/v1/tags?${query}`)).body.items.map(({ code }: { code: string }) => code);
    expect(await codes("")).toEqual(["(00)395011010130000002", thing]);
    expect(await codes("sku=OAT-1L")).toEqual([thing]);
    expect(await codes("sku=NOPE")).toEqual([]);
    expect(await codes("site=lyon")).toEqual(["(00)395011010130000002"]);
    expect(await codes("site=oslo&place=dock-9")).toEqual([thing]);
    const first = await api.get("/v1/tags?limit=1");
    expect(await codes(`limit=1&cursor=${first.body.next_cursor}`)).toEqual([thing]);
  });

  test("says where a thing is, since when, and where it was, with what came late in its place", async () => {
    const { body } = await api.get(`/v1/tags/${encodeURIComponent(thing)}`);
    expect(body).toMatchObject({
      code: thing,
      sku: "OAT-1L",
      site: "oslo",
      place: "dock-9",
      since: at(10),
      last_seen: at(10),
    });
    const told = body.history.map((stay: Record<string, unknown>) => [
      stay["place"],
      stay["from"],
      stay["event_time"],
      stay["why"],
    ]);
    expect(told).toEqual([
      ["dock-9", "shelf-1", at(10), null],
      ["shelf-1", "dock-1", at(5), null],
      ["bench", "dock-1", at(4), "late"],
      ["dock-1", "supplier", at(1), null],
    ]);
    const then = await api.get(`/v1/tags/${encodeURIComponent(thing)}?as_of=${at(4)}&limit=1`);
    expect(then.body.history).toMatchObject([{ place: "bench", site: "lyon" }]);
    const older = await api.get(`/v1/tags/${encodeURIComponent(thing)}?as_of=${at(4)}&cursor=${then.body.next_cursor}`);
    expect(older.body).toMatchObject({ history: [{ place: "dock-1" }], next_cursor: null });
  });

  test("knows a logistic unit, and says of what it does not know that it does not", async () => {
    const { body } = await api.get(`/v1/tags/${encodeURIComponent("(00)395011010130000002")}`);
    expect(body).toMatchObject({ sku: null, place: "dock-1", history: [{ from: null }] });
    const unknown = await api.get(`/v1/tags/${encodeURIComponent(`${oats}(21)NONE`)}`);
    expect(unknown.body).toMatchObject({ status: 404, code: "tag.unknown" });
  });
});

describe("the audit", () => {
  test("verifies the whole, a site, an epoch, and an epoch from a sequence on", async () => {
    const whole = await api.get("/v1/audit/verify");
    expect(whole.body).toMatchObject({ ok: true, done: true, first_fault: null, next_cursor: null });
    expect(whole.body.checked).toMatchObject({ epochs: 2, movements: 7, further_postings: 2, items: 1, tags: 2 });
    const part = await api.get(`/v1/audit/verify?site=lyon&epoch=${lyon.epoch}&from_seq=3`);
    expect(part.body).toMatchObject({ ok: true, done: true, checked: { movements: 4, tags: 0 } });
    for (const [query, code] of [
      ["site=nowhere", "site.unknown"],
      ["epoch=00000000000000ff", "epoch.unknown"],
      ["from_seq=2", "request.invalid"],
      [`epoch=${lyon.epoch}&from_seq=99`, "request.invalid"],
    ]) {
      expect((await api.get(`/v1/audit/verify?${query}`)).body.code, query).toBe(code);
    }
  });

  test("names the first row that disagrees, and goes on behind it", async () => {
    const change = (sql: string) =>
      ledger.pool.query(`set session_replication_role = replica; ${sql}; set session_replication_role = default`);
    await change("update movement set quantity = quantity + 1 where code = '(01)09506000134352' and seq = 3");
    await change("update stock set on_hand = on_hand + 1 where item_id = 1 and place_id = (select min(id) from place)");
    const { body } = await api.get("/v1/audit/verify");
    expect(body).toMatchObject({
      ok: false,
      first_fault: { kind: "altered", site: "lyon", epoch: lyon.epoch, seq: 3 },
    });
    const next = await api.get(`/v1/audit/verify?cursor=${body.next_cursor}`);
    expect(next.body).toMatchObject({ ok: false, first_fault: { kind: "balance", site: "lyon" } });
    await change("update movement set quantity = quantity - 1 where code = '(01)09506000134352' and seq = 3");
    await change("update stock set on_hand = on_hand - 1 where item_id = 1 and place_id = (select min(id) from place)");
    expect((await api.get("/v1/audit/verify")).body.ok).toBe(true);
  });

  test("seals on demand, once for an idempotency key, each naming what moved since", async () => {
    const first = await api.post("/v1/audit/seals", undefined, { "idempotency-key": "seal-1" });
    expect(first.body).toMatchObject({
      number: 1,
      epochs: [
        { site: "lyon", seq: 6 },
        { site: "oslo", seq: 1 },
      ],
    });
    const again = await api.post("/v1/audit/seals", undefined, { "idempotency-key": "seal-1" });
    expect(again.body).toEqual(first.body);
    await ledger.apply(oslo, [{ code: oats, to: "dock-9" }]);
    const second = await api.post("/v1/audit/seals", undefined);
    expect(second.body).toMatchObject({ number: 2, previous: first.body.hash, epochs: [{ site: "oslo", seq: 2 }] });
    expect((await api.get("/v1/audit/seals/2")).body).toEqual(second.body);
    const { body } = await api.get("/v1/audit/seals?limit=1");
    expect(body.items).toMatchObject([{ number: 2, epoch_count: 1 }]);
    expect((await api.get("/v1/audit/seals/9")).body).toMatchObject({ status: 404, code: "seal.unknown" });
    expect((await api.get("/v1/audit/key")).body.keys).toMatchObject([
      { kty: "OKP", crv: "Ed25519", kid: first.body.key_id },
    ]);
    expect((await api.get("/v1/audit/verify")).body).toMatchObject({ ok: true, checked: { seals: 2 } });
  });
});

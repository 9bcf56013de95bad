import { Batch, hashBatch } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type OwnTestServer, openOwnTestServer } from "../db/testing.ts";
import { apiLimits } from "./limits.ts";
import { noonMs, openTestApi, openTestLedger, type TestApi, type TestLedger, TestSite } from "./testing.ts";

let server: OwnTestServer;
let ledger: TestLedger;
let api: TestApi;
const lyon = new TestSite("lyon");
const oslo = new TestSite("oslo");
const gtin = "(01)09506000134352";

beforeAll(async () => {
  server = await openOwnTestServer();
  ledger = await openTestLedger(server);
  api = await openTestApi(ledger);
  await api.post("/v1/items", { sku: "OAT-1L", name: "Oat drink 1 L", gtins: ["9506000134352"] });
  for (let index = 0; index < 5; index++) {
    await ledger.apply(lyon, [
      { code: `${gtin}(21)L-${index}`, eventTimeMs: noonMs + index * 1000 },
      { code: gtin, quantity: 2, to: "dock-2", readPoint: "dock-2/1", eventTimeMs: noonMs + index * 1000 },
    ]);
  }
  await ledger.apply(oslo, [{ code: "code:UNKNOWN", eventTimeMs: noonMs - 60_000 }]);
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const list = async (query: string) => (await api.get(`/v1/movements?${query}`)).body.items;
const ids = (items: { site: string; seq: number }[]) => items.map(item => `${item.site}/${item.seq}`);

describe("GET /v1/movements", () => {
  test("gives what was stored last first", async () => {
    const items = await list("");
    expect(ids(items)).toEqual(["oslo/1", ...[10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(seq => `lyon/${seq}`)]);
    expect(items[1]).toMatchObject({
      site: "lyon",
      seq: 10,
      code: gtin,
      epc_hex: null,
      sku: "OAT-1L",
      quantity: 2,
      from: "supplier",
      to: "dock-2",
      biz_step: "receiving",
      read_point: "dock-2/1",
      cause: "reading",
      event_time: new Date(noonMs + 4000).toISOString(),
      state: "posted",
      held_because: null,
      reverses: null,
    });
    expect(items[1].trace_id).toBe(items[1].hash.slice(0, 32));
  });

  test.each([
    ["site=lyon", 10],
    ["site=nowhere", 0],
    ["sku=OAT-1L", 10],
    ["sku=OTHER", 0],
    ["place=dock-2", 5],
    ["place=supplier", 11],
    ["read_point=dock-2/1", 5],
    ["state=held", 1],
    ["state=posted", 10],
    ["state=held&site=oslo&place=dock-1", 1],
    ["state=held&site=lyon", 0],
    ["state=held&sku=OAT-1L", 0],
    ["state=held&code=code:UNKNOWN", 1],
    [`code=${encodeURIComponent(`${gtin}(21)L-3`)}`, 1],
    [`code=${encodeURIComponent(gtin)}`, 5],
    ["code=code:UNKNOWN", 1],
    ["code=code:NEVER", 0],
    [`code=${encodeURIComponent(gtin)}&sku=OAT-1L`, 5],
    ["code=code:UNKNOWN&sku=OAT-1L", 0],
    [`since=${new Date(noonMs + 3000).toISOString()}`, 4],
    [`until=${new Date(noonMs).toISOString()}`, 1],
    [`until=${new Date(noonMs).toISOString()}&by=record`, 0],
    ["since=2020-01-01T00:00:00Z&by=record", 11],
    ["site=lyon&place=dock-1&sku=OAT-1L&state=posted", 5],
  ])("filters by %s", async (query, count) => {
    expect(await list(query)).toHaveLength(count);
  });

  test.each(["", "sku=OAT-1L&", "site=lyon&", "site=lyon&state=posted&"])(
    "pages of %j survive what comes meanwhile",
    async filter => {
      const expected = ids(await list(`${filter}limit=500`));
      const seen: string[] = [];
      let cursor = "";
      for (let pages = 0; pages < 20; pages++) {
        const { body } = await api.get(`/v1/movements?${filter}limit=3${cursor}`);
        seen.push(...ids(body.items));
        await ledger.apply(lyon, [{ code: gtin }]);
        if (body.next_cursor === null) break;
        cursor = `&cursor=${body.next_cursor}`;
      }
      expect(seen).toEqual(expected);
    },
  );

  test("walks back over all movements of one thing, late and repeated ones too", async () => {
    const code = `${gtin}(21)WALK`;
    const at = (minutes: number) => noonMs + minutes * 60_000;
    await ledger.apply(lyon, [{ code, to: "a", eventTimeMs: at(1) }]);
    await ledger.apply(lyon, [{ code, from: "a", to: "b", eventTimeMs: at(5) }]);
    lyon.reopen();
    await ledger.apply(lyon, [{ code, from: "b", to: "b2", eventTimeMs: at(6) }]);
    await ledger.apply(oslo, [{ code, from: "transit", to: "c", eventTimeMs: at(9) }]);
    await ledger.apply(lyon, [{ code, from: "b", to: "late", eventTimeMs: at(3) }]);
    const items = await list(`code=${encodeURIComponent(code)}`);
    expect(items.map((item: { to: string }) => item.to)).toEqual(["late", "c", "b2", "b", "a"]);
    const { site, epoch, seq } = items[0];
    const late = await api.get(`/v1/movements/${site}/${epoch}/${seq}`);
    expect(late.body.postings).toMatchObject([
      { line: 1, from: "a", to: "late", why: "late", event_time: new Date(at(3)).toISOString() },
      { line: 2, from: "late", to: "a", why: "late", event_time: new Date(at(5)).toISOString() },
    ]);
  });

  test("refuses what is no filter", async () => {
    for (const query of ["state=other", "since=x", "site=A", "cursor=e30", "code=%00", "limit=1e9"]) {
      expect((await api.get(`/v1/movements?${query}`)).body, query).toMatchObject({
        status: 400,
        code: "request.invalid",
      });
    }
  });
});

describe("GET /v1/movements/{site}/{epoch}/{seq}", () => {
  test("gives the movement as its edge wrote it, with its hash and postings", async () => {
    const site = new TestSite("paris");
    const twin = new TestSite("paris", site.epoch);
    await ledger.apply(site, [{ code: `${gtin}(21)P-1` }]);
    const [hash] = hashBatch(Batch.parse(twin.batch([{ code: `${gtin}(21)P-1` }])));
    const { status, headers, body } = await api.get(`/v1/movements/paris/${site.epoch}/1`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      hash,
      trace_id: hash?.slice(0, 32),
      postings: [
        { line: 0, sku: "OAT-1L", from: "supplier", from_site: "paris", to: "dock-1", to_site: "paris", why: null },
      ],
    });
    const again = await api.get(`/v1/movements/paris/${site.epoch}/1`, { "if-none-match": headers.get("etag") ?? "" });
    expect(again.status).toBe(304);
  });

  test("refuses what is not there, and ids that are none", async () => {
    for (const id of [`lyon/${lyon.epoch}/999`, `oslo/${lyon.epoch}/1`, `nowhere/${lyon.epoch}/1`]) {
      expect((await api.get(`/v1/movements/${id}`)).body).toMatchObject({ status: 404, code: "movement.unknown" });
    }
    for (const id of ["lyon/xyz/1", `lyon/${lyon.epoch}/0`, `lyon/${lyon.epoch}/1e99`, `LYON/${lyon.epoch}/1`]) {
      expect((await api.get(`/v1/movements/${id}`)).body).toMatchObject({ status: 400, code: "request.invalid" });
    }
  });
});

describe("/v1/sites", () => {
  test("show where the centre stands with each epoch, and what the site said of itself", async () => {
    const heardMs = Date.now();
    ledger.statuses.set("oslo", {
      heardMs,
      status: {
        v: 1,
        site: "oslo",
        timeMs: heardMs + 1500,
        epoch: oslo.epoch,
        lastSeq: 9,
        waiting: 7,
        oldestWaitingMs: noonMs,
        exceptionsOpen: 2,
        alarms: ["disk nearly full"],
        devices: [
          { deviceId: "dock-1", driver: "zebra-iotc", state: "silent", lastHeardMs: noonMs, readings: 5, refused: 1 },
        ],
      } as never,
    });
    const { body } = await api.get("/v1/sites/oslo");
    expect(body).toMatchObject({
      site: "oslo",
      version: 2,
      link: "heard",
      last_heard: new Date(heardMs).toISOString(),
      clock_skew_ms: 1500,
      backlog: 7,
      oldest_waiting: new Date(noonMs).toISOString(),
      exceptions_open: 1,
      site_exceptions_open: 2,
      alarms: ["disk nearly full"],
      epochs: [{ epoch: oslo.epoch, cursor: 2 }],
      devices: [{ device: "dock-1", state: "silent", clock_skew_ms: null, last_heard: new Date(noonMs).toISOString() }],
    });
    ledger.statuses.set("oslo", {
      ...body,
      status: ledger.statuses.get("oslo")?.status,
      heardMs: heardMs - apiLimits.siteSilentMs - 1,
    });
    expect((await api.get("/v1/sites/oslo")).body.link).toBe("silent");
  });

  test("are listed by name, the newest epoch first, and unheard until they speak", async () => {
    const { body } = await api.get("/v1/sites?limit=2");
    expect(body.items).toMatchObject([{ site: "lyon", link: "unheard", backlog: null, devices: [] }, { site: "oslo" }]);
    expect(body.items[0].epochs[0].epoch).toBe(lyon.epoch);
    expect(body.items[0].epochs).toHaveLength(2);
    const next = await api.get(`/v1/sites?limit=2&cursor=${body.next_cursor}`);
    expect(next.body.items).toMatchObject([{ site: "paris" }]);
    expect(next.body.next_cursor).toBeNull();
    expect((await api.get("/v1/sites/nowhere")).body).toMatchObject({ status: 404, code: "site.unknown" });
  });
});

describe("GET /v1/stream", () => {
  async function* events(response: Response) {
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const fields = Object.fromEntries(
          lines.map(line => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
        );
        if (fields["event"] !== undefined) yield fields;
      }
    }
  }

  test("sends each commit's change once, only of the site that was asked for", async () => {
    const abort = new AbortController();
    const { listeners } = ledger.feed;
    const response = await fetch(`${api.http.url}/v1/stream?site=lyon`, { signal: abort.signal });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    await vi.waitFor(() => expect(ledger.feed.listeners).toBe(listeners + 1));
    await ledger.apply(oslo, [{ code: gtin, to: "elsewhere" }]);
    await ledger.apply(lyon, [{ code: gtin, quantity: 3, to: "stream-dock" }]);
    const { value } = await events(response).next();
    const { rows } = await ledger.pool.query("select version from site where code = 'lyon'");
    expect(value).toMatchObject({ event: "change", id: `lyon:${rows[0].version}` });
    const data = JSON.parse(value?.["data"] ?? "{}");
    expect(data).toMatchObject({ site: "lyon", version: rows[0].version, cursors: [{ epoch: lyon.epoch }] });
    expect(data.levels).toContainEqual({
      sku: "OAT-1L",
      place: "stream-dock",
      on_hand: 3,
      reserved: 0,
      blocked: 0,
      available: 3,
    });
    abort.abort();
    await vi.waitFor(() => expect(ledger.feed.listeners).toBe(listeners));
  });

  test("takes only so many readers, and counts them", async () => {
    const abort = new AbortController();
    const open = () => fetch(`${api.http.url}/v1/stream`, { signal: abort.signal });
    // Held until the end: a response that nobody holds is collected, and its connection closed with it.
    const held: Response[] = [];
    while (held.length < apiLimits.streamClientsMax)
      held.push(...(await Promise.all(Array.from({ length: 50 }, open))));
    const refused = await open();
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: "stock.unavailable" });
    expect(held.map(response => response.status)).toEqual(held.map(() => 200));
    expect((await api.get("/metrics")).body).toContain(`tallygate_stream_clients ${apiLimits.streamClientsMax}`);
    abort.abort();
    await vi.waitFor(async () => expect((await api.get("/metrics")).body).toContain("tallygate_stream_clients 0"));
  });
});

describe("operation", () => {
  test("is ready while the database and NATS are there, and says which is not", async () => {
    expect((await api.get("/readyz")).status).toBe(200);
    api.nats.connected = false;
    expect((await api.get("/readyz")).body).toMatchObject({ status: 503, code: "stock.unavailable" });
    expect((await api.get("/healthz")).status).toBe(200);
    api.nats.connected = true;
  });

  test("refuses with a code of its own while the database is away, and works again by itself", async () => {
    await server.postgres.kill();
    expect((await api.get("/v1/stock/OAT-1L")).body).toMatchObject({ status: 503, code: "stock.unavailable" });
    expect((await api.get("/v1/movements")).body).toMatchObject({ status: 503, code: "stock.unavailable" });
    expect((await api.post("/v1/items", { sku: "DOWN", name: "d" })).body).toMatchObject({ status: 503 });
    expect((await api.get("/readyz")).status).toBe(503);
    await server.postgres.restart();
    await vi.waitFor(async () => expect((await api.get("/readyz")).status).toBe(200), {
      timeout: 10_000,
      interval: 50,
    });
    expect((await api.get("/v1/stock/OAT-1L")).status).toBe(200);
  });
});

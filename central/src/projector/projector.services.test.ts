import { createServer, type Server } from "node:http";
import { createLog, createMetrics } from "@tallygate/kit";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type LocalServer, startInflux } from "../../../deploy/local/servers.ts";
import { type CentralMetrics, createCentralMetrics } from "../api/metrics.ts";
import { noonMs, openTestApi, openTestLedger, type TestLedger, TestSite } from "../api/testing.ts";
import { Influx, type InfluxOptions } from "./influx.ts";
import { openProjector, rebuildMetrics } from "./projector.ts";

const gtin = "(01)09506000134352";
const soon = { timeout: 20_000, interval: 50 };

let ledger: TestLedger;
let server: LocalServer;
let metrics: CentralMetrics;
let lines: { level: string; code?: string; msg: string }[];

beforeAll(async () => {
  [ledger, server] = await Promise.all([openTestLedger(), startInflux()]);
  await using api = await openTestApi(ledger);
  await api.post("/v1/items", { sku: "OAT-1L", name: "Oat drink 1 L", gtins: ["9506000134352"] });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

beforeEach(() => {
  metrics = createCentralMetrics(new Registry());
  lines = [];
});

afterEach(async () => {
  if (!server.running) await server.restart();
});

const options = (database: string, over: Partial<InfluxOptions> = {}): InfluxOptions => ({
  url: server.url,
  database,
  bucket: "",
  org: "",
  token: "",
  ...over,
});

/** The projector over the test ledger; what it logs is in `lines`. */
function project(influx: Influx) {
  const log = createLog("test", "silent");
  const keep =
    (level: string) =>
    (first: object | string, second?: string): void => {
      lines.push(typeof first === "string" ? { level, msg: first } : { level, ...first, msg: second ?? "" });
    };
  Object.assign(log, { warn: keep("warn"), info: keep("info"), error: keep("error") });
  return openProjector({ pool: ledger.pool, influx, changes: ledger.feed, metrics, log });
}

/** Rows of the ledger and the sums over them: what the series has to add up to. */
async function inLedger(): Promise<{ rows: number; quantity: number }> {
  const { rows } = await ledger.pool.query(
    "select count(*) as rows, coalesce(sum(quantity), 0)::bigint as quantity from movement",
  );
  return rows[0];
}

async function inInflux(influx: Influx): Promise<{ rows: number; quantity: number; points: number }> {
  const [series] = await influx.query(
    'select sum("count") as r, sum(quantity) as q, count(quantity) as p from movement',
  );
  const [, rows = 0, quantity = 0, points = 0] = (series?.values[0] ?? []).map(Number);
  return { rows, quantity, points };
}

async function expectComplete(influx: Influx): Promise<void> {
  const expected = await inLedger();
  await vi.waitFor(async () => expect(await inInflux(influx)).toEqual({ ...expected, points: expected.rows }), soon);
}

async function forget(): Promise<void> {
  await ledger.pool.query("delete from projector_cursor");
}

describe("the projector", () => {
  test("draws what is in the ledger and what comes, each row as one point", async () => {
    await forget();
    const site = new TestSite("lyon");
    const same = Array.from({ length: 300 }, () => ({ code: gtin, quantity: 2, eventTimeMs: noonMs }));
    await ledger.apply(site, same);
    const influx = new Influx(options("draws"));
    await using _projector = project(influx);
    await expectComplete(influx);
    site.reopen();
    await ledger.apply(site, same);
    await ledger.apply(new TestSite("oslo"), [{ code: "code:UNKNOWN", quantity: 5, eventTimeMs: noonMs + 1 }]);
    await expectComplete(influx);
    const bySku = await influx.query('select sum("count") from movement group by sku');
    expect(bySku.map(series => [series.tags["sku"], series.values[0]?.[1]])).toEqual([
      ["OAT-1L", 600],
      ["none", 1],
    ]);
    expect((await metrics.pointsWritten.get()).values[0]?.value).toBe(601);
  });

  test("serves the series over HTTP", async () => {
    await forget();
    const influx = new Influx(options("serves"));
    await using _projector = project(influx);
    await expectComplete(influx);
    await using api = await openTestApi(ledger, influx);
    const range = "from=2026-11-23T09:00:00Z&to=2026-11-23T10:00:00Z";
    const total = await api.get(`/v1/metrics/movements?${range}&every=30m`);
    expect(total.body).toMatchObject({
      from: "2026-11-23T09:00:00.000Z",
      every: "30m",
      series: [{ key: null, points: [{ time: "2026-11-23T09:30:00.000Z", movements: 601, quantity: 1205 }] }],
    });
    const sites = await api.get(`/v1/metrics/movements?${range}&every=1h&group_by=site`);
    expect(sites.body.series.map((series: { key: string }) => series.key)).toEqual(["lyon", "oslo"]);
    const items = await api.get(`/v1/metrics/movements?${range}&every=1h&group_by=item`);
    expect(items.body.series.map((series: { key: string }) => series.key)).toEqual(["OAT-1L", "none"]);
    const steps = await api.get(`/v1/metrics/movements?${range}&every=1h&group_by=biz_step`);
    expect(steps.body.series).toMatchObject([{ key: "receiving" }]);
    const empty = await api.get("/v1/metrics/movements?from=2020-01-01T00:00:00Z&to=2020-01-01T01:00:00Z");
    expect(empty.body.series).toEqual([]);
    for (const query of [
      "every=1x",
      "every=0s",
      "group_by=other",
      `${range}&every=1s`,
      "from=2030-01-01T00:00:00Z&to=2020-01-01T00:00:00Z",
    ]) {
      expect((await api.get(`/v1/metrics/movements?${query}`)).body, query).toMatchObject({
        status: 400,
        code: "request.invalid",
      });
    }
    await server.kill();
    const down = await api.get(`/v1/metrics/movements?${range}&every=1h`);
    expect(down.body).toMatchObject({ status: 503, code: "metrics.unavailable" });
    expect((await api.get("/v1/stock/OAT-1L")).status).toBe(200);
  });

  test("with InfluxDB down for the whole run, nothing else is affected, and the series is complete afterwards", async () => {
    await forget();
    await server.kill();
    const influx = new Influx(options("down"));
    await using _projector = project(influx);
    const site = new TestSite("down-site");
    for (let index = 0; index < 20; index++) {
      await ledger.apply(site, [{ code: gtin, quantity: index + 1, eventTimeMs: noonMs + index }]);
    }
    await vi.waitFor(() => expect(lines).toHaveLength(1), soon);
    await using api = await openTestApi(ledger, influx);
    expect((await api.get("/v1/stock/OAT-1L?site=down-site")).body.on_hand).toBe(210);
    await server.restart();
    await expectComplete(influx);
    // The line comes after the write, and the points may be seen before it.
    const said = [
      ["warn", "metrics.unavailable"],
      ["info", undefined],
    ];
    await vi.waitFor(() => expect(lines.map(({ level, code }) => [level, code])).toEqual(said), soon);
  });

  test("goes on by itself when InfluxDB dies and comes back in the middle", async () => {
    await forget();
    const influx = new Influx(options("middle"));
    await using _projector = project(influx);
    const site = new TestSite("middle-site");
    for (let index = 0; index < 12; index++) {
      await ledger.apply(site, [{ code: gtin, eventTimeMs: noonMs + index }]);
      if (index === 3) await vi.waitFor(async () => expect((await inInflux(influx)).rows).toBeGreaterThan(0), soon);
      if (index === 4) await server.kill();
      if (index === 9) await server.restart();
    }
    await expectComplete(influx);
  });

  test("draws the same points again after a crash between the write and the cursor", async () => {
    const influx = new Influx(options("crash"));
    await forget();
    {
      await using _projector = project(influx);
      await expectComplete(influx);
    }
    const before = await inInflux(influx);
    await ledger.pool.query("update projector_cursor set seq = 1 where seq > 1");
    {
      await using _projector = project(influx);
      await vi.waitFor(async () => {
        const { rows } = await ledger.pool.query(
          "select 1 from epoch left join projector_cursor c on c.epoch_id = epoch.id where cursor_seq > coalesce(c.seq, 0)",
        );
        expect(rows).toEqual([]);
      }, soon);
    }
    expect(await inInflux(influx)).toEqual(before);
  });

  test("draws a row as the same point after its code was bound", async () => {
    const influx = new Influx(options("bound"));
    await forget();
    await using _projector = project(influx);
    await expectComplete(influx);
    await ledger.pool.query(
      "with i as (insert into item (sku, name, uom, catalogue_version) values ('B', 'b', 'H87', 99999) returning id) insert into item_code select 'code:UNKNOWN', id from i",
    );
    await forget();
    await ledger.apply(new TestSite("bound-site"), [{ code: gtin }]);
    await expectComplete(influx);
  });

  test("is rebuilt from the ledger, also while it runs", async () => {
    const influx = new Influx(options("rebuild"));
    await forget();
    await using _projector = project(influx);
    await expectComplete(influx);
    const epochs = await rebuildMetrics({ pool: ledger.pool, influx });
    expect(epochs).toBeGreaterThan(3);
    await ledger.apply(new TestSite("after-rebuild"), [{ code: gtin }]);
    ledger.feed.publishCommits(await allEpochs());
    await expectComplete(influx);
  });

  test("works in one process at a time, and in the other once that has stopped", async () => {
    await forget();
    const first = new Influx(options("first"));
    const second = new Influx(options("second"));
    const leading = project(first);
    await expectComplete(first);
    await using _waiting = project(second);
    await ledger.apply(new TestSite("two"), [{ code: gtin }]);
    await expectComplete(first);
    await expect(inInflux(second)).rejects.toThrow("database not found");
    // Points can be read before the cursor stands behind them: one that is still at work would put its cursor back after it was forgotten.
    await leading[Symbol.asyncDispose]();
    await forget();
    await expectComplete(second);
  });
});

/** A change that names every epoch, as busy sites would. */
async function allEpochs() {
  const { rows } = await ledger.pool.query("select code as epoch, cursor_seq as seq from epoch");
  return [{ site: "lyon", version: 1, cursors: rows, levels: [], recordTimeMs: noonMs }];
}

describe("InfluxDB 2 and 3", () => {
  interface Recorded {
    readonly url: string;
    readonly authorization: string | undefined;
    readonly body: string;
  }
  let recorder: Server;
  let requests: Recorded[];
  let version: string;
  let status: number;

  beforeEach(async () => {
    requests = [];
    version = "v2.7.1";
    status = 204;
    recorder = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", chunk => chunks.push(chunk));
      incoming.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        requests.push({ url: incoming.url ?? "", authorization: incoming.headers.authorization, body });
        const ping = incoming.url === "/ping";
        outgoing.setHeader("X-Influxdb-Version", version);
        outgoing.writeHead(ping ? 204 : status, { "content-type": "application/json" });
        outgoing.end(
          status < 300 || ping ? "" : JSON.stringify({ code: "invalid", message: "a point is out of range" }),
        );
      });
    });
    await new Promise<void>(resolve => recorder.listen(0, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    recorder.closeAllConnections();
    await new Promise(resolve => recorder.close(resolve));
  });

  function recording(over: Partial<InfluxOptions> = {}): InfluxOptions {
    const address = recorder.address();
    const port = typeof address === "object" ? address?.port : 0;
    return options("data base", {
      url: `http://127.0.0.1:${port}`,
      bucket: "stock/all",
      org: "we & co",
      token: "secret",
      ...over,
    });
  }

  test.each([
    ["v2.7.1", "/api/v2/write?org=we%20%26%20co&bucket=stock%2Fall&precision=ns"],
    ["3.2.0", "/api/v2/write?org=we%20%26%20co&bucket=data%20base&precision=ns"],
    ["1.6.7", "/write?db=data%20base&precision=ns"],
  ])("a server that says %s is written to at %s", async (says, path) => {
    version = says;
    await forget();
    await ledger.apply(new TestSite("wire"), [{ code: gtin, quantity: 3, eventTimeMs: noonMs }]);
    await using _projector = project(new Influx(recording()));
    const { rows } = await inLedger();
    const written = () => requests.filter(request => request.url === path);
    await vi.waitFor(() => expect(written().flatMap(request => request.body.split("\n"))).toHaveLength(rows), soon);
    for (const request of requests) expect(request.authorization).toBe("Token secret");
    const all = written().flatMap(request => request.body.split("\n"));
    expect(all.at(-1)).toMatch(
      /^movement,biz_step=receiving,from=supplier,site=wire,sku=OAT-1L,to=dock-1 count=1i,quantity=3i 1795426200000\d{6}$/,
    );
    expect(new Set(all).size).toBe(rows);
    expect(requests.some(request => request.url.includes("create%20database"))).toBe(says === "1.6.7");
  });

  test("a configured version is not asked for", async () => {
    await new Influx(recording({ version: "2" })).prepare();
    expect(requests).toEqual([]);
  });

  test("a part that is refused for good does not hold back what comes behind it", async () => {
    status = 400;
    await forget();
    await using _projector = project(new Influx(recording()));
    await vi.waitFor(() => expect(lines.map(line => line.code)).toContain("metrics.refused"), soon);
    status = 204;
    await ledger.apply(new TestSite("behind"), [{ code: gtin }]);
    await vi.waitFor(() => expect(requests.at(-1)?.body).toContain("site=behind"), soon);
  });

  test.each([401, 404, 429, 500, 503])("status %i is tried again", async refusal => {
    status = refusal;
    await forget();
    await using _projector = project(new Influx(recording()));
    await vi.waitFor(() => expect(requests.filter(({ url }) => url !== "/ping").length).toBeGreaterThan(2), soon);
    expect(lines.map(line => line.code)).toEqual(["metrics.unavailable"]);
    status = 204;
    const { rows } = await inLedger();
    await vi.waitFor(() => {
      expect(requests.at(-1)?.body.split("\n")).toHaveLength(rows);
    }, soon);
  });
});

test("the registry takes all metrics", () => {
  expect(() => createCentralMetrics(createMetrics())).not.toThrow();
});

import { jetstream } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { type Client, connect as connectCentral } from "@tallygate/client";
import { createLog } from "@tallygate/kit";
import { subjects } from "@tallygate/protocol";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  type LocalPostgres,
  type LocalServer,
  startInflux,
  startNats,
  startPostgres,
} from "../../../deploy/local/servers.ts";
import { addTestClient, first_admin_password } from "../auth/testing.ts";
import { type Central, openCentral } from "../central.ts";
import { CentralConfig } from "../config.ts";
import { openPool } from "../db/pool.ts";
import { type MovementInput, noonMs, TestSite } from "./testing.ts";

const soon = { timeout: 20_000, interval: 50 };
const gtin = "(01)09506000134352";

let postgres: LocalPostgres;
let nats: LocalServer;
let influx: LocalServer;
let central: Central;
let nc: NatsConnection;
let caller: Client;

beforeAll(async () => {
  [postgres, nats, influx] = await Promise.all([startPostgres(), startNats(), startInflux()]);
  const url = await postgres.database("tallygate");
  const config = CentralConfig.parse({
    http: { listen: "127.0.0.1:0" },
    auth: { first_admin_password },
    database: { url },
    nats: { servers: [nats.url] },
    influx: { url: influx.url },
  });
  const log = createLog("test", "error");
  central = await openCentral(config, { log });
  const pool = openPool({ url, size: 1, applicationName: "test", log });
  const secret = await addTestClient(pool, "test", [{ role: "admin", sites: "all" }]);
  await pool.end();
  caller = connectCentral({ url: central.url, client: "test", secret });
  nc = await connect({ servers: nats.url });
});

afterAll(async () => {
  await nc?.close();
  await central?.[Symbol.asyncDispose]();
  for (const server of [influx, nats, postgres]) await server?.[Symbol.asyncDispose]();
});

async function publish(site: TestSite, movements: readonly Partial<MovementInput>[]): Promise<void> {
  await jetstream(nc).publish(subjects.movements(site.site), JSON.stringify(site.batch(movements)));
}

async function get(path: string) {
  const response = await caller.fetch(path);
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith("{") ? JSON.parse(text) : undefined };
}

test("everything that is documented under /v1 asks who calls, and the rest asks nobody", async () => {
  const { paths } = await (await fetch(`${central.url}/openapi.json`)).json();
  const documented = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => ({ path: path.replaceAll(/\{\w+\}/g, "1"), method: method.toUpperCase() })),
  );
  const guarded = documented.filter(({ path }) => path.startsWith("/v1/"));
  expect(guarded.length).toBeGreaterThan(30);
  for (const { path, method } of guarded) {
    const answer = await fetch(central.url + path, { method });
    expect([method, path, answer.status]).toEqual([method, path, 401]);
    expect(await answer.json()).toMatchObject({ code: "access.missing" });
  }
  const open = ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/.well-known/jwks.json"];
  for (const path of [...open, "/.well-known/oauth-authorization-server"]) {
    expect([path, (await fetch(central.url + path)).status]).toEqual([path, 200]);
  }
});

test("what an edge publishes is in the stock, the ledger, the stream, the series and the counters", async () => {
  await caller.fetch("/v1/items", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sku: "OAT-1L", name: "Oat drink 1 L", gtins: ["9506000134352"] }),
  });
  const abort = new AbortController();
  const stream = await caller.fetch("/v1/stream", { signal: abort.signal });
  const lyon = new TestSite("lyon");
  await publish(lyon, [
    { code: gtin, quantity: 8, eventTimeMs: noonMs },
    { code: "code:WHO", eventTimeMs: noonMs },
  ]);

  await vi.waitFor(async () => expect((await get("/v1/stock/OAT-1L")).body).toMatchObject({ on_hand: 8 }), soon);
  expect((await get("/v1/movements?site=lyon")).body.items).toMatchObject([
    { seq: 2, state: "held" },
    { seq: 1, sku: "OAT-1L" },
  ]);
  expect((await get("/v1/sites/lyon")).body).toMatchObject({ version: 1, epochs: [{ epoch: lyon.epoch, cursor: 2 }] });

  let heard = "";
  for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    heard += chunk;
    if (heard.includes("id: lyon:1\nevent: change\n")) break;
  }
  abort.abort();

  const series = "/v1/metrics/movements?from=2026-11-23T09:00:00Z&to=2026-11-23T10:00:00Z&every=1h&group_by=item";
  await vi.waitFor(async () => {
    expect((await get(series)).body?.series.map((each: { key: string }) => each.key)).toEqual(["OAT-1L", "none"]);
  }, soon);
  // Points can be read a moment before the projector knows that they were taken, and counts them.
  await vi.waitFor(async () => {
    expect((await get("/metrics")).text).toContain("tallygate_projector_points_total 2");
  }, soon);
  const { text } = await get("/metrics");
  expect(text).toContain("tallygate_movements_applied_total 2");
  expect(text).toMatch(/tallygate_ingest_lag_seconds_count [1-9]/);
  expect(text).toMatch(
    /tallygate_http_request_seconds_count\{method="GET",route="\/v1\/stock\/:sku",status="200"\} [1-9]/,
  );
});

test("what a site says of itself is shown, and a code that is bound is told to the sites", async () => {
  const timeMs = Date.now();
  const status = {
    v: 1,
    site: "lyon",
    timeMs,
    epoch: "01939f6c2a7be4d1",
    lastSeq: 2,
    waiting: 3,
    exceptionsOpen: 0,
    alarms: [],
    devices: [],
  };
  nc.publish(subjects.status("lyon"), JSON.stringify(status));
  await vi.waitFor(
    async () => expect((await get("/v1/sites/lyon")).body).toMatchObject({ link: "heard", backlog: 3 }),
    soon,
  );

  const told: string[] = [];
  for (const subject of [subjects.catalogueChanged, subjects.change("lyon")]) {
    nc.subscribe(subject, { callback: (_, message) => void told.push(message.subject) });
  }
  await nc.flush();
  const answer = await caller.fetch("/v1/items", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sku: "WHO", name: "who", codes: ["code:WHO"] }),
  });
  expect(answer.status).toBe(201);
  await vi.waitFor(
    () => expect(told.sort()).toEqual([subjects.catalogueChanged, subjects.change("lyon")].sort()),
    soon,
  );
  expect((await get("/v1/stock/WHO")).body.on_hand).toBe(1);
});

test("with NATS away, stock is still answered and /readyz says so; it is ready again by itself", async () => {
  await nats.kill();
  await vi.waitFor(async () => expect((await get("/readyz")).status).toBe(503), soon);
  expect((await get("/v1/stock/OAT-1L")).status).toBe(200);
  await nats.restart();
  await vi.waitFor(async () => expect((await get("/readyz")).status).toBe(200), soon);
});

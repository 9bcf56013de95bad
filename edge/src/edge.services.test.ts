import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@tallygate/kit";
import mqtt from "mqtt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { freePort, socatPair } from "../../deploy/local/servers.ts";
import { limits } from "./api/limits.ts";
import { EdgeConfig } from "./config.ts";
import { type Edge, openEdge } from "./edge.ts";

const log = createLog("test", "silent");
const stack: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

const dockTopic = "lyon/dock-1/tags";
const devices = [
  { id: "dock-1", driver: "zebra-iotc", topic: dockTopic, read_points: [{ place: "dock-1" }] },
  { id: "gate-2", driver: "impinj-iot", topic: "lyon/gate-2/tags", read_points: [{ place: "gate-2", to: "customer" }] },
  { id: "plain", driver: "json", topic: "lyon/plain", read_points: [{ place: "bench", mode: "scanner" }] },
];

async function configOf(more: object = {}): Promise<{ config: EdgeConfig; own: AsyncDisposableStack; raw: object }> {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const data = mkdtempSync(join(tmpdir(), "edge-"));
  own.defer(() => rmSync(data, { recursive: true, force: true }));
  const raw = {
    site: "lyon",
    data,
    http: { listen: "127.0.0.1:0" },
    mqtt: { listen: "127.0.0.1:0", anonymous: true },
    // Nobody listens there: the site works without a centre.
    nats: { servers: [`nats://127.0.0.1:${await freePort()}`] },
    devices,
    ...more,
  };
  return { config: EdgeConfig.parse(raw), own, raw };
}

function tag(serial: number, more: object = {}): string {
  const idHex = `3034257bf7194e40${serial.toString(16).padStart(8, "0")}`;
  const data = { antenna: 1, eventNum: serial, format: "epc", idHex, peakRssi: -40, reads: 1, ...more };
  return JSON.stringify({ data, timestamp: new Date().toISOString(), type: "INVENTORY" });
}

async function open(more: object = {}) {
  const { config, own, raw } = await configOf(more);
  const edge = own.use(await openEdge(config, { log }));
  return { edge, config, own, raw, get: getter(edge.http.url), publish: await publisher(edge.mqttPort, own) };
}

function getter(url: string) {
  return async (path: string) => {
    const response = await fetch(`${url}${path}`);
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      body: JSON.parse(await response.text()),
    };
  };
}

async function publisher(port: number | undefined, own: AsyncDisposableStack) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  client.on("error", () => undefined);
  own.defer(() => client.endAsync(true));
  return (topic: string, message: string) => client.publishAsync(topic, message, { qos: 1 });
}

describe("a whole edge without a centre", () => {
  it("turns readings into stock, and says so in every view", async () => {
    const { get, publish } = await open();
    await Promise.all([1, 2, 3].map(serial => publish(dockTopic, tag(serial))));
    await publish("lyon/plain", `{"scan":"]E05901234123457"}`);
    await vi.waitFor(async () => {
      const { body } = await get("/api/movements?limit=10");
      expect(body.movements).toHaveLength(4);
    });
    const { body: stock } = await get("/api/stock");
    expect(stock.stock).toMatchObject([
      { class_key: "(01)05901234123457", confirmed: 0, pending: 1, total: 1, places: [{ place: "bench", total: 1 }] },
      { class_key: "(01)80614141123458", confirmed: 0, pending: 3, total: 3, places: [{ place: "dock-1", total: 3 }] },
    ]);
    const { body: movements } = await get("/api/movements?limit=3");
    expect(movements.movements[0]).toMatchObject({
      code: "(01)05901234123457",
      from: "supplier",
      to: "bench",
      state: "pending",
    });
    const { body: next } = await get(`/api/movements?before=${movements.next}`);
    expect(next.movements).toMatchObject([{ seq: 1, read_point: "dock-1/1" }]);
    const { body: readings } = await get("/api/readings?device=dock-1&limit=2");
    expect(readings.readings).toHaveLength(2);
    expect(readings.readings[0]).toMatchObject({ device: "dock-1", antenna: 1, rssi_dbm: -40, read_count: 1 });
    const { body: list } = await get("/api/devices");
    expect(list.devices).toMatchObject([
      { id: "dock-1", state: "connected", readings: 3, places: ["dock-1"] },
      { id: "gate-2", state: "waiting", readings: 0 },
      { id: "plain", state: "connected", readings: 1 },
    ]);
    await vi.waitFor(async () => {
      const { body: status } = await get("/api/status");
      expect(status).toMatchObject({ site: "lyon", waiting: 4, last_seq: 4, readings_total: 4, alarms: [] });
      expect(status.link.state).toBe("down");
      expect(status.cursor).toEqual({ epoch: status.epoch, seq: 0 });
    });
  });

  it("keeps what it cannot read with its bytes, and goes on (I10)", async () => {
    const { get, publish, edge } = await open();
    await publish(dockTopic, "rubbish");
    await publish(dockTopic, `[${tag(1)},{"data":null,"type":"SIMPLE"},${tag(2)}]`);
    await publish("lyon/nobody", "<xml/>");
    await publish(dockTopic, tag(3));
    const { body } = await get("/api/exceptions");
    expect(body.exceptions).toMatchObject([
      { problem: "device.unknown", device: "unknown", key: "lyon/nobody", text: "<xml/>", state: "open" },
      { problem: "message.shape", device: "dock-1" },
      { problem: "message.not_json", device: "dock-1", text: "rubbish", size_bytes: 7 },
    ]);
    const bytes = await fetch(`${edge.http.url}/api/exceptions/${body.exceptions[2].id}/bytes`);
    expect(await bytes.text()).toBe("rubbish");
    expect(bytes.headers.get("content-disposition")).toMatch(/^attachment/);
    const { body: readings } = await get("/api/readings");
    expect(readings.readings).toHaveLength(3);
    const { body: list } = await get("/api/devices");
    expect(list.devices[0]).toMatchObject({
      refused: 2,
      refused_by_code: { "message.not_json": 1, "message.shape": 1 },
    });
  });

  it("lets a gate decide by time alone, when nothing more is read", async () => {
    const gate = { id: "slow", driver: "json", topic: "a/b", read_points: [{ place: "dock-1", settle_ms: 300 }] };
    const { get, publish, edge } = await open({ devices: [gate] });
    await publish("a/b", `{"epc_hex":"3034257bf7194e4000000001"}`);
    await vi.waitFor(async () => expect((await get("/api/movements")).body.movements).toHaveLength(1));
    expect(edge.view.inbox.failure).toBeUndefined();
  });

  it("reads a scanner beside the gates, whatever happens to its port", async () => {
    const pair = await socatPair();
    const bench = {
      id: "bench",
      driver: "serial-scanner",
      port: pair.a,
      mode: "receive",
      place: "bench",
      suffix: "cr",
    };
    const missing = { ...bench, id: "other", port: `${pair.a}-none` };
    const { get, own } = await open({ devices: [bench, missing] });
    own.use(pair);
    const stateOf = async (id: string) =>
      (await get("/api/devices")).body.devices.find((device: { id: string }) => device.id === id).state;
    await vi.waitFor(async () => expect(await stateOf("bench")).toBe("connected"), 10_000);
    await vi.waitFor(async () => expect(await stateOf("other")).toBe("failed"), 10_000);
    writeFileSync(pair.b, "]E05901234123457\r");
    await vi.waitFor(async () => expect((await get("/api/movements")).body.movements).toHaveLength(1));
    const { body } = await get("/api/status");
    expect(body.alarms).toMatchObject([expect.stringMatching(/^other is not heard: /)]);
  });
});

describe("the API", () => {
  it.each([
    ["/api/stock?limit=0", 400, "request.invalid"],
    ["/api/stock?limit=1001", 400, "request.invalid"],
    ["/api/stock?sku=NONE", 404, "item.unknown"],
    ["/api/movements?before=x", 400, "request.invalid"],
    ["/api/readings?from=yesterday", 400, "request.invalid"],
    ["/api/exceptions?state=shut", 400, "request.invalid"],
    ["/api/exceptions/99/bytes", 404, "route.unknown"],
    ["/api/nothing", 404, "route.unknown"],
  ])("refuses %s with %i and a problem", async (path, status, code) => {
    const { get } = await open({ devices: [] });
    const answer = await get(path);
    expect(answer).toMatchObject({
      status,
      type: expect.stringContaining("application/problem+json"),
      body: { status, code },
    });
  });

  it("answers /healthz, /readyz, /metrics, the document and the page", async () => {
    const { edge, get, publish } = await open();
    await publish(dockTopic, tag(1));
    expect((await get("/healthz")).status).toBe(200);
    expect((await get("/readyz")).status).toBe(200);
    const { body: document } = await get("/openapi.json");
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        "/api/stock",
        "/api/movements",
        "/api/readings",
        "/api/devices",
        "/api/exceptions",
        "/api/status",
      ]),
    );
    const metrics = await (await fetch(`${edge.http.url}/metrics`)).text();
    expect(metrics).toMatch(/^tallygate_edge_device_readings_total\{device="dock-1"\} 1$/m);
    expect(metrics).toMatch(/^tallygate_edge_link_up 0$/m);
    const page = await fetch(`${edge.http.url}/`);
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await page.text()).toContain("Tallygate");
  });

  it("streams what changes, and ends with the edge", async () => {
    const { edge, publish } = await open();
    const response = await fetch(`${edge.http.url}/api/stream`);
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    let heard = "";
    const ended = (async () => {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) heard += chunk;
    })();
    await vi.waitFor(() => expect(heard).toContain("event: status"));
    await publish(dockTopic, tag(1));
    await publish("lyon/nobody", "x");
    await vi.waitFor(() => {
      for (const event of ["movement", "stock", "device", "exception"]) expect(heard).toContain(`event: ${event}\n`);
    });
    expect(heard).toContain(`"code":"(01)80614141123458(21)1"`);
    await edge[Symbol.asyncDispose]();
    await ended;
  });
});

describe("the limit of event streams", () => {
  it("is answered with a problem, and a stream that ends makes room (I12)", async () => {
    const { edge } = await open({ devices: [] });
    const stop = new AbortController();
    const url = `${edge.http.url}/api/stream`;
    const streams = await Promise.all(
      Array.from({ length: limits.streamsMax }, () => fetch(url, { signal: stop.signal })),
    );
    const refused = await fetch(url);
    expect(refused.status).toBe(503);
    // Asked only now, so that all of them are held until then: one that is collected closes its connection.
    expect(streams.map(({ status }) => status)).not.toContain(503);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("event streams") });
    stop.abort();
    await vi.waitFor(async () => {
      const again = new AbortController();
      const { status } = await fetch(url, { signal: again.signal });
      again.abort();
      expect(status).toBe(200);
    });
  });
});

describe("starting and stopping", () => {
  it("gives a stopped edge's data and ports to the next one, which knows what was there", async () => {
    const { edge, config, own, publish } = await open();
    await publish(dockTopic, tag(1));
    await edge[Symbol.asyncDispose]();
    const next: Edge = own.use(await openEdge(config, { log }));
    const { body } = await getter(next.http.url)("/api/movements");
    expect(body.movements).toHaveLength(1);
    const { body: status } = await getter(next.http.url)("/api/status");
    expect(status).toMatchObject({ waiting: 1, last_seq: 0 });
    expect(status.epoch).not.toBe(body.movements[0].epoch);
  });

  it("leaves nothing open when a part cannot be opened", async () => {
    const { edge, raw } = await open();
    const second = await configOf({ http: { listen: `127.0.0.1:${edge.http.port}` } });
    await expect(openEdge(second.config, { log })).rejects.toThrow(/is taken by another program.*http\.listen/);
    // The store of the one that failed is not locked any more.
    const third = second.own.use(await openEdge(EdgeConfig.parse({ ...raw, data: second.config.data }), { log }));
    expect(third.http.port).toBeGreaterThan(0);
  });
});

describe("as a process", () => {
  const main = new URL("./main.ts", import.meta.url).pathname;

  it("has on disk what it answered, when it is killed at any moment (I1)", async () => {
    const { own, raw, config } = await configOf();
    const port = await freePort();
    const file = join(config.data, "edge.yaml");
    writeFileSync(file, JSON.stringify({ ...raw, mqtt: { listen: `127.0.0.1:${port}`, anonymous: true } }));
    const child = spawn(process.execPath, [main, "--config", file], { stdio: ["ignore", "ignore", "pipe"] });
    own.defer(() => void child.kill("SIGKILL"));
    await once(child.stderr, "data");

    const answered = new Set<number>();
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
    client.on("error", () => undefined);
    const publishing = Array.from({ length: 5000 }, (_, index) =>
      client.publishAsync(dockTopic, tag(index + 1), { qos: 1 }).then(
        () => answered.add(index + 1),
        () => undefined,
      ),
    );
    await vi.waitFor(() => expect(answered.size).toBeGreaterThan(500), { timeout: 20_000, interval: 1 });
    await killed(child);
    await client.endAsync(true);
    void publishing;
    const edge = own.use(await openEdge(config, { log }));
    const read = new Set(edge.view.store.readings({ limit: 10_000 }).map(({ reading }) => reading.sequence));
    expect([...answered].filter(serial => !read.has(serial))).toEqual([]);
  });

  it("checks its configuration, hashes passwords, and refuses a wrong one in a sentence", async () => {
    const { config } = await configOf();
    const file = join(config.data, "edge.yaml");
    writeFileSync(file, "site: lyon\ndata: x\n");
    expect(await ran(["--config", file, "--check"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("is fine"),
    });
    writeFileSync(file, "site: lyon\n");
    expect(await ran(["--config", file, "--check"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("data: is missing"),
    });
    const hashed = await ran(["hash-password"], "secret\n");
    expect(hashed).toMatchObject({ code: 0, out: expect.stringMatching(/^scrypt\$16384\$/) });
  });

  async function ran(args: readonly string[], input = "") {
    const child = spawn(process.execPath, [main, ...args], { stdio: "pipe" });
    let [out, err] = ["", ""];
    child.stdout.on("data", chunk => {
      out += chunk;
    });
    child.stderr.on("data", chunk => {
      err += chunk;
    });
    child.stdin.end(input);
    await once(child, "close");
    return { code: child.exitCode, out, err };
  }
});

async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, "exit");
  child.kill("SIGKILL");
  await closed;
}

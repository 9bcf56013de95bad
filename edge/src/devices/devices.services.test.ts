import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@tallygate/kit";
import mqtt from "mqtt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { freePort, socatPair } from "../../../deploy/local/servers.ts";
import { EdgeConfig } from "../config.ts";
import { openEdge } from "../edge.ts";

const log = createLog("test", "silent");
const stack: AsyncDisposableStack[] = [];
const dock = {
  id: "dock-1",
  driver: "zebra-iotc",
  topic: "lyon/dock-1",
  read_points: [{ place: "dock-1", antennas: [1] }],
};

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

async function siteOf() {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const data = mkdtempSync(join(tmpdir(), "devices-"));
  own.defer(() => rmSync(data, { recursive: true, force: true }));
  const config = EdgeConfig.parse({
    site: "lyon",
    data,
    http: { listen: "127.0.0.1:0" },
    mqtt: { listen: "127.0.0.1:0", anonymous: true },
    readers: { listen: "127.0.0.1:0", anonymous: true },
    nats: { servers: [`nats://127.0.0.1:${await freePort()}`] },
    devices: [dock],
  });
  const start = async () => {
    const edge = await openEdge(config, { log });
    const stop = own.use(edge);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${edge.mqttPort}`, { reconnectPeriod: 0 });
    client.on("error", () => undefined);
    own.defer(() => client.endAsync(true));
    const call = async (method: string, path: string, body?: object) => {
      const sent =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      const response = await fetch(`${edge.http.url}${path}`, { method, ...sent });
      const text = await response.text();
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
    };
    const publish = (topic: string, message: object) => client.publishAsync(topic, JSON.stringify(message), { qos: 1 });
    const movements = async () => (await call("GET", "/api/movements?limit=20")).body.movements;
    return { edge, call, publish, movements, stop: () => stop[Symbol.asyncDispose]() };
  };
  return { data, start, own };
}

const epc = (serial: number) => `3034257bf7194e40${serial.toString(16).padStart(8, "0")}`;
const zebra = (serial: number) => ({
  data: { antenna: 1, eventNum: serial, format: "epc", idHex: epc(serial), peakRssi: -40 },
  timestamp: new Date().toISOString(),
  type: "INVENTORY",
});
const impinj = (serial: number) => ({
  eventType: "tagInventory",
  timestamp: new Date().toISOString(),
  tagInventoryEvent: { epcHex: epc(serial), antennaPort: 1 },
});

describe("a device that nobody configured", () => {
  it("is listed with a guess of its driver, taken in with one call, heard at once, and known after a restart", async () => {
    const { start, data } = await siteOf();
    const first = await start();
    await first.publish("lyon/new-gate", impinj(1));
    await first.publish("lyon/new-gate", impinj(2));
    const { body } = await first.call("GET", "/api/devices/new");
    expect(body.devices).toMatchObject([
      { source: "lyon/new-gate", messages: 2, suggested: { driver: "impinj-iot", topic: "lyon/new-gate" } },
    ]);
    expect(body.devices[0].text).toContain(epc(2));
    const taken = await first.call("POST", "/api/devices", { from: "lyon/new-gate", id: "gate-9", place: "gate-9" });
    expect(taken).toMatchObject({ status: 201, body: { id: "gate-9", driver: "impinj-iot" } });
    await first.publish("lyon/new-gate", impinj(3));
    await vi.waitFor(async () =>
      expect(await first.movements()).toMatchObject([{ to: "gate-9", epc_hex: epc(3).toUpperCase() }]),
    );
    expect((await first.call("GET", "/api/devices/new")).body.devices).toEqual([]);
    expect(existsSync(join(data, "devices.d", "gate-9.yaml"))).toBe(true);
    await first.stop();

    const second = await start();
    await second.publish("lyon/new-gate", impinj(4));
    await vi.waitFor(async () => expect(await second.movements()).toHaveLength(2));
    expect((await second.call("GET", "/api/devices")).body.devices).toMatchObject([
      { id: "dock-1" },
      { id: "gate-9", places: ["gate-9"] },
    ]);
  });

  it("is found when it posts, too", async () => {
    const { start } = await siteOf();
    const { edge, call } = await start();
    const url = `http://127.0.0.1:${edge.readersPort}/readers/portal/events`;
    const post = async () => (await fetch(url, { method: "POST", body: JSON.stringify([zebra(1)]) })).status;
    expect(await post()).toBe(404);
    const [found] = (await call("GET", "/api/devices/new")).body.devices;
    expect(found).toMatchObject({
      source: "http:/readers/portal/events",
      suggested: { driver: "zebra-iotc", http: true },
    });
    expect(await call("POST", "/api/devices", { from: found.source, id: "portal", place: "portal" })).toMatchObject({
      status: 201,
    });
    expect(await post()).toBe(200);
  });

  it.each([
    ["an id that is taken", { id: "dock-1", driver: "json", topic: "a/b", place: "x" }, 409, "device.exists"],
    ["a topic that is taken", { id: "two", driver: "json", topic: "lyon/dock-1", place: "x" }, 400, "config.invalid"],
    ["an unknown driver", { id: "two", driver: "none", topic: "a/b", place: "x" }, 400, "config.invalid"],
    ["a source that was never heard", { id: "two", from: "a/b", place: "x" }, 404, "device.unknown"],
    ["no place", { id: "two", driver: "json", topic: "a/b" }, 400, "config.invalid"],
  ])("is refused with %s, and nothing changes", async (_, settings, status, code) => {
    const { start, data } = await siteOf();
    const { call } = await start();
    expect(await call("POST", "/api/devices", settings)).toMatchObject({ status, body: { code } });
    expect((await call("GET", "/api/devices")).body.devices).toHaveLength(1);
    expect(existsSync(join(data, "devices.d"))).toBe(false);
  });
});

describe("a reader that broke", () => {
  it("is swapped for one of another maker: id, place and history stay, and the old one is heard no more", async () => {
    const { start } = await siteOf();
    const { call, publish, movements } = await start();
    await publish("lyon/dock-1", zebra(1));
    await vi.waitFor(async () => expect(await movements()).toHaveLength(1));
    const swapped = await call("POST", "/api/devices/dock-1/swap", { driver: "impinj-iot", topic: "lyon/dock-1/new" });
    expect(swapped).toMatchObject({ status: 200, body: { id: "dock-1", driver: "impinj-iot" } });
    await publish("lyon/dock-1/new", impinj(2));
    await publish("lyon/dock-1", zebra(3));
    await vi.waitFor(async () =>
      expect(await movements()).toMatchObject([{ to: "dock-1", read_point: "dock-1/1" }, { to: "dock-1" }]),
    );
    const { body } = await call("GET", "/api/readings?device=dock-1");
    expect(body.readings).toHaveLength(2);
    expect((await call("GET", "/api/devices/new")).body.devices).toMatchObject([{ source: "lyon/dock-1" }]);

    expect((await call("DELETE", "/api/devices/dock-1")).status).toBe(204);
    await publish("lyon/dock-1", zebra(4));
    await vi.waitFor(async () => expect(await movements()).toHaveLength(3));
    expect((await call("DELETE", "/api/devices/dock-1")).status).toBe(404);
  });

  it("may be swapped for one on a serial port, which is opened and closed with it", async () => {
    const { start, own } = await siteOf();
    const pair = own.use(await socatPair());
    const { call } = await start();
    const scanner = { driver: "uhf-cf", port: pair.a };
    expect(await call("POST", "/api/devices/dock-1/swap", scanner)).toMatchObject({ status: 200 });
    const stateOf = async () => (await call("GET", "/api/devices")).body.devices[0];
    await vi.waitFor(async () => expect(await stateOf()).toMatchObject({ driver: "uhf-cf", state: "connected" }));
    expect((await call("DELETE", "/api/devices/dock-1")).status).toBe(204);
    expect(await stateOf()).toMatchObject({ driver: "zebra-iotc", state: "waiting" });
  });

  it("is not swapped for one that cannot be: all stays as it was", async () => {
    const { start } = await siteOf();
    const { call, publish, movements } = await start();
    const simple = { driver: "zebra-iotc", topic: "x/y", reader_mode: "SIMPLE" };
    expect(await call("POST", "/api/devices/dock-1/swap", simple)).toMatchObject({
      status: 400,
      body: { code: "config.invalid" },
    });
    expect(await call("POST", "/api/devices/none/swap", simple)).toMatchObject({ status: 404 });
    await publish("lyon/dock-1", zebra(1));
    await vi.waitFor(async () => expect(await movements()).toHaveLength(1));
  });
});

it("a file of devices.d that is no device stops the start, with a sentence that names it", async () => {
  const { start, data } = await siteOf();
  const { call, stop } = await start();
  await call("POST", "/api/devices", { id: "two", driver: "json", topic: "a/b", place: "x" });
  await stop();
  writeFileSync(join(data, "devices.d", "two.yaml"), "driver: nothing\n");
  await expect(start()).rejects.toThrow(/two\.yaml is no device/);
});

it("takes no settings from a page of another site, which can send text only", async () => {
  const { start } = await siteOf();
  const { edge } = await start();
  const body = JSON.stringify({ id: "two", driver: "json", topic: "a/b", place: "x" });
  const sent = await fetch(`${edge.http.url}/api/devices`, {
    method: "POST",
    body,
    headers: { "content-type": "text/plain" },
  });
  expect(sent.status).toBe(400);
});

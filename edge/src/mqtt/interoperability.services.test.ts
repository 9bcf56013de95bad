import { connect as connectTcp } from "node:net";
import { createLog } from "@tallygate/kit";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Access } from "./access.ts";
import { openBroker } from "./broker.ts";
import type { Rate } from "./config.ts";
import { routesOf } from "./routes.ts";
import { devicesOf, openTestIntake, scanMessage, testDevices } from "./test-intake.ts";

/**
 * What a client of MQTT 3.1.1 may expect, after the cases of the Eclipse Paho interoperability tests. The site's broker takes what
 * devices send and passes it on to who is there; it is no store. So three cases differ on purpose, each with its reason.
 */

const log = createLog("test", "silent");
const gate = testDevices.gate.topic;
const devices = devicesOf(testDevices.gate, { ...testDevices.gate, id: "flood", topic: "lyon/flood" });
const stack: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

async function open(rate?: Rate) {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const test = own.use(openTestIntake(devices));
  const access = new Access({ anonymous: true, users: [] });
  const listen = { host: "127.0.0.1", port: 0 };
  const limited = rate === undefined ? {} : { rate };
  const broker = own.use(
    await openBroker({ listen, access, routes: routesOf(devices), intake: test.intake, log, ...limited }),
  );
  const client = async (options: IClientOptions = {}) => {
    const heard: string[] = [];
    const opened = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...options });
    opened.on("error", () => undefined);
    opened.on("message", (topic, payload, { qos, retain }) => {
      heard.push(`${topic} ${payload.toString()} ${qos}${retain ? " retained" : ""}`);
    });
    own.defer(() => opened.endAsync(true));
    const sessionPresent = await new Promise<boolean>((resolve, reject) => {
      opened.once("connect", ({ sessionPresent }) => resolve(sessionPresent));
      opened.once("error", reject);
      opened.once("close", () => reject(new Error("closed")));
    });
    return { client: opened, heard, sessionPresent };
  };
  return { test, broker, client };
}

/** Everything that was published before has come when this comes. */
async function flushed(from: MqttClient, to: { client: MqttClient; heard: readonly string[] }) {
  await to.client.subscribeAsync("flush");
  await from.publishAsync("flush", "x");
  await vi.waitFor(() => expect(to.heard.at(-1)).toBe("flush x 0"));
}

describe("the interoperability cases of MQTT 3.1.1", () => {
  it("basic: every quality of service reaches a subscriber", async () => {
    const { client } = await open();
    const listener = await client();
    await listener.client.subscribeAsync("a/b", { qos: 2 });
    const sender = await client();
    for (const qos of [0, 1, 2] as const) await sender.client.publishAsync("a/b", `m${qos}`, { qos });
    await vi.waitFor(() => expect(listener.heard.toSorted()).toEqual(["a/b m0 0", "a/b m1 1", "a/b m2 2"]));
  });

  it("retained messages: differs, since nothing is kept for who subscribes later; who is there gets them", async () => {
    const { client } = await open();
    const sender = await client();
    const early = await client();
    await early.client.subscribeAsync("kept/#", { qos: 1 });
    await sender.client.publishAsync("kept/1", "x", { qos: 1, retain: true });
    await vi.waitFor(() => expect(early.heard).toEqual(["kept/1 x 1"]));
    const late = await client();
    await late.client.subscribeAsync("kept/#", { qos: 1 });
    await flushed(sender.client, late);
    expect(late.heard).toEqual(["flush x 0"]);
  });

  it("offline queueing: differs, since queues for who is away have no limit; the CONNACK says that no session is kept", async () => {
    const { client } = await open();
    const first = await client({ clientId: "away", clean: false });
    await first.client.subscribeAsync("q/#", { qos: 1 });
    await first.client.endAsync(true);
    const sender = await client();
    await sender.client.publishAsync("q/1", "x", { qos: 1 });
    const back = await client({ clientId: "away", clean: false });
    expect(back.sessionPresent).toBe(false);
    await flushed(sender.client, back);
    expect(back.heard).toEqual(["flush x 0"]);
  });

  it("will message: is published when a connection breaks, and not when it is closed in order", async () => {
    const { client } = await open();
    const listener = await client();
    await listener.client.subscribeAsync("will/#", { qos: 1 });
    const will = (name: string) =>
      ({ topic: `will/${name}`, payload: Buffer.from("gone"), qos: 1, retain: false }) as const;
    const orderly = await client({ will: will("orderly") });
    await orderly.client.endAsync();
    const broken = await client({ will: will("broken") });
    broken.client.stream.destroy();
    await vi.waitFor(() => expect(listener.heard).toEqual(["will/broken gone 1"]));
  });

  it("overlapping subscriptions: a message comes once, or once for each, never more", async () => {
    const { client } = await open();
    const listener = await client();
    await listener.client.subscribeAsync({ "o/#": { qos: 2 }, "o/+": { qos: 1 } });
    await listener.client.publishAsync("o/1", "x", { qos: 2 });
    await flushed(listener.client, listener);
    const own = listener.heard.filter(text => text.startsWith("o/1 x"));
    expect(own.length).toBeGreaterThanOrEqual(1);
    expect(own.length).toBeLessThanOrEqual(2);
  });

  it("keepalive: a client that falls silent is disconnected after one and a half times its interval, and its will sent", async () => {
    const { client, broker } = await open();
    const listener = await client();
    await listener.client.subscribeAsync("silent", { qos: 1 });
    const socket = connectTcp(broker.port ?? 0, "127.0.0.1");
    const closed = new Promise(resolve => socket.once("close", resolve));
    const id = field("quiet");
    const body = Buffer.concat([field("MQTT"), Buffer.from([4, 0x06, 0, 1]), id, field("silent"), field("gone")]);
    socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
    socket.resume();
    await closed;
    await vi.waitFor(() => expect(listener.heard).toEqual(["silent gone 0"]));
  });

  it("redelivery on reconnect: differs for subscribers, as no session is kept; a device sends again what was not answered", async () => {
    const { client, test } = await open();
    const device = await client({ clientId: "device", clean: false, reconnectPeriod: 20 });
    test.hold();
    const published = device.client.publishAsync(gate, scanMessage("A"), { qos: 1 });
    await vi.waitFor(() => expect(test.inbox.waiting).toBe(1));
    device.client.stream.destroy();
    await vi.waitFor(() => expect(test.inbox.waiting).toBe(2));
    test.release();
    await published;
    expect(test.scans).toEqual(["A", "A"]);
  });

  it("zero-length client id: is given one with a clean session, and refused with code 2 without", async () => {
    const { client, broker } = await open();
    expect((await client({ clientId: "", clean: true })).client.connected).toBe(true);
    const answer = await connackOf(broker.port, 0x00);
    expect(answer === undefined || answer === 2).toBe(true);
  });

  it("$-topics: a wildcard at the first level does not match them", async () => {
    const { client } = await open();
    const listener = await client();
    await listener.client.subscribeAsync(["#", "+/x"]);
    await flushed(listener.client, listener);
    expect(listener.heard.filter(text => text.startsWith("$"))).toEqual([]);
  });

  it("unsubscribe: nothing comes any more on what was given up, and the rest goes on", async () => {
    const { client } = await open();
    const listener = await client();
    await listener.client.subscribeAsync(["u/1", "u/2"]);
    await listener.client.unsubscribeAsync("u/1");
    await listener.client.publishAsync("u/1", "x");
    await listener.client.publishAsync("u/2", "y");
    await vi.waitFor(() => expect(listener.heard).toEqual(["u/2 y 0"]));
  });

  it("a client id that connects again takes the place of the one before", async () => {
    const { client, broker } = await open();
    const first = await client({ clientId: "same" });
    const closed = new Promise(resolve => first.client.once("close", () => resolve(undefined)));
    await client({ clientId: "same" });
    await closed;
    await vi.waitFor(() => expect(broker.connections).toBe(1));
  });
});

describe("a device that floods (I12)", () => {
  it("is read more slowly, loses nothing, and the others are answered at once", async () => {
    const { client, test } = await open({ messages_per_s: 400, kilobytes_per_s: 1024 });
    const flood = await client();
    const other = await client();
    const scans = Array.from({ length: 2500 }, (_, index) => `F${index}`);
    const flooded = Promise.all(
      scans.map(scan => flood.client.publishAsync("lyon/flood", scanMessage(scan), { qos: 1 })),
    );
    await vi.waitFor(() => expect(test.scans.length).toBeGreaterThan(300));
    // Each waits for its answer: without a limit the flood would be through long before.
    for (let sent = 0; sent < 100; sent++) {
      await other.client.publishAsync(gate, scanMessage("other"), { qos: 1 });
    }
    expect(test.scans.length).toBeLessThan(2500);
    await flooded;
    expect(test.scans.filter(scan => scan !== "other")).toEqual(scans);
  }, 20_000);
});

function field(text: string): Buffer {
  return Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)]);
}

/** The return code of a CONNECT without a client id, or `undefined` when the connection is closed without one. */
function connackOf(port: number | undefined, flags: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const socket = connectTcp(port ?? 0, "127.0.0.1");
    const body = Buffer.concat([field("MQTT"), Buffer.from([4, flags, 0, 60]), field("")]);
    socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
    socket.on("data", data => resolve(data[3]));
    socket.on("close", () => resolve(undefined));
  });
}

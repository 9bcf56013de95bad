import { execFile } from "node:child_process";
import { connect as connectTcp } from "node:net";
import { promisify } from "node:util";
import { createLog } from "@tallygate/kit";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { limits as drivers } from "../drivers/limits.ts";
import { Access } from "./access.ts";
import { type Broker, openBroker } from "./broker.ts";
import { limits } from "./limits.ts";
import { hashPassword } from "./password.ts";
import { routesOf } from "./routes.ts";
import { devicesOf, openTestIntake, scanMessage, testDevices } from "./test-intake.ts";

const run = promisify(execFile);
const log = createLog("test", "silent");
const devices = devicesOf(testDevices.dock, testDevices.gate);
const gateTopic = testDevices.gate.topic;
const stack: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

interface Setting {
  readonly anonymous?: boolean;
  readonly users?: readonly { name: string; password: string; devices?: string[] }[];
  readonly waitingMax?: number;
}

async function open({ anonymous = true, users = [], waitingMax = 50_000 }: Setting = {}) {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const test = own.use(openTestIntake(devices, { waitingMax }));
  const access = new Access({ anonymous, users: [...users] });
  const options = { listen: { host: "127.0.0.1", port: 0 }, access, log };
  const broker = own.use(await openBroker({ ...options, routes: routesOf(devices), intake: test.intake }));
  const client = (options: IClientOptions = {}) => {
    const opened = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...options });
    opened.on("error", () => undefined);
    own.defer(() => opened.endAsync(true));
    return opened;
  };
  return { ...test, test, broker, client };
}

function connected(client: MqttClient): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.once("connect", resolve);
    client.once("error", reject);
    client.once("close", () => reject(new Error("closed")));
  });
}

function closedOf(client: MqttClient): Promise<void> {
  return new Promise(resolve => client.once("close", () => resolve()));
}

const publishers = (port: number | undefined, ...args: string[]) =>
  run("mosquitto_pub", ["-h", "127.0.0.1", "-p", String(port), "-q", "1", ...args]);

describe("the answer to a device", () => {
  it("comes only after the commit (I1)", async () => {
    const { client, test } = await open();
    const device = client();
    await connected(device);
    test.hold();
    let answered = false;
    const published = device.publishAsync(gateTopic, scanMessage("A"), { qos: 1 }).then(() => {
      answered = true;
    });
    await vi.waitFor(() => expect(test.inbox.failure).toBeDefined());
    // A packet of the same connection that is behind it in the broker: its answer overtakes no PUBACK that was written.
    await new Promise(resolve => setImmediate(resolve));
    expect(answered).toBe(false);
    expect(test.scans).toEqual([]);
    test.release();
    await published;
    expect(test.scans).toEqual(["A"]);
  });

  it.each([0, 1, 2] as const)("comes for QoS %i, and what was sent is kept in order", async qos => {
    const { client, test } = await open();
    const device = client();
    await connected(device);
    const scans = Array.from({ length: 500 }, (_, index) => `S${index}`);
    await Promise.all(scans.map(scan => device.publishAsync(gateTopic, scanMessage(scan), { qos })));
    await vi.waitFor(() => expect(test.scans.length).toBe(500));
    expect(test.scans).toEqual(scans);
  });

  it("is the same for a program of another make", async () => {
    const { broker, test } = await open();
    await publishers(broker.port, "-t", gateTopic, "-m", scanMessage("M"));
    expect(test.scans).toEqual(["M"]);
  });

  it("comes at once for what is not to be stored", async () => {
    const { client, test } = await open();
    const device = client();
    await connected(device);
    test.hold();
    const heartbeat = { component: "RG", data: { radio_control: {} }, eventNum: 1, type: "heartbeat" };
    await device.publishAsync(testDevices.dock.topic, JSON.stringify(heartbeat), { qos: 1 });
    expect(test.meters.get("dock-1")?.health(Date.now()).messages).toBe(1);
  });

  it("stays out while the inbox is full, and comes when there is room again, with nothing lost (I12)", async () => {
    const { client, test } = await open({ waitingMax: 10 });
    const device = client();
    await connected(device);
    test.hold();
    const scans = Array.from({ length: 300 }, (_, index) => `S${index}`);
    const published = Promise.all(scans.map(scan => device.publishAsync(gateTopic, scanMessage(scan), { qos: 1 })));
    await vi.waitFor(() => expect(test.intake.held).toBeGreaterThan(0));
    expect(test.inbox.waiting).toBeLessThanOrEqual(10);
    test.release();
    await published;
    expect(test.scans).toEqual(scans);
  });

  it("does not come when the edge stops first: the connection closes, and the device sends again", async () => {
    const { client, test, broker } = await open();
    const device = client();
    await connected(device);
    test.hold();
    const answer = vi.fn();
    device.publish(gateTopic, scanMessage("A"), { qos: 1 }, answer);
    const closed = closedOf(device);
    await vi.waitFor(() => expect(test.inbox.waiting).toBe(1));
    test[Symbol.dispose]();
    await closed;
    expect(answer).not.toHaveBeenCalled();
    await broker[Symbol.asyncDispose]();
  });
});

describe("input that is not as it should be", () => {
  it("is kept with its bytes and its code, and blocks nothing (I10)", async () => {
    const { client, test } = await open();
    const device = client();
    await connected(device);
    const messages = ["{", scanMessage("A"), "[]", `[{"epc_hex":"12"},{"scan":"B"}]`, scanMessage("C")];
    await Promise.all(messages.map(message => device.publishAsync(gateTopic, message, { qos: 1 })));
    expect(test.scans).toEqual(["A", "B", "C"]);
    expect(test.refused.map(({ code }) => code)).toEqual(["message.not_json", "reading.epc"]);
    expect(Buffer.from(test.refused[0]?.bytes ?? []).toString()).toBe("{");
  });

  it("of a topic without a device is counted, kept and answered", async () => {
    const { client, test } = await open();
    const device = client();
    await connected(device);
    await device.publishAsync("lyon/nobody", "hello", { qos: 1, retain: true });
    await device.publishAsync(gateTopic, scanMessage("A"), { qos: 1 });
    expect(test.refused).toMatchObject([{ device: "unknown", code: "device.unknown", at: "lyon/nobody" }]);
    expect(Buffer.from(test.refused[0]?.bytes ?? []).toString()).toBe("hello");
    expect(test.intake.unknownMessages).toBe(1);
    expect(test.scans).toEqual(["A"]);
  });

  it.each([
    ["just above the limit", drivers.messageBytesMax + 1],
    ["of three megabytes", 3 * 1024 * 1024],
  ])("%s becomes one exception with its beginning, is answered, and the connection lives", async (_, size) => {
    const { client, test } = await open();
    const device = client();
    await connected(device);
    const large = Buffer.alloc(size, 0x41);
    const [, after] = await Promise.all([
      device.publishAsync(gateTopic, large, { qos: 1 }),
      device.publishAsync(gateTopic, scanMessage("B"), { qos: 1 }),
    ]);
    expect(after).toBeDefined();
    expect(test.scans).toEqual(["B"]);
    expect(test.refused.map(({ code, bytes }) => [code, bytes.length])).toEqual([
      ["message.too_large", drivers.refusedBytesMax],
    ]);
    // A really large one was cut before the broker had all of it in memory.
    if (size > 1024 * 1024) expect(test.refused[0]?.detail).toContain(`A message of ${size} bytes on ${gateTopic}`);
    expect(device.connected).toBe(true);
  });

  it("in a packet that is no message closes that connection alone", async () => {
    const { broker, client, test } = await open();
    const other = client();
    await connected(other);
    const socket = connectTcp(broker.port ?? 0, "127.0.0.1");
    const closed = new Promise(resolve => socket.once("close", resolve));
    socket.on("error", () => undefined);
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0, 4]));
    await closed;
    await other.publishAsync(gateTopic, scanMessage("A"), { qos: 1 });
    expect(test.scans).toEqual(["A"]);
  });

  it("as a last will is taken like any other message of the device", async () => {
    const { client, test } = await open();
    const device = client({ will: { topic: gateTopic, payload: Buffer.from(scanMessage("W")), qos: 1, retain: true } });
    await connected(device);
    device.stream.destroy();
    await vi.waitFor(() => expect(test.scans).toEqual(["W"]));
  });
});

describe("who may do what", () => {
  const passwords = { "dock-1": "one", both: "two" };
  const users = async () => [
    { name: "dock-1", password: await hashPassword(passwords["dock-1"]) },
    { name: "both", password: await hashPassword(passwords.both), devices: ["dock-1", "gate-2"] },
  ];

  it.each([
    ["no user", {}],
    ["an unknown user", { username: "nobody", password: "one" }],
    ["a wrong password", { username: "dock-1", password: "two" }],
    ["no password", { username: "dock-1" }],
  ])("refuses a client with %s", async (_, credentials) => {
    const { client, broker } = await open({ anonymous: false, users: await users() });
    await expect(connected(client(credentials))).rejects.toMatchObject({ code: 4 });
    expect(broker.refusals).toBe(1);
  });

  it("lets a device publish to its own topics only, and closes its connection otherwise", async () => {
    const { client, test, broker } = await open({ anonymous: false, users: await users() });
    const device = client({ username: "dock-1", password: passwords["dock-1"] });
    await connected(device);
    const closed = closedOf(device);
    device.publish(gateTopic, scanMessage("X"), { qos: 1 });
    await closed;
    expect(test.scans).toEqual([]);
    expect(broker.refusals).toBe(1);

    const both = client({ username: "both", password: passwords.both });
    await connected(both);
    await both.publishAsync(gateTopic, scanMessage("A"), { qos: 1 });
    expect(test.scans).toEqual(["A"]);
  });

  it("refuses another version of MQTT, and says so", async () => {
    const { client, broker } = await open();
    await expect(connected(client({ protocolVersion: 5 }))).rejects.toThrow();
    await vi.waitFor(() => expect(broker.refusals).toBe(1));
  });

  it("makes one exception of all that is published to made-up topics beyond a number of them (I12)", async () => {
    const { client, test } = await open();
    const device = client();
    await connected(device);
    const topics = Array.from({ length: drivers.unknownTopicsMax + 20 }, (_, index) => `made/up/${index}`);
    await Promise.all(topics.map(topic => device.publishAsync(topic, "x", { qos: 1 })));
    expect(new Set(test.refused.map(({ at }) => at)).size).toBe(drivers.unknownTopicsMax + 1);
  });

  it("keeps what a known user publishes to a topic of no device", async () => {
    const { client, test } = await open({ anonymous: false, users: await users() });
    const device = client({ username: "dock-1", password: passwords["dock-1"] });
    await connected(device);
    await device.publishAsync("lyon/other", "x", { qos: 1 });
    expect(test.refused.map(({ code }) => code)).toEqual(["device.unknown"]);
  });

  it("lets nobody publish to the broker's own topics", async () => {
    const { client } = await open();
    const device = client();
    await connected(device);
    const closed = closedOf(device);
    device.publish("$SYS/x", "x", { qos: 1 });
    await closed;
  });

  it("refuses a session that is kept for a client without a name", async () => {
    const { broker } = await open();
    const failed = publishers(broker.port, "-c", "-i", "", "-t", gateTopic, "-m", "x");
    await expect(failed).rejects.toMatchObject({ code: expect.any(Number) });
  });

  it("passes messages on to who is subscribed, and lets nobody subscribe to more than so many topics (I12)", async () => {
    const { client } = await open();
    const listener = client();
    await connected(listener);
    const heard = new Promise(resolve => listener.once("message", (_, payload) => resolve(payload.toString())));
    const topics = [gateTopic, ...Array.from({ length: limits.subscriptionsMax }, (_, index) => `t/${index}`)];
    const granted = await Promise.all(
      topics.map(topic => listener.subscribeAsync(topic, { qos: 1 }).catch(() => "refused")),
    );
    expect(granted.filter(answer => answer === "refused")).toHaveLength(1);
    await listener.publishAsync(gateTopic, scanMessage("A"), { qos: 1 });
    expect(await heard).toBe(scanMessage("A"));
  });

  it("keeps nothing for who is away, and says so", async () => {
    const { client, test } = await open();
    const away = client({ clientId: "away", clean: false });
    await connected(away);
    await away.subscribeAsync(gateTopic, { qos: 1 });
    await away.endAsync(true);
    const device = client({ clientId: "device" });
    await connected(device);
    await device.publishAsync(gateTopic, scanMessage("A"), { qos: 1, retain: true });
    expect(test.scans).toEqual(["A"]);
    const back = client({ clientId: "away", clean: false });
    const heard = vi.fn();
    back.on("message", heard);
    expect(await connected(back)).toMatchObject({ sessionPresent: false });
    await back.subscribeAsync(gateTopic, { qos: 1 });
    expect(heard).not.toHaveBeenCalled();
  });

  it("says so when its port is taken", async () => {
    const { broker, test } = await open();
    const listen = { host: "127.0.0.1", port: broker.port ?? 0 };
    const second: Promise<Broker> = openBroker({
      listen,
      access: new Access({ anonymous: true, users: [] }),
      routes: routesOf([]),
      intake: test.intake,
      log,
    });
    await expect(second).rejects.toThrow(/is taken by another program.*mqtt\.listen/);
  });
});

import { createLog } from "@tallygate/kit";
import mqtt from "mqtt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startMosquitto } from "../../../deploy/local/servers.ts";
import { limits } from "../drivers/limits.ts";
import { openSubscriber } from "./client.ts";
import { routesOf } from "./routes.ts";
import { devicesOf, openTestIntake, scanMessage, testDevices } from "./test-intake.ts";

const log = createLog("test", "silent");
const devices = devicesOf(testDevices.dock, testDevices.gate);
const { topic } = testDevices.gate;
const stack: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

async function open() {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const broker = own.use(await startMosquitto());
  const device = mqtt.connect(broker.url, { reconnectPeriod: 50 });
  device.on("error", () => undefined);
  own.defer(() => device.endAsync(true));
  const start = async (waitingMax = 50_000) => {
    const test = own.use(openTestIntake(devices, { waitingMax }));
    const upstream = { url: broker.url, keepalive_s: 30 };
    const subscriber = openSubscriber({ site: "lyon", upstream, routes: routesOf(devices), intake: test.intake, log });
    own.use(subscriber);
    await vi.waitFor(() => expect(subscriber.state).toBe("connected"), 10_000);
    return { test, subscriber };
  };
  const publish = (scan: string) => device.publishAsync(topic, scanMessage(scan), { qos: 1 });
  return { broker, device, start, publish };
}

describe("the edge as a client of an existing broker", () => {
  it("answers after the commit only: what was not committed comes again to the next edge (I1)", async () => {
    const { start, publish } = await open();
    const first = await start();
    await publish("A");
    await vi.waitFor(() => expect(first.test.scans).toEqual(["A"]));
    first.test.hold();
    await publish("B");
    await publish("C");
    await vi.waitFor(() => expect(first.test.inbox.waiting).toBe(2));
    await first.subscriber[Symbol.asyncDispose]();

    const second = await start();
    await vi.waitFor(() => expect(second.test.scans).toEqual(["B", "C"]));
    await second.subscriber[Symbol.asyncDispose]();

    // All is answered now: a third edge hears nothing but what is new.
    const third = await start();
    await publish("D");
    await vi.waitFor(() => expect(third.test.scans).toEqual(["D"]));
  });

  it("takes the next message before the one before is committed, in order", async () => {
    const { start, publish } = await open();
    const { test } = await start();
    const scans = Array.from({ length: 300 }, (_, index) => `S${index}`);
    await Promise.all(scans.map(publish));
    await vi.waitFor(() => expect(test.scans).toEqual(scans), 10_000);
    expect(test.commits).toBeLessThan(300);
  });

  it("takes no more than it has room for, and loses nothing (I12)", async () => {
    const { start, publish } = await open();
    const { test } = await start(5);
    test.hold();
    const scans = Array.from({ length: 60 }, (_, index) => `S${index}`);
    await Promise.all(scans.map(publish));
    await vi.waitFor(() => expect(test.intake.held).toBe(1));
    test.release();
    await vi.waitFor(() => expect(test.scans).toEqual(scans), 10_000);
  });

  it("keeps what it cannot read, and what is too large, and goes on (I10)", async () => {
    const { start, publish, device } = await open();
    const { test } = await start();
    await device.publishAsync(topic, "{", { qos: 1 });
    await device.publishAsync(topic, Buffer.alloc(limits.messageBytesMax + 1, 0x41), { qos: 1 });
    await publish("A");
    await vi.waitFor(() => expect(test.scans).toEqual(["A"]));
    expect(test.refused.map(({ code, bytes }) => [code, bytes.length])).toEqual([
      ["message.not_json", 1],
      ["message.too_large", limits.refusedBytesMax],
    ]);
  });

  it("comes back when the broker does, and says meanwhile why it is not heard", async () => {
    const { start, publish, broker } = await open();
    const { test, subscriber } = await start();
    await broker.kill();
    await vi.waitFor(() => expect(subscriber.state).toBe("failed"), 10_000);
    await vi.waitFor(() => expect(subscriber.detail).toMatch(/./), 10_000);
    await broker.restart();
    await vi.waitFor(() => expect(subscriber.state).toBe("connected"), 15_000);
    await publish("A");
    await vi.waitFor(() => expect(test.scans).toContain("A"), 10_000);
  });
});

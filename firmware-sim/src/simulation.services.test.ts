import { createLog } from "@tallygate/kit";
import { connectAsync } from "mqtt";
import { expect, test, vi } from "vitest";
import { startMosquitto } from "../../deploy/local/servers.ts";
import { startRecordingBroker } from "./devices/broker.fixture.ts";
import type { ScenarioInput } from "./scenario.ts";
import { openSimulation } from "./simulation.ts";

const log = createLog("sim", "silent");

function scenario(url: string, more: Partial<ScenarioInput> = {}, bufferMax = 100_000): ScenarioInput {
  const fixed = { buffer_max: bufferMax, stay_ms: [2000, 4000] as const };
  return {
    name: "test",
    speed: 50,
    ...more,
    sites: {
      lyon: {
        mqtt: { url },
        pallets: { count: 4, every_ms: [1000, 2000], pieces: [10, 20] },
        devices: [
          {
            ...fixed,
            id: "dock-1",
            driver: "zebra-iotc",
            topic: "lyon/dock-1",
            from: "supplier",
            to: "dock-1",
            batch_max: 20,
          },
          {
            ...fixed,
            id: "inner-1",
            driver: "impinj-iot",
            topic: "lyon/inner-1",
            will_topic: "lyon/will",
            from: "dock-1",
            to: "storage",
          },
          {
            ...fixed,
            id: "dock-2",
            driver: "zebra-iotc",
            topic: "lyon/dock-2",
            from: "storage",
            to: "customer",
            share: 0.5,
          },
        ],
      },
    },
  };
}

/** EPCs in the payloads of a topic, whichever maker wrote them. */
function epcsIn(payloads: readonly string[]): Set<string> {
  const events = payloads.flatMap(payload => JSON.parse(payload));
  const found = events.map(({ data, tagInventoryEvent }) => {
    if (data !== undefined) return String(data.idHex).toUpperCase();
    const epc = tagInventoryEvent?.epc;
    return epc === undefined ? "" : Buffer.from(epc, "base64url").toString("hex").toUpperCase();
  });
  return new Set(found.filter(epc => epc !== ""));
}

test("what is heard over a real broker is the truth: each tag at each gate that it went through", async () => {
  await using broker = await startMosquitto();
  const client = await connectAsync(broker.url);
  const heard = new Map<string, string[]>();
  client.on("message", (topic, payload) => heard.set(topic, [...(heard.get(topic) ?? []), payload.toString()]));
  await client.subscribeAsync("#", { qos: 1 });
  await using simulation = openSimulation(scenario(broker.url), { log });
  const truth = await simulation.run();
  expect(truth).toMatchObject({ isSettled: true, totals: { pending: 0, resent: 0 } });
  await vi.waitFor(() => {
    const messages = [...heard].filter(([topic]) => topic !== "lyon/will").flatMap(([, payloads]) => payloads);
    expect(messages).toHaveLength(truth.totals.made);
  });
  await client.endAsync();

  const everything = [...truth.tags, ...truth.pallets];
  const at = (places: readonly string[]) =>
    new Set(everything.filter(({ place }) => places.includes(place)).map(({ epcHex }) => epcHex));
  expect(epcsIn(heard.get("lyon/dock-1") ?? [])).toEqual(at(["dock-1", "storage", "customer"]));
  expect(epcsIn(heard.get("lyon/inner-1") ?? [])).toEqual(at(["storage", "customer"]));
  expect(epcsIn(heard.get("lyon/dock-2") ?? [])).toEqual(at(["customer"]));
  expect(at(["customer"]).size).toBeGreaterThan(10);
  expect(heard.get("lyon/will")?.[0]).toBe("connected");
});

test("the truth does not depend on pace, nor on a broker that dies in the middle", async () => {
  await using calm = await startRecordingBroker();
  await using first = openSimulation(scenario(calm.url, { speed: 1000 }), { log });
  const expected = await first.run();

  await using broker = await startRecordingBroker();
  await using simulation = openSimulation(scenario(broker.url), { log });
  const running = simulation.run();
  for (let death = 0; death < 3; death++) {
    const before = broker.answered.length;
    await vi.waitFor(() => expect(broker.answered.length).toBeGreaterThan(before + 3), { timeout: 10_000 });
    broker.answerOnly(2);
    await vi.waitFor(() => expect(simulation.truth().totals.pending).toBeGreaterThan(5), { timeout: 10_000 });
    await broker.kill();
    await broker.start();
  }
  const truth = await running;
  expect(truth).toMatchObject({
    isSettled: true,
    stock: expected.stock,
    tags: expected.tags,
    outsides: expected.outsides,
  });
  expect(truth.totals.resent).toBeGreaterThan(0);
  const wasHeard = epcsIn(broker.answered.filter(({ topic }) => topic === "lyon/dock-1").map(({ payload }) => payload));
  expect(wasHeard).toEqual(new Set([...truth.tags, ...truth.pallets].map(({ epcHex }) => epcHex)));
});

test("reports kept through an outage have the time at which they were heard", async () => {
  await using broker = await startRecordingBroker();
  await broker.kill();
  await using simulation = openSimulation(scenario(broker.url), { log });
  const running = simulation.run();
  await vi.waitFor(() => expect(simulation.truth().events).toBeGreaterThan(4), { timeout: 10_000 });
  const backMs = Date.now();
  await broker.start();
  await running;
  const [first] = broker.answered
    .filter(({ topic }) => topic === "lyon/dock-1")
    .flatMap(({ payload }) => JSON.parse(payload));
  expect(first.data.eventNum).toBe(1);
  expect(Date.parse(first.timestamp.replace("+0000", "Z"))).toBeLessThan(backMs);
});

test("with a full buffer the world waits, and goes on when the broker is back", async () => {
  await using broker = await startRecordingBroker();
  await broker.kill();
  await using simulation = openSimulation(scenario(broker.url, {}, 5), { log });
  const running = simulation.run();
  await vi.waitFor(() => expect(simulation.truth().totals.pending).toBeGreaterThanOrEqual(5), { timeout: 10_000 });
  const { made } = simulation.truth().totals;
  expect(made).toBeLessThan(10);
  await broker.start();
  expect(await running).toMatchObject({ isSettled: true });
});

test("stopping begins nothing new, and tells what has no answer", async () => {
  await using broker = await startRecordingBroker();
  await using simulation = openSimulation(scenario(broker.url, { speed: 20 }), { log, settleMs: 20_000 });
  void simulation.run();
  await vi.waitFor(() => expect(simulation.truth().events).toBeGreaterThan(0));
  const { events } = simulation.truth();
  const stopped = await simulation.stop();
  expect(stopped).toMatchObject({ events, isSettled: true });

  await broker.kill();
  await using lonely = openSimulation(scenario(broker.url, { speed: 20 }), { log, settleMs: 300 });
  void lonely.run();
  await vi.waitFor(() => expect(lonely.truth().events).toBeGreaterThan(0));
  const { events: alone } = lonely.truth();
  const unanswered = await lonely.stop();
  expect(unanswered).toMatchObject({ events: alone, isSettled: false });
  expect(unanswered.totals.pending).toBeGreaterThan(0);
});

test("the readings of a reader with a wrong clock are wrong by so much", async () => {
  await using broker = await startRecordingBroker();
  const gate = { driver: "zebra-iotc", id: "dock-1", topic: "lyon/dock-1", from: "supplier", to: "dock-1" } as const;
  const lyon = { mqtt: { url: broker.url }, pallets: { count: 1 }, devices: [{ ...gate, clock_offset_ms: 3_600_000 }] };
  await using simulation = openSimulation({ speed: 50, sites: { lyon } }, { log });
  const { begunMs } = await simulation.run();
  const [first] = broker.answered.flatMap(({ payload }) => JSON.parse(payload));
  const aheadMs = Date.parse(first.timestamp.replace("+0000", "Z")) - begunMs;
  expect(aheadMs).toBeGreaterThan(3_599_000);
  expect(aheadMs).toBeLessThan(3_610_000);
});

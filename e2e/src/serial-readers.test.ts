import { createLog } from "@tallygate/kit";
import type { Reading } from "@tallygate/protocol";
import { describe, expect, test, vi } from "vitest";
import { type PtyPair, socatPair } from "../../deploy/local/servers.ts";
import { DeviceMeter } from "../../edge/src/drivers/health.ts";
import { DeviceConfig, deviceOf } from "../../edge/src/drivers/index.ts";
import { Intake } from "../../edge/src/drivers/intake.ts";
import { Inbox } from "../../edge/src/inbox.ts";
import { DevicePort } from "../../edge/src/serial/port.ts";
import { cardOf } from "../../firmware-sim/src/devices/em4100.ts";
import { openSimulation, type ScenarioInput } from "../../firmware-sim/src/index.ts";

/** A simulated device and the edge's driver for it, on the two ends of a real serial line. */

const log = createLog("serial", "silent");

/** The edge's end: port, driver, inbox, and in place of the store a list that takes what `mayStore` lets it. */
async function openEdge(config: Readonly<Record<string, unknown>>, mayStore = () => true) {
  const device = deviceOf(DeviceConfig.parse({ id: "dev", ...config }));
  if (device.transport !== "serial") throw new Error("not on a serial port");
  const readings: Reading[] = [];
  const refused: string[] = [];
  const meter = new DeviceMeter({ id: device.id, driver: device.driver, countsReadings: false });
  const stack = new AsyncDisposableStack();
  const inbox = new Inbox({ retryMinMs: 10, retryMaxMs: 50 });
  const ticks = inbox.run({
    decide: deliveries => deliveries,
    commit(deliveries) {
      if (!mayStore()) throw new Error("the disk is full");
      for (const delivery of deliveries) {
        readings.push(...delivery.readings);
        refused.push(...delivery.refused.map(({ problem }) => problem.code));
      }
    },
    apply: () => undefined,
  });
  stack.use(ticks);
  const intake = stack.use(new Intake({ inbox, meters: new Map([[device.id, meter]]) }));
  stack.use(new DevicePort({ device, intake, meter, log })).open();
  return { readings, refused, meter, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

type Devices = ScenarioInput["sites"][string]["devices"];

function scenario(devices: Devices, more: Partial<ScenarioInput> = {}): ScenarioInput {
  const pallets = { count: 3, every_ms: [500, 1000], first_ms: [100, 200], pieces: [8, 12] } as const;
  return { name: "serial", speed: 20, items: 6, ...more, sites: { lyon: { pallets, devices } } };
}

const gate = { id: "dev", from: "supplier", to: "dock-1", dwell_ms: [500, 1000], pause_ms: 50 } as const;
const bad = { wrong_rate: 0.15, noise_rate: 0.15 };
const read_points = [{ place: "dock-1" }];

const readers = [
  ["uhf-bb", {}, {}],
  ["uhf-bb", { frames: "aadd" }, { frames: "aadd" }],
  ["uhf-a0", {}, {}],
  ["uhf-cf", {}, {}],
  ["uhf-reader18", {}, {}],
  ["thingmagic", { region: "eu3" }, {}],
] as const;

describe.each(readers)("a reader %s %j on a bad cable", (driver, edgeConfig, simConfig) => {
  function simulate(pair: PtyPair) {
    return openSimulation(scenario([{ ...gate, driver, port: pair.a, line: bad, ...simConfig }]), { log });
  }

  test("is set to work, and each tag that went through is read", async () => {
    await using pair = await socatPair();
    await using edge = await openEdge({ driver, port: pair.b, read_points, ...edgeConfig });
    await using simulation = simulate(pair);
    const truth = await simulation.run();
    expect(truth).toMatchObject({ isSettled: true });
    const wentThrough = new Set([...truth.tags, ...truth.pallets].map(({ epcHex }) => epcHex));
    expect(wentThrough.size).toBeGreaterThan(20);
    await vi.waitFor(() => expect(edge.readings.length).toBeGreaterThanOrEqual(truth.totals.readings), 10_000);
    expect(new Set(edge.readings.map(({ epcHex }) => epcHex))).toEqual(wentThrough);
    // Each report was told once rightly, and the wrong ones are exceptions, not readings.
    expect(edge.readings).toHaveLength(truth.totals.readings);
    expect(truth.totals.resent).toBeGreaterThan(0);
    expect(edge.refused.length).toBeGreaterThan(0);
  });

  test("is set to work again after it was unplugged", async () => {
    await using pair = await socatPair();
    await using edge = await openEdge({ driver, port: pair.b, read_points, ...edgeConfig });
    {
      await using simulation = simulate(pair);
      await simulation.run();
    }
    const before = edge.readings.length;
    await pair.disconnect();
    await vi.waitFor(() => expect(edge.meter.health(0).state).toBe("failed"), 10_000);
    await pair.reconnect();
    await using simulation = simulate(pair);
    expect(await simulation.run()).toMatchObject({ isSettled: true });
    await vi.waitFor(() => expect(edge.readings.length).toBeGreaterThan(before), 10_000);
  });
});

const scanner = { id: "dev", from: "supplier", to: "bench", every_ms: [50, 100], scans: 12 } as const;

test("a card in the field is read again and again, and a wrong frame is no other card", async () => {
  await using pair = await socatPair();
  await using edge = await openEdge({ driver: "em4100", port: pair.b, mode: "receive", place: "bench" });
  const settings = { ...scanner, driver: "em4100", port: pair.a, repeat_ms: 5, field_ms: [20, 40], line: bad } as const;
  await using simulation = openSimulation(scenario([settings]), { log });
  const truth = await simulation.run();
  expect(truth).toMatchObject({ isSettled: true, totals: { made: 12 } });
  const cards = new Set(simulation.catalogue.items.map(({ gtin }) => cardOf(gtin)));
  await vi.waitFor(() => expect(edge.readings.length).toBeGreaterThan(24), 10_000);
  for (const { scan } of edge.readings) expect(cards).toContain(scan);
});

describe("a Zebra scanner in packet mode", () => {
  const settings = { ...scanner, driver: "zebra-ssi", answer_timeout_ms: 800, tries_max: 50 } as const;
  const labels = ["ean-13", "gs1-128", "data-matrix"] as const;

  test("loses no scan and doubles none, on a bad cable and with long symbols", async () => {
    await using pair = await socatPair();
    await using edge = await openEdge({ driver: "zebra-ssi", port: pair.b, mode: "receive", place: "bench" });
    const device = { ...settings, port: pair.a, labels: [...labels], segment_bytes: 40, line: bad };
    await using simulation = openSimulation(scenario([device]), { log });
    const truth = await simulation.run();
    expect(truth).toMatchObject({ isSettled: true, doubtful: [], totals: { made: 12, answered: 12 } });
    expect(truth.totals.resent).toBeGreaterThan(0);
    expect(edge.readings).toHaveLength(12);
  });

  test("is told nothing while nothing can be stored; what it sends again meanwhile counts once", async () => {
    let isFull = true;
    await using pair = await socatPair();
    await using edge = await openEdge(
      { driver: "zebra-ssi", port: pair.b, mode: "receive", place: "bench" },
      () => !isFull,
    );
    const device = { ...settings, port: pair.a, answer_timeout_ms: 60, scans: 3 };
    await using simulation = openSimulation(scenario([device]), { log });
    const running = simulation.run();
    await vi.waitFor(() => expect(edge.meter.health(0).messages).toBeGreaterThan(3), 10_000);
    expect(simulation.truth().totals.answered).toBe(0);
    isFull = false;
    // An ACK names no packet: that of a repeat can pass for that of the next scan, which is then stored a moment later.
    expect(await running).toMatchObject({ isSettled: true, doubtful: [], totals: { answered: 3 } });
    await vi.waitFor(() => expect(edge.readings).toHaveLength(3), 10_000);
  });
});

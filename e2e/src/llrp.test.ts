import { createLog } from "@tallygate/kit";
import { DeviceId } from "@tallygate/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../../deploy/local/servers.ts";
import { devicesOf, openTestIntake } from "../../edge/src/mqtt/test-intake.ts";
import { DeviceConnection } from "../../edge/src/tcp/connection.ts";
import type { HeardTag } from "../../firmware-sim/src/devices/llrp-messages.ts";
import { LlrpReader } from "../../firmware-sim/src/devices/llrp-reader.ts";
import { openSimulation } from "../../firmware-sim/src/simulation.ts";

/** The simulated LLRP reader and the edge's driver, over real TCP. */

const log = createLog("test", "silent");
const patience = { timeout: 20_000, interval: 20 };
const stack: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

function tag(number: number, more: Partial<HeardTag> = {}): HeardTag {
  const epcHex = `3000ABCDEF00000000${number.toString(16).toUpperCase().padStart(6, "0")}`;
  const seen = { firstSeenMs: 1_700_000_000_000, lastSeenMs: 1_700_000_000_500 };
  return { epcHex, antenna: 1, rssiDbm: -51.4, reads: 3, channelIndex: 2, ...seen, ...more };
}

const epcs = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => tag(from + index).epcHex);

interface Parts {
  readonly own: AsyncDisposableStack;
  readonly reader: LlrpReader;
}

async function openReader(version = 2): Promise<Parts> {
  const own = new AsyncDisposableStack();
  stack.push(own);
  const options = { host: "127.0.0.1", port: 0, antennas: 2, inputs: 4, version, bufferMax: 100_000, log };
  const reader = own.use(new LlrpReader({ ...options, nowMs: Date.now }));
  await reader.on();
  return { own, reader };
}

function openDriver(own: AsyncDisposableStack, port: number, more: object = {}) {
  const id = "dock-1";
  const address = `127.0.0.1:${port}`;
  const [device] = devicesOf({ id, driver: "llrp", address, read_points: [{ place: "dock-1" }], ...more });
  if (device?.transport !== "tcp") throw new Error("not a device over TCP");
  const test = own.use(openTestIntake([device]));
  const meter = test.meters.get(DeviceId.parse(id));
  if (meter === undefined) throw new Error("no meter");
  const connection = own.use(new DeviceConnection({ device, intake: test.intake, meter, log }));
  connection.open();
  const state = (expected: string, detail: string | RegExp = "") =>
    vi.waitFor(() => {
      const health = meter.health(Date.now());
      expect([health.state, health.detail ?? ""]).toEqual([expected, expect.stringMatching(detail)]);
    }, patience);
  return { test, meter, connection, state };
}

describe("a simulated reader and the driver", () => {
  it.each([1, 2])("bring each tag that is heard, in LLRP version %i", async version => {
    const { own, reader } = await openReader(version);
    expect(reader.hear(tag(0))).toBe(false);
    const { test, state } = openDriver(own, reader.port);
    await state("connected");
    for (let number = 0; number < 500; number++) expect(reader.hear(tag(number))).toBe(true);
    await vi.waitFor(() => expect(test.scans).toEqual(epcs(0, 500)), patience);
    await reader.settle(AbortSignal.timeout(5000));
    expect(reader.counts()).toMatchObject({ made: 500, answered: 500, pending: 0, resent: 0 });
  });

  it("bring what was heard while the edge was away, in order, before what is new", async () => {
    const { own, reader } = await openReader();
    const first = openDriver(own, reader.port);
    await first.state("connected");
    await first.connection[Symbol.asyncDispose]();
    for (let number = 0; number < 300; number++) expect(reader.hear(tag(number))).toBe(true);
    expect(reader.counts().pending).toBe(300);
    const second = openDriver(own, reader.port);
    await second.state("connected");
    reader.hear(tag(300));
    await vi.waitFor(() => expect(second.test.scans).toEqual(epcs(0, 301)), patience);
  });

  it("find each other again when the reader restarts, and set it up anew", async () => {
    const { own, reader } = await openReader();
    const { test, state } = openDriver(own, reader.port);
    await state("connected");
    await reader.off();
    await state("failed");
    expect(reader.hear(tag(1))).toBe(false);
    await reader.on();
    await state("connected");
    expect(reader.hear(tag(2))).toBe(true);
    await vi.waitFor(() => expect(test.scans).toEqual(epcs(2, 3)), patience);
  });

  it("refuse a second client, tell the first, and take the second when the first goes", async () => {
    const { own, reader } = await openReader();
    const first = openDriver(own, reader.port);
    await first.state("connected");
    const second = openDriver(own, reader.port);
    await second.state("failed", /another client holds the reader/);
    await vi.waitFor(() => {
      expect(first.meter.health(Date.now()).trouble?.detail).toBe("another client tried to connect to the reader");
    }, patience);
    expect(first.meter.health(Date.now()).state).toBe("connected");
    await first.connection[Symbol.asyncDispose]();
    await second.state("connected");
  });

  it("report every so many tags, and the rest when they are asked", async () => {
    const { own, reader } = await openReader();
    const { test, state } = openDriver(own, reader.port, { report: { every_tags: 10, every_ms: 60_000 } });
    await state("connected");
    for (let number = 0; number < 25; number++) reader.hear(tag(number));
    await vi.waitFor(() => expect(test.scans).toEqual(epcs(0, 20)), patience);
    expect(reader.counts().pending).toBe(5);
    const asked = await openReader();
    const other = openDriver(asked.own, asked.reader.port, { report: { every_tags: 0, every_ms: 50 } });
    await other.state("connected");
    asked.reader.hear(tag(1));
    await vi.waitFor(() => expect(other.test.scans).toEqual(epcs(1, 2)), patience);
  });

  it("hear only while the light barrier says so, and only the antennas of the inventory", async () => {
    const { own, reader } = await openReader();
    const gpi = { start: { trigger: "gpi", port: 1 }, stop: { trigger: "gpi", port: 1, high: false } };
    const { test, meter, state } = openDriver(own, reader.port, { antennas: [2], ...gpi });
    await state("connected");
    expect([reader.hasRoom(), reader.hear(tag(1, { antenna: 2 }))]).toEqual([true, false]);
    reader.input(1, true);
    expect([reader.hear(tag(2, { antenna: 2 })), reader.hear(tag(3, { antenna: 1 }))]).toEqual([true, false]);
    reader.input(1, false);
    expect(reader.hear(tag(4, { antenna: 2 }))).toBe(false);
    await vi.waitFor(() => expect(test.scans).toEqual(epcs(2, 3)), patience);
    await vi.waitFor(() => expect(meter.health(Date.now()).inputs.get(1)).toBe(false), patience);
  });

  it("bring a whole world of crossings: each tag at each gate, with the reader's clock in it", async () => {
    const own = new AsyncDisposableStack();
    stack.push(own);
    const port = await freePort();
    const device = {
      id: "dock-1",
      driver: "llrp",
      listen: `127.0.0.1:${port}`,
      from: "supplier",
      to: "dock-1",
    } as const;
    const more = { clock_offset_ms: -3_600_000, clock_drift_ppm: 100, gpi_port: 1 };
    const pallets = { count: 3, every_ms: [500, 900], pieces: [10, 20] } as const;
    const simulation = own.use(
      openSimulation({ speed: 20, sites: { lyon: { pallets, devices: [{ ...device, ...more }] } } }, { log }),
    );
    const { test } = openDriver(own, port);
    const truth = await simulation.run();
    expect(truth).toMatchObject({ isSettled: true, totals: { pending: 0 } });
    await vi.waitFor(() => expect(test.scans).toHaveLength(truth.totals.readings), patience);
    const passed = [...truth.tags, ...truth.pallets].filter(({ place }) => place === "dock-1");
    expect(passed.length).toBeGreaterThan(30);
    expect(new Set(test.scans)).toEqual(new Set(passed.map(({ epcHex }) => epcHex)));
  });
});

import { expect, test } from "vitest";
import { openSimulation } from "../simulation.ts";
import { startRecordingBroker } from "./broker.fixture.ts";
import { jsonTagEvent } from "./json.ts";

const gate = { driver: "json", id: "dock-1", topic: "lyon/dock-1", from: "supplier", to: "dock-1" } as const;

test("an event has the names of the plain format, its time as RFC 3339", () => {
  const report = { number: 0, atMs: 0, epcHex: "E280", antenna: 2, peakRssiDbm: -61.26, reads: 3, isStray: false };
  expect(jsonTagEvent({ atMs: 0, report }, 7, Date.parse("2026-09-07T12:50:36.194Z"))).toEqual({
    epc_hex: "E280",
    antenna: 2,
    rssi_dbm: -61.3,
    read_count: 3,
    sequence: 7,
    time: "2026-09-07T12:50:36.194Z",
  });
});

test.each([
  ["one by one", 1],
  ["in arrays", 10],
])("a gate says all that it heard, %s, at least once", async (_, batch_max) => {
  await using broker = await startRecordingBroker();
  const site = { mqtt: { url: broker.url }, pallets: { count: 2 }, devices: [{ ...gate, batch_max }] };
  await using simulation = openSimulation({ speed: 50_000, sites: { lyon: site } });
  const truth = await simulation.run();
  expect(truth.isSettled).toBe(true);
  expect(truth.totals.readings).toBeGreaterThan(20);
  const messages = broker.answered.map(({ payload }): unknown => JSON.parse(payload));
  expect(messages).toHaveLength(truth.totals.made);
  expect(messages.every(message => Array.isArray(message) === batch_max > 1)).toBe(true);
  const events = messages.flat();
  expect(events).toHaveLength(truth.totals.readings);
  for (const event of events) expect(event).toMatchObject({ epc_hex: expect.any(String), time: expect.any(String) });
});

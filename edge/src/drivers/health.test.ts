import { DeviceId, type Reading } from "@tallygate/protocol";
import { describe, expect, it } from "vitest";
import { nothingParsed, type Signal } from "./driver.ts";
import { DeviceMeter } from "./health.ts";

const deviceId = DeviceId.parse("dock-1");
const t0 = 1_790_000_000_000;

function open(countsReadings = true) {
  const meter = new DeviceMeter({ id: "dock-1", driver: "zebra-iotc", countsReadings });
  const read = (sequences: readonly (number | undefined)[], atMs = t0) => {
    const readings = sequences.map((sequence): Reading => {
      return { deviceId, epcHex: "E280", receivedTimeMs: atMs, ...(sequence === undefined ? {} : { sequence }) };
    });
    meter.count({ ...nothingParsed(), readings }, atMs);
  };
  const signal = (...signals: Signal[]) => meter.count({ ...nothingParsed(), signals }, t0);
  return { meter, read, signal };
}

describe("a device's health", () => {
  it("waits until it is heard, and is silent when it is not heard any more", () => {
    const { meter, read } = open();
    expect(meter.health(t0).state).toBe("waiting");
    read([1]);
    expect(meter.health(t0 + 1000)).toMatchObject({ state: "connected", lastHeardMs: t0, readings: 1 });
    expect(meter.health(t0 + 600_000).state).toBe("silent");
  });

  it("counts gaps of the device's counter as lost, but neither a replay nor a restart", () => {
    const { meter, read } = open();
    read([10, 11, 14]);
    expect(meter.health(t0).lost).toBe(2);
    read([5, 6, 7]);
    read([1, 2, undefined, 3]);
    expect(meter.health(t0).lost).toBe(2);
    read([5_000_000]);
    expect(meter.health(t0).lost).toBe(2);
  });

  it("takes no counter for gapless that is not", () => {
    const { meter, read } = open(false);
    read([1, 9]);
    expect(meter.health(t0).lost).toBe(0);
  });

  it("measures readings a second", () => {
    const { meter, read } = open();
    for (let second = 0; second <= 10; second++)
      read(
        Array.from({ length: 40 }, () => undefined),
        t0 + second * 1000,
      );
    expect(meter.health(t0 + 10_500).readingsPerS).toBeCloseTo(40, 0);
    expect(meter.health(t0 + 60_000).readingsPerS).toBe(0);
  });

  it("shows antennas, inputs, loss and trouble as the device tells them", () => {
    const { meter, signal } = open();
    signal({ kind: "heartbeat", antennasConnected: [1, 4] });
    expect(meter.health(t0).detail).toBeUndefined();
    signal({ kind: "heartbeat", antennasConnected: [4] });
    expect(meter.health(t0)).toMatchObject({ state: "connected", detail: "antenna 1 not connected" });
    signal({ kind: "antenna", antenna: 1, connected: true }, { kind: "input", pin: 2, high: true });
    signal({ kind: "loss", count: 120, detail: "overflow" });
    const health = meter.health(t0);
    expect(health.detail).toBeUndefined();
    expect(health.inputs.get(2)).toBe(true);
    expect(health).toMatchObject({ lost: 120, trouble: { detail: "readings lost: overflow", atMs: t0 } });
  });

  it("is silent when the reader's last will says so, and failed when its port is gone", () => {
    const { meter, signal } = open();
    signal({ kind: "online", online: false });
    expect(meter.health(t0).state).toBe("silent");
    meter.connection("failed", "it was unplugged");
    expect(meter.health(t0)).toMatchObject({ state: "failed", detail: "it was unplugged" });
    meter.connection("connected");
    signal({ kind: "online", online: true });
    expect(meter.health(t0).state).toBe("connected");
  });

  it("is bounded, whatever a device calls its pins", () => {
    const { meter, signal } = open();
    for (let pin = 0; pin < 1000; pin++)
      signal({ kind: "input", pin, high: true }, { kind: "antenna", antenna: pin, connected: true });
    expect(meter.health(t0).inputs.size).toBeLessThanOrEqual(256);
    expect(meter.health(t0).antennas.size).toBeLessThanOrEqual(256);
  });
});

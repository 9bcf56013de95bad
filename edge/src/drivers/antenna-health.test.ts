import { DeviceId, type Reading } from "@tallygate/protocol";
import { describe, expect, it } from "vitest";
import { AntennaMeters } from "./antenna-health.ts";
import { nothingParsed } from "./driver.ts";
import { DeviceMeter } from "./health.ts";
import { ActiveClock } from "./silence.ts";

const deviceId = DeviceId.parse("dock-1");
const t0 = 1_790_000_000_000;
const minuteMs = 60_000;

function reading(antenna: number, rssiDbm?: number): Reading {
  return { deviceId, epcHex: "E280", antenna, receivedTimeMs: t0, ...(rssiDbm === undefined ? {} : { rssiDbm }) };
}

describe("an antenna", () => {
  const silent = (meters: AntennaMeters, nowMs: number) =>
    meters
      .list(nowMs)
      .filter(each => each.silent)
      .map(({ antenna }) => antenna);

  it("is silent when it used to hear and has not for long, while the others of the device do", () => {
    const meters = new AntennaMeters(8);
    let minute = 0;
    for (; minute < 30; minute++) for (const antenna of [1, 2]) meters.hear(reading(antenna), t0 + minute * minuteMs);
    expect(silent(meters, t0 + minute * minuteMs)).toEqual([]);
    for (const end = minute + 15; minute < end; minute++) meters.hear(reading(1), t0 + minute * minuteMs);
    expect(silent(meters, t0 + minute * minuteMs)).toEqual([]);
    for (const end = minute + 10; minute < end; minute++) meters.hear(reading(1), t0 + minute * minuteMs);
    expect(silent(meters, t0 + minute * minuteMs)).toEqual([2]);
    meters.hear(reading(2), t0 + minute * minuteMs);
    expect(silent(meters, t0 + minute * minuteMs)).toEqual([]);
  });

  it("is not missed over a weekend, nor when it was hardly ever heard", () => {
    const meters = new AntennaMeters(8);
    for (let minute = 0; minute < 30; minute++)
      for (const antenna of [1, 2]) meters.hear(reading(antenna), t0 + minute * minuteMs);
    meters.hear(reading(3), t0);
    const monday = t0 + 2 * 86_400_000;
    for (let minute = 0; minute < 10; minute++) meters.hear(reading(1), monday + minute * minuteMs);
    expect(silent(meters, monday + 10 * minuteMs)).toEqual([]);
  });

  it("has a baseline of its signal strength that moves slowly", () => {
    const meters = new AntennaMeters(8);
    for (let i = 0; i < 10_000; i++) meters.hear(reading(1, i % 2 === 0 ? -58 : -62), t0);
    const before = meters.list(t0)[0]?.rssi;
    expect(before?.meanDbm).toBeCloseTo(-60, 0);
    expect(before?.deviationDb).toBeCloseTo(2, 1);
    for (let i = 0; i < 100; i++) meters.hear(reading(1, -80), t0);
    expect(meters.list(t0)[0]?.rssi?.meanDbm).toBeGreaterThan(-62);
    expect(new AntennaMeters(8).list(t0)).toEqual([]);
  });

  it("is measured by the second, and there are so many of them at most (I12)", () => {
    const meters = new AntennaMeters(8);
    for (let second = 0; second <= 10; second++)
      for (let i = 0; i < 40; i++) meters.hear(reading(1), t0 + second * 1000);
    expect(meters.list(t0 + 10_500)[0]?.readingsPerS).toBeCloseTo(40, 0);
    expect(meters.list(t0 + 60_000)[0]?.readingsPerS).toBe(0);
    for (let antenna = 1; antenna < 100; antenna++) meters.hear(reading(antenna), t0);
    expect(meters.list(t0)).toHaveLength(8);
  });
});

describe("a device", () => {
  const open = (more: object = {}) => {
    const siteClock = new ActiveClock();
    const meter = (id: string) =>
      new DeviceMeter({ id, driver: "json", countsReadings: false, siteClock, nowMs: t0, ...more });
    const read = (own: DeviceMeter, atMs: number) => own.count({ ...nothingParsed(), readings: [reading(1)] }, atMs);
    return { meter, read };
  };

  it("is missed when it used to be heard and has not been for long, while others of the site are", () => {
    const { meter, read } = open();
    const [one, two] = [meter("one"), meter("two")];
    let minute = 0;
    for (; minute < 30; minute++) for (const each of [one, two]) read(each, t0 + minute * minuteMs);
    for (const end = minute + 25; minute < end; minute++) read(one, t0 + minute * minuteMs);
    const now = t0 + minute * minuteMs;
    expect(two.health(now)).toMatchObject({ state: "silent", missed: expect.stringContaining("others") });
    expect(one.health(now).missed).toBeUndefined();
    read(two, now);
    expect(two.health(now).missed).toBeUndefined();
  });

  it("is missed soon when its heartbeat stays out, whoever else is heard", () => {
    const { meter } = open();
    const own = meter("one");
    for (let beat = 0; beat < 20; beat++) {
      own.count({ ...nothingParsed(), signals: [{ kind: "heartbeat" }] }, t0 + beat * 10_000);
    }
    expect(own.health(t0 + 200_000 + 30_000).missed).toBeUndefined();
    expect(own.health(t0 + 200_000 + 70_000).missed).toMatch(/heartbeat/);
  });

  it("is missed after the time that its configuration says, also when it was never heard", () => {
    const { meter, read } = open({ silentMs: 5000 });
    const own = meter("one");
    expect(own.health(t0 + 4000).missed).toBeUndefined();
    expect(own.health(t0 + 6000).missed).toMatch(/5 s/);
    read(own, t0 + 6000);
    expect(own.health(t0 + 7000).missed).toBeUndefined();
  });
});

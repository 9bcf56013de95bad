import { describe, expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { listen, type RadioSettings } from "./radio.ts";

const radio: RadioSettings = {
  antennas: 4,
  roundMs: 200,
  readRate: 0.65,
  everyTagRead: true,
  rssiDbmAtMetre: -46,
  rssiDeviationDb: 2.5,
  thresholdDbm: -72,
  strayRate: 0,
  duplicateRate: 0,
  lateRate: 0,
  lateMs: 300,
};
const tags = Array.from({ length: 200 }, (_, index) => `30340000000000000000${String(index).padStart(4, "0")}`);
const near = Array.from({ length: 32 }, (_, index) => `30FF0000000000000000${String(index).padStart(4, "0")}`);
const passage = { atMs: 10_000, endMs: 13_000, tags, near };

function hear(settings: Partial<RadioSettings>, seed = "radio") {
  return listen(passage, { ...radio, ...settings }, createRandom(seed));
}

function heardTags(deliveries: ReturnType<typeof listen>): Set<string> {
  return new Set(deliveries.map(({ report }) => report.epcHex));
}

describe("what a gate hears", () => {
  test("is the same for the same seed", () => {
    expect(hear({})).toEqual(hear({}));
    expect(hear({}, "other")).not.toEqual(hear({}));
  });

  test("is each tag several times, from several antennas, within the crossing", () => {
    const deliveries = hear({});
    expect(heardTags(deliveries).size).toBe(200);
    expect(deliveries.length / 200).toBeGreaterThan(3);
    expect(new Set(deliveries.map(({ report }) => report.antenna))).toEqual(new Set([1, 2, 3, 4]));
    for (const { report } of deliveries) {
      expect(report.atMs).toBeGreaterThanOrEqual(10_000);
      expect(report.atMs).toBeLessThan(13_000);
    }
  });

  test("follows the read rate: twice the rate, twice the reports", () => {
    const few = hear({ readRate: 0.3 }).length;
    const many = hear({ readRate: 0.6 }).length;
    expect(many / few).toBeGreaterThan(1.8);
    expect(many / few).toBeLessThan(2.2);
  });

  test("is each tag at least once however bad the rate, unless that is given up", () => {
    expect(heardTags(hear({ readRate: 0.001 })).size).toBe(200);
    expect(heardTags(hear({ readRate: 0.001, everyTagRead: false })).size).toBeLessThan(20);
  });

  test("is stronger the nearer the tag is: in the middle of the crossing", () => {
    const mean = (fromMs: number, toMs: number) => {
      const some = hear({}).filter(({ report }) => report.atMs >= fromMs && report.atMs < toMs);
      return some.reduce((sum, { report }) => sum + report.peakRssiDbm, 0) / some.length;
    };
    expect(mean(11_300, 11_700)).toBeGreaterThan(mean(10_000, 10_400) + 8);
  });

  test("passes as strong as the threshold at least, and strays weaker than it", () => {
    const deliveries = hear({ strayRate: 1, rssiDeviationDb: 8 });
    const strays = deliveries.filter(({ report }) => report.isStray);
    expect(strays.map(({ report }) => report.epcHex).toSorted()).toEqual(near);
    for (const { report } of deliveries) {
      expect(report.peakRssiDbm < radio.thresholdDbm).toBe(report.isStray);
    }
  });
});

describe("what a gate delivers", () => {
  test("is in the order of time and numbered without a gap when nothing goes wrong", () => {
    expect(hear({}).map(({ report }) => report.number)).toEqual(hear({}).map((_, index) => index));
  });

  test("is now and then doubled, under the same number", () => {
    const deliveries = hear({ duplicateRate: 0.1 });
    const numbers = new Set(deliveries.map(({ report }) => report.number));
    const doubled = (deliveries.length - numbers.size) / numbers.size;
    expect(doubled).toBeGreaterThan(0.06);
    expect(doubled).toBeLessThan(0.14);
    expect(Math.max(...numbers)).toBe(numbers.size - 1);
  });

  test("is now and then late, and so out of order, with its own time", () => {
    const deliveries = hear({ lateRate: 0.2 });
    const lates = deliveries.filter(({ atMs, report }) => atMs > report.atMs);
    expect(lates.length / deliveries.length).toBeGreaterThan(0.15);
    const numbers = deliveries.map(({ report }) => report.number);
    expect(numbers).not.toEqual(numbers.toSorted((left, right) => left - right));
    for (const { atMs, report } of deliveries) expect(atMs - report.atMs).toBeLessThanOrEqual(300);
  });
});

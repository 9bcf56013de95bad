import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime } from "./time.ts";

describe("times as readers write them", () => {
  it.each([
    ["2026-09-07T12:50:36.194+0000", 1_788_785_436_194],
    ["2026-09-07T12:50:36.194Z", 1_788_785_436_194],
    ["2026-09-07T12:50:36.194+00:00", 1_788_785_436_194],
    ["2026-09-07T14:50:36.194+0200", 1_788_785_436_194],
    ["2026-09-07T06:20:36.194-06:30", 1_788_785_436_194],
    ["2021-07-09T23:35:59.278999999Z", 1_625_873_759_278],
    ["2021-07-09T23:35:59.2Z", 1_625_873_759_200],
    ["2021-07-09T23:35:59.27Z", 1_625_873_759_270],
    ["2021-07-09T23:35:59Z", 1_625_873_759_000],
    ["2024-02-29T00:00:00Z", 1_709_164_800_000],
    ["1970-01-01T00:00:00Z", 0],
  ])("%s is %i", (text, time) => {
    expect(parseTime(text)).toBe(time);
  });

  it.each([
    ["without an offset", "2026-09-07T12:50:36.194"],
    ["of another form", "07/09/2026 12:22"],
    ["on a day that does not exist", "2026-02-30T12:00:00Z"],
    ["in a month that does not exist", "2026-13-01T12:00:00Z"],
    ["at an hour that does not exist", "2026-09-07T24:50:36Z"],
    ["with an empty fraction", "2026-09-07T12:50:36.Z"],
    ["with too long a fraction", "2026-09-07T12:50:36.1234567890Z"],
    ["with something behind it", "2026-09-07T12:50:36Z "],
    ["with half an offset", "2026-09-07T12:50:36+02"],
    ["before 1970", "1969-12-31T23:59:59Z"],
    ["empty", ""],
  ])("a time %s is none", (_, text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it("agrees with the platform for every time of these centuries", () => {
    const max = new Date("2199-12-31T23:59:59.999Z");
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max, noInvalidDate: true }), date => {
        expect(parseTime(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});

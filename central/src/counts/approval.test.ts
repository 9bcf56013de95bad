import { describe, expect, test } from "vitest";
import { aboveLimits, mayApprove } from "./approval.ts";

const line = (expected: number, variance: number, price?: number) => ({ expected, variance, price });

describe("approval", () => {
  test.each([
    ["nothing differs, and there is no limit", [line(5, 0)], {}, true],
    ["something differs, and there is no limit", [line(5, 1)], {}, false],
    ["units on the limit", [line(50, -10), line(5, 10)], { units: 10 }, true],
    ["units above it", [line(50, -11)], { units: 10 }, false],
    ["a share on the limit", [line(100, 5)], { percent: 5 }, true],
    ["a share above it", [line(100, -6)], { percent: 5 }, false],
    ["anything where nothing should be", [line(0, 1)], { percent: 500 }, false],
    ["value found and lost is added up", [line(9, 2, 300), line(9, -1, 500)], { value: 1100 }, true],
    ["value above the limit", [line(9, 2, 300), line(9, -1, 501)], { value: 1100 }, false],
    ["what has no price has no value", [line(9, 9)], { value: 0 }, true],
    ["each limit holds", [line(1000, 9, 1000)], { units: 10, value: 100 }, false],
  ])("%s", (_, lines, limits, isWithin) => {
    expect(aboveLimits(lines, limits) === undefined).toBe(isWithin);
  });

  test("is not given by whoever counted or handed in", () => {
    expect(mayApprove("person:maria", ["device:gun/1", "person:maria"])).toBe(false);
    expect(mayApprove("person:paul", ["device:gun/1", "person:maria"])).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { LossCounter } from "./loss.ts";

function lostOf(...sequences: readonly number[]): number {
  const counter = new LossCounter();
  for (const sequence of sequences) counter.follow(sequence);
  return counter.lost;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe("loss by a device's own counter", () => {
  it.each([
    ["nothing is missing", range(1, 100), 0],
    ["numbers are missing", [1, 2, 5, 6, 9], 4],
    ["what is missing comes late", [1, 2, 4, 3, 5], 0],
    ["some come twice", [1, 2, 2, 1, 2, 3], 0],
    ["the device begins again", [...range(500, 600), ...range(0, 200)], 0],
    ["the device begins again, and then loses some", [...range(500, 600), ...range(0, 80), 85], 5],
    ["a replay comes among live readings", range(0, 400).flatMap(index => [5000 + index, 1000 + index]), 0],
    ["the counter is set far on", [1, 2, 5_000_000, 5_000_001], 0],
  ])("when %s", (_, sequences, lost) => {
    expect(lostOf(...sequences)).toBe(lost);
  });
});

import { expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

it("allows a burst and then so much a second, and makes who did too much wait for all of it", () => {
  const bucket = new TokenBucket({ perS: 10, burst: 2, nowMs: 0 });
  expect(bucket.waitMs(0)).toBe(0);
  bucket.spend(2, 0);
  expect(bucket.waitMs(0)).toBe(100);
  expect(bucket.waitMs(100)).toBe(0);
  bucket.spend(101, 100);
  expect(bucket.waitMs(100)).toBe(10_100);
  expect(bucket.waitMs(10_200)).toBe(0);
});

it("saves nothing up beyond its burst, and gives nothing for a clock that goes back", () => {
  const bucket = new TokenBucket({ perS: 10, burst: 2, nowMs: 0 });
  bucket.spend(2, 1_000_000);
  expect(bucket.waitMs(1_000_000)).toBe(100);
  expect(bucket.waitMs(0)).toBe(100);
});

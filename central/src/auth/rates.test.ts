import { expect, test } from "vitest";
import { authLimits } from "./limits.ts";
import { Buckets } from "./rates.ts";

test("a caller has a burst, and then as many as come back", () => {
  let nowMs = 0;
  const buckets = new Buckets({ perMinute: 60, burst: 3 }, () => nowMs);
  const take = () => buckets.take("shop");
  expect([take(), take(), take()].map(taken => taken.remaining)).toEqual([2, 1, 0]);
  expect(take()).toEqual({ allowed: false, remaining: 0, resetS: 1 });
  expect(buckets.take("other").allowed, "another caller is not concerned").toBe(true);
  nowMs += 999;
  expect(take().allowed).toBe(false);
  nowMs += 1;
  expect(take()).toEqual({ allowed: true, remaining: 0, resetS: 3 });
  nowMs += 60 * 60_000;
  expect(take(), "no more is saved than the burst").toMatchObject({ allowed: true, remaining: 2 });
});

test("a clock that goes back takes nothing away, and gives nothing", () => {
  let nowMs = 10_000;
  const buckets = new Buckets({ perMinute: 60, burst: 1 }, () => nowMs);
  expect(buckets.take("shop").allowed).toBe(true);
  nowMs = 0;
  expect(buckets.take("shop").allowed).toBe(false);
});

test("10,000 orders a minute of one client, each of five requests, are within the default", async () => {
  const { RateLimitsConfig } = await import("./config.ts");
  const { client_per_minute: perMinute, client_burst: burst } = RateLimitsConfig.parse({});
  let nowMs = 0;
  const buckets = new Buckets({ perMinute, burst }, () => nowMs);
  for (let sent = 0; sent < 100_000; sent++) {
    nowMs += 60_000 / 50_000;
    if (!buckets.take("shop").allowed) expect.fail(`${sent} were sent`);
  }
});

test("a crowd of addresses does not fill the memory, and an empty bucket stays while there is room", () => {
  const buckets = new Buckets({ perMinute: 60, burst: 2 }, () => 0);
  buckets.take("eager");
  buckets.take("eager");
  for (let address = 0; address < authLimits.rateCallersMax - 1; address++) buckets.peek(`quiet ${address}`);
  buckets.take("one more");
  expect(buckets.take("eager").allowed).toBe(false);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Clock, eventTimeOf, observe, openClock } from "./clock-skew.ts";
import { startMs } from "./core.fixture.ts";

const hourMs = 3_600_000;

/** A device whose clock is off by `skewMs` (added to its times it would be right), heard with a delay. */
function heard(clock: Clock | undefined, trueMs: number, delayMs: number, skewMs: number): Clock {
  const receivedMs = trueMs + delayMs;
  const readerMs = trueMs - skewMs;
  const known = clock ?? openClock(receivedMs, readerMs);
  observe(known, receivedMs, readerMs);
  return known;
}

function listen(skewMs: number, delaysMs: readonly number[], everyMs = 200): Clock {
  let clock: Clock | undefined;
  for (const [index, delayMs] of delaysMs.entries()) clock = heard(clock, startMs + index * everyMs, delayMs, skewMs);
  if (clock === undefined) throw new Error("nothing was heard");
  return clock;
}

const someDelays = (count: number) => Array.from({ length: count }, (_, index) => 5 + ((index * 37) % 400));

describe("the skew of a clock", () => {
  test.each([
    ["right", 0],
    ["a second behind", 1000],
    ["ten minutes ahead", -600_000],
    ["an hour ahead", -hourMs],
    ["never set, since 1970", startMs - 12_345],
  ])("%s is found, with no more than the smallest delay in it", (_, skewMs) => {
    const clock = listen(skewMs, someDelays(100));
    expect(clock.skewMs - skewMs).toBeGreaterThanOrEqual(0);
    expect(clock.skewMs - skewMs).toBeLessThanOrEqual(5);
  });

  test("ten minutes behind looks like a replay at first, and is found because it stays the same", () => {
    const clock = listen(600_000, someDelays(150));
    expect(clock.skewMs).toBe(600_005);
  });

  test("delays are not taken for skew", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5_000_000, max: 1000 }),
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 5, maxLength: 200 }),
        (skewMs, delaysMs) => {
          const clock = listen(skewMs, delaysMs);
          const smallest = Math.min(...delaysMs);
          expect(clock.skewMs).toBeGreaterThanOrEqual(skewMs);
          // Until it was told by a quick message, the first one's delay is all that is known.
          expect(clock.skewMs).toBeLessThanOrEqual(Math.max(skewMs + smallest, skewMs + (delaysMs[0] ?? 0)));
        },
      ),
    );
  });

  test("a replay after an outage keeps its own times", () => {
    const clock = listen(300, someDelays(50));
    const outageEndsMs = startMs + 3 * hourMs;
    for (let n = 0; n < 5000; n++) {
      const trueMs = startMs + 20_000 + n * 2000;
      const receivedMs = outageEndsMs + n * 4;
      observe(clock, receivedMs, trueMs - 300);
      expect(Math.abs(eventTimeOf(clock, receivedMs, trueMs - 300) - trueMs)).toBeLessThanOrEqual(500);
    }
  });

  test("a replay as the very first that is heard keeps its own times", () => {
    let clock: Clock | undefined;
    for (let n = 0; n < 100; n++) clock = heard(clock, startMs - hourMs + n * 1000, hourMs - n * 990, 0);
    expect(clock?.skewMs).toBe(0);
  });

  test.each([
    ["back by an hour", hourMs],
    ["forward by an hour", -hourMs],
    ["forward by six seconds", -6000],
  ])("a clock that is set %s is followed", (_, stepMs) => {
    let clock = listen(0, someDelays(50));
    for (let n = 0; n < 150; n++) clock = heard(clock, startMs + hourMs + n * 200, 5 + (n % 7), stepMs);
    expect(Math.abs(clock.skewMs - stepMs)).toBeLessThanOrEqual(15);
  });

  test("one wrong time changes nothing", () => {
    const clock = listen(0, someDelays(50));
    const before = clock.skewMs;
    observe(clock, startMs + 60_000, startMs + 900 * hourMs);
    heard(clock, startMs + 60_100, 10, 0);
    expect(clock.skewMs).toBe(before);
  });

  test("a clock that drifts is followed", () => {
    let clock: Clock | undefined;
    const drift = (trueMs: number) => (trueMs - startMs) * 0.0002;
    for (let trueMs = startMs; trueMs < startMs + 6 * hourMs; trueMs += 5000) {
      clock = heard(clock, trueMs, 10 + ((trueMs / 5000) % 50), drift(trueMs));
    }
    expect(Math.abs((clock?.skewMs ?? 0) - drift(startMs + 6 * hourMs))).toBeLessThan(250);
  });
});

test("nothing is read after it was received", () => {
  const clock = listen(0, [1000, 1000, 1000]);
  expect(eventTimeOf(clock, startMs, startMs + 500)).toBe(startMs);
  expect(eventTimeOf(undefined, startMs, undefined)).toBe(startMs);
});

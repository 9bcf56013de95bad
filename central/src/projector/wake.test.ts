import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Wake } from "./wake.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a call before the wait ends it at once, and names what has changed", async () => {
  const wake = new Wake(10);
  wake.call(["a", "b"]);
  wake.call(["a"]);
  await wake.wait(1_000_000);
  expect(wake.take()).toEqual(["a", "b"]);
});

test("a wait without a call ends in time and means all", async () => {
  const wake = new Wake(10);
  const waiting = wake.wait(1_000);
  await vi.advanceTimersByTimeAsync(1_000);
  await waiting;
  expect(wake.take()).toBeUndefined();
});

test("too many names mean all, once", async () => {
  const wake = new Wake(2);
  const waiting = wake.wait(1_000_000);
  wake.call(["a", "b", "c"]);
  await waiting;
  wake.call(["d"]);
  expect(wake.take()).toBeUndefined();
  wake.call(["e"]);
  expect(wake.take()).toEqual(["e"]);
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { backoff, retry, sleep } from "./backoff.ts";

describe("backoff", () => {
  test("waits double from the least to the most and stay there", () => {
    const waits = backoff({ minMs: 100, maxMs: 1000, jitter: 0 });
    expect(waits.take(6).toArray()).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  test.each([
    { random: 0, expected: [80, 160] },
    { random: 0.5, expected: [100, 200] },
    { random: 0.999_999, expected: [120, 240] },
  ])("jitter with chance at $random varies each wait by a fifth, and the growth not at all", ({ random, expected }) => {
    const waits = backoff({ minMs: 100, maxMs: 1000, random: () => random });
    expect(waits.take(2).toArray()).toEqual(expected);
  });

  test("jitter never exceeds the most", () => {
    const waits = backoff({ minMs: 1000, maxMs: 1000, random: () => 0.999 });
    expect(waits.next().value).toBe(1000);
  });
});

describe("with a clock that only moves by hand", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("sleep ends after its time and not before", async () => {
    const ended = vi.fn();
    const sleeping = sleep(1000).then(ended);
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalledOnce();
    await sleeping;
  });

  test("an abort ends sleep at once, without throwing and without a timer left behind", async () => {
    const abort = new AbortController();
    const sleeping = sleep(1_000_000, abort.signal);
    abort.abort();
    await sleeping;
    await sleep(1_000_000, abort.signal);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("retry goes on until the work succeeds, telling each failure with its wait", async () => {
    const work = vi.fn<() => Promise<string>>().mockRejectedValueOnce("first").mockRejectedValueOnce("second");
    work.mockResolvedValue("done");
    const onFailure = vi.fn();
    const result = retry(work, { waits: [10, 20, 30], onFailure });
    await vi.advanceTimersByTimeAsync(30);
    expect(await result).toBe("done");
    expect(onFailure.mock.calls).toEqual([
      ["first", 10],
      ["second", 20],
    ]);
  });

  test("retry throws the last failure when its waits are used up", async () => {
    let tries = 0;
    const result = retry(() => Promise.reject(new Error(`try ${++tries}`)), { waits: [10, 10] });
    const refused = expect(result).rejects.toThrow("try 3");
    await vi.advanceTimersByTimeAsync(20);
    await refused;
  });

  test("retry stops waiting and trying when it is aborted", async () => {
    const abort = new AbortController();
    const work = vi.fn(() => Promise.reject(new Error("still down")));
    const result = retry(work, { waits: backoff({ minMs: 1e6, maxMs: 1e6 }), signal: abort.signal });
    const refused = expect(result).rejects.toThrow("still down");
    await vi.advanceTimersByTimeAsync(1);
    abort.abort();
    await refused;
    expect(work).toHaveBeenCalledOnce();
  });
});

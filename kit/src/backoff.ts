export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
  readonly factor?: number;
  /** Each wait varies by this part of itself to both sides, so that many clients do not come back at once. */
  readonly jitter?: number;
  /** From 0 up to 1. Given in tests. */
  readonly random?: () => number;
}

/** The waits between tries, growing from `minMs` to `maxMs`. Never ends: take a new one after a success. */
export function* backoff({
  minMs,
  maxMs,
  factor = 2,
  jitter = 0.2,
  random = Math.random,
}: BackoffOptions): Generator<number, never, void> {
  let baseMs = minMs;
  for (;;) {
    const varied = baseMs * (1 + jitter * (2 * random() - 1));
    yield Math.min(maxMs, Math.max(0, Math.round(varied)));
    baseMs = Math.min(maxMs, baseMs * factor);
  }
}

/** Waits; returns at once when the signal aborts, without throwing: ask `signal.aborted` afterwards. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}

export interface RetryOptions {
  /** Finite waits bound the tries; with `backoff()` the signal is the only end. */
  readonly waits: Iterable<number>;
  readonly signal?: AbortSignal;
  readonly onFailure?: (error: unknown, waitMs: number) => void;
}

/** Tries until it works, the waits are used up, or the signal aborts; then the last failure is thrown. */
export async function retry<T>(work: () => Promise<T>, { waits, signal, onFailure }: RetryOptions): Promise<T> {
  for (const waitMs of waits) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted) throw error;
      onFailure?.(error, waitMs);
      await sleep(waitMs, signal);
      if (signal?.aborted) throw error;
    }
  }
  return work();
}

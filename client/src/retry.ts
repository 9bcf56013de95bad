import { setTimeout as pause } from "node:timers/promises";

export interface RetryOptions {
  /** How often a request is sent at most, the first time included. */
  readonly attempts: number;
  /** Above it, it is not waited for what `Retry-After` says: the refusal is the answer. */
  readonly waitMaxMs: number;
  /** Waits; tests give their own. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Sends a request until it is answered by something else than "not now": 429, 503, or no answer at all. That is safe for all that central
 * takes: what changes something says what is to be so, or has an `Idempotency-Key`, the same one each time.
 */
export async function sendAgain(
  send: () => Promise<Response>,
  signal: AbortSignal,
  { attempts, waitMaxMs, wait = waitFor }: RetryOptions,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= attempts;
    const usualMs = Math.min(waitMaxMs, 250 * 2 ** (attempt - 1) * (0.5 + Math.random()));
    let waitMs = usualMs;
    try {
      const answer = await send();
      if (isLast || (answer.status !== 429 && answer.status !== 503)) return answer;
      waitMs = retryAfterMs(answer.headers.get("retry-after")) ?? usualMs;
      if (waitMs > waitMaxMs) return answer;
      await answer.body?.cancel();
    } catch (error) {
      if (isLast || signal.aborted || !isUnanswered(error)) throw error;
    }
    await wait(waitMs, signal);
  }
}

/** Seconds, or a date. */
function retryAfterMs(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal });
}

/** `fetch` rejects so when there is no connection, or it ends, or one try took too long. */
function isUnanswered(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
}

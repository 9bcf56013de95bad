import { setImmediate as turn } from "node:timers/promises";
import { sleep } from "@tallygate/kit";
import { limits } from "./limits.ts";

/** Where the world's time meets the clock. What cannot be kept up with is put off, not hurried: the world has waited. */
export interface Pacer {
  /** When a time of the world is on the clock, in milliseconds since 1970 UTC, as it looks now. Never goes back. */
  wallMs(worldMs: number): number;
  /** Resolves when that time has come, or the signal aborts. */
  until(worldMs: number, signal: AbortSignal): Promise<void>;
}

export interface PacerOptions {
  readonly speed: number;
  readonly now?: () => number;
}

export function createPacer({ speed, now = Date.now }: PacerOptions): Pacer {
  let beginMs = now();
  let inRow = 0;

  function wallMs(worldMs: number): number {
    return Math.floor(beginMs + worldMs / speed);
  }

  return {
    wallMs,
    async until(worldMs, signal) {
      const waitMs = wallMs(worldMs) - now();
      if (waitMs < -limits.lagMaxMs) beginMs -= waitMs;
      if (waitMs > 0) {
        inRow = 0;
        await sleep(waitMs, signal);
      } else if (++inRow >= limits.burstMax) {
        inRow = 0;
        await turn();
      }
    },
  };
}

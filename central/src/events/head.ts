import { sleep } from "@tallygate/kit";
import { readHead } from "../db/events/log.ts";
import type { Pool } from "../db/pool.ts";
import { eventLimits } from "./limits.ts";

/**
 * How far the numbers are, as this process knows: told at once where this process is the emitter, asked for otherwise, and only while
 * somebody waits.
 */
export class Head implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #stop = new AbortController();
  readonly #waiting = new Set<{ readonly after: number; readonly wake: () => void }>();
  #seq = 0;
  #looking: Promise<void> | undefined;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  get seq(): number {
    return this.#seq;
  }

  get waiters(): number {
    return this.#waiting.size;
  }

  /** There are events up to this number. */
  reached(seq: number): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    for (const waiter of this.#waiting) if (seq > waiter.after) waiter.wake();
  }

  /** Returns once there is an event behind the number, after the time, or when the signal aborts. */
  async waitBehind(after: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#seq > after || this.#stop.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { after, wake: () => resolve() };
    const end = AbortSignal.any([this.#stop.signal, ...(signal === undefined ? [] : [signal])]);
    const wake = () => resolve();
    end.addEventListener("abort", wake, { once: true });
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting.add(waiter);
    this.#looking ??= this.#look();
    await promise;
    this.#waiting.delete(waiter);
    clearTimeout(timer);
    end.removeEventListener("abort", wake);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { signal } = this.#stop;
    while (this.#waiting.size > 0 && !signal.aborted) {
      // While the database does not answer there is nothing to tell; whoever asks it hears why.
      this.reached(await readHead(this.#pool).catch(() => 0));
      await sleep(eventLimits.headEveryMs, signal);
    }
    this.#looking = undefined;
  }
}

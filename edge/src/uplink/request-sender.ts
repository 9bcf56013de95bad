import { backoff, sleep } from "@tallygate/kit";
import { limits } from "../limits.ts";

export interface RequestSenderDeps<T> {
  /** The next message, of what waits longest; undefined when nothing does. */
  readonly next: () => T | undefined;
  /** Asks the centre to commit it; its answer comes after its commit. */
  readonly ask: (request: T) => Promise<unknown>;
  /** Takes the answer; from then on this is not what waits. Throws on an answer that is none. */
  readonly confirm: (reply: unknown) => void;
  readonly signal: AbortSignal;
  readonly onConfirmed: () => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Sends what goes beside the movements, such as what was counted, one message after the other: each is asked for until the centre says
 * that it has committed it. Such messages are few, and nothing is chained to them, so a request and its answer do what movements need
 * a stream and cursors for.
 */
export class RequestSender<T> {
  readonly #deps: RequestSenderDeps<T>;
  #working: Promise<void> | undefined;

  constructor(deps: RequestSenderDeps<T>) {
    this.#deps = deps;
  }

  /** Something may wait. */
  wake(): void {
    if (this.#deps.signal.aborted) return;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Ends when the work under way has seen the signal. */
  async ended(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { next, ask, confirm, signal, onConfirmed, onFailure } = this.#deps;
    let waits = backoff(limits.uplink.retry);
    for (let request = next(); request !== undefined && !signal.aborted; request = next()) {
      try {
        confirm(await ask(request));
        waits = backoff(limits.uplink.retry);
        onConfirmed();
      } catch (error) {
        if (signal.aborted) return;
        onFailure(error);
        await sleep(waits.next().value, signal);
      }
    }
  }
}

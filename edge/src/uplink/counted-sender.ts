import { backoff, sleep } from "@tallygate/kit";
import { contractVersion, type Observations, ObservationsReply } from "@tallygate/protocol";
import { limits } from "../limits.ts";
import type { Store } from "../store/store.ts";

export interface CountedSenderDeps {
  readonly store: Store;
  /** Asks the centre to commit them; its answer comes after its commit. */
  readonly ask: (request: Observations) => Promise<unknown>;
  readonly signal: AbortSignal;
  readonly onConfirmed: () => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Sends what was counted, one message after the other, beside the movements: each is asked for until the centre says that it has
 * committed it, and dropped here then. Scans of people and sweeps are few, and nothing is chained to them, so a request and its answer
 * do what movements need a stream and cursors for.
 */
export class CountedSender {
  readonly #deps: CountedSenderDeps;
  #working: Promise<void> | undefined;

  constructor(deps: CountedSenderDeps) {
    this.#deps = deps;
  }

  /** Something may wait. */
  wake(): void {
    const { store, signal } = this.#deps;
    if (signal.aborted || store.observationsWaiting === 0) return;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Ends when the work under way has seen the signal. */
  async ended(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { store, signal, onConfirmed, onFailure } = this.#deps;
    let waits = backoff(limits.uplink.retry);
    for (let waiting = store.observations(); waiting !== undefined && !signal.aborted; waiting = store.observations()) {
      try {
        const { epoch, observations } = waiting;
        const request = { v: contractVersion, site: store.site, epoch, observations } as const;
        const reply = ObservationsReply.parse(await this.#deps.ask(request));
        store.confirmObservations(reply);
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

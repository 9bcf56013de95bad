import type { Batch, Cursor } from "@tallygate/protocol";
import { limits } from "../limits.ts";
import type { Store } from "../store/store.ts";
import { makeBatch } from "./batches.ts";

export interface SenderDeps {
  readonly store: Store;
  /** Resolves when the stream has it, which confirms nothing. */
  readonly publish: (batch: Batch) => Promise<void>;
  /** Sending makes no sense at the moment: greet the centre again. */
  readonly trouble: (error: Error) => void;
  readonly confirmMs: number;
}

/** Confirmations stay out. */
export class Unconfirmed extends Error {
  override readonly name = "Unconfirmed";
}

interface Sent {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
}

/**
 * Sends the outbox in order, epoch by epoch, with at most a window of batches under way.
 *
 * Modes: *stopped* (after the construction and `stop`) → `start` → *sending*: each wake, confirmation and published batch sends what
 * the window allows. `goBack` sends again from where the centre says. When nothing is confirmed for a while, or publishing fails,
 * it stops by itself and says so: what is on the centre's disk is then asked anew.
 */
export class Sender {
  readonly #deps: SenderDeps;
  #next: { epoch: string; seq: number } | undefined;
  #sent: Sent[] = [];
  #round = 0;
  #turn: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #patienceMs: number;
  #quietUntilMs = 0;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
    this.#patienceMs = deps.confirmMs;
  }

  /** Begins after what the centre has confirmed. */
  start(): void {
    this.stop();
    const { store } = this.#deps;
    const first = store.unconfirmed()[0] ?? store.epoch;
    this.#next = { epoch: first.epoch, seq: first.confirmed + 1 };
    this.pump();
  }

  stop(): void {
    this.#round++;
    this.#next = undefined;
    this.#sent = [];
    clearTimeout(this.#timer);
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  /** Something new may be in the outbox. The first batch goes out before this returns. */
  pump(): void {
    if (this.#turn !== undefined) return;
    try {
      if (!this.#sendOne()) return;
    } catch (error) {
      this.#fail(error);
      return;
    }
    // One batch a turn of the event loop: devices are answered in between.
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.pump();
    });
  }

  /** The centre has committed up to these cursors. */
  confirmed(cursors: readonly Cursor[]): void {
    if (this.#next === undefined) return;
    const before = this.#sent.length;
    for (const { epoch, seq } of cursors)
      this.#sent = this.#sent.filter(sent => sent.epoch !== epoch || sent.last > seq);
    if (this.#sent.length === before) return;
    this.#patienceMs = this.#deps.confirmMs;
    this.#watch();
    this.pump();
  }

  /** The centre missed movements. All batches behind a gap ask for the same: only the first is heard. */
  goBack(epoch: string, from: number): void {
    if (this.#next === undefined || performance.now() < this.#quietUntilMs) return;
    if (this.#deps.store.findEpoch(epoch) === undefined) return;
    this.#quietUntilMs = performance.now() + limits.uplink.resendQuietMs;
    this.#round++;
    this.#sent = [];
    this.#next = { epoch, seq: from };
    this.pump();
  }

  #sendOne(): boolean {
    if (this.#next === undefined || this.#sent.length >= limits.uplink.windowBatches) return false;
    const batch = this.#nextBatch(this.#next);
    if (batch === undefined) return false;
    const { epoch, first, movements } = batch;
    this.#next = { epoch, seq: first + movements.length };
    this.#sent.push({ epoch, first, last: first + movements.length - 1 });
    if (this.#sent.length === 1) this.#watch();
    const round = this.#round;
    this.#deps.publish(batch).catch((error: unknown) => {
      if (round === this.#round) this.#fail(error);
    });
    return true;
  }

  #nextBatch({ epoch, seq }: { epoch: string; seq: number }): Batch | undefined {
    const { store } = this.#deps;
    const known = store.findEpoch(epoch);
    if (known !== undefined && seq <= known.last) return makeBatch(store, known, seq);
    const later = store.unconfirmed().find(next => next.id > (known?.id ?? 0));
    return later === undefined ? undefined : makeBatch(store, later, later.confirmed + 1);
  }

  /** Waits for the next confirmation, each time longer while none comes: a slow centre is not helped by repeats. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#sent.length === 0) return;
    this.#timer = setTimeout(() => {
      const waitedMs = this.#patienceMs;
      this.#patienceMs = Math.min(limits.uplink.confirmMaxMs, waitedMs * 2);
      this.#fail(new Unconfirmed(`the centre has confirmed nothing for ${waitedMs / 1000} s`));
    }, this.#patienceMs);
  }

  #fail(error: unknown): void {
    this.stop();
    this.#deps.trouble(error instanceof Error ? error : new Error(String(error)));
  }
}

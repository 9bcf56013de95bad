import type { Problem, Reading } from "@tallygate/protocol";
import type { AnswerBody } from "./answer.ts";
import type { ScannerOrder } from "./core/scanner/scanner-state.ts";
import { limits } from "./limits.ts";

/**
 * What one device message brought, with its answer still owed. `settle` is called exactly once: without an argument after
 * everything in it is on disk, with an error when it will not be (the process stops); then the device must send it again.
 */
export interface Delivery {
  readonly deviceId: string;
  readonly readings: readonly Reading[];
  /** What the driver could not read, with its bytes: it becomes exceptions in the same commit. */
  readonly refused: readonly { readonly problem: Problem; readonly bytes: Uint8Array }[];
  /** Modes of scanners that a person sets. */
  readonly orders?: readonly ScannerOrder[];
  settle(error?: Error, answers?: Answers): void;
}

/** What a scan, by its reading, or an order is told after the commit; nothing for what has no answer, such as a tag at a gate. */
export type Answers = (asked: Reading | ScannerOrder) => AnswerBody | undefined;

/** What a tick does. `commit` throws when the disk fails; nothing is lost then, and the tick is tried again. */
export interface TickSteps<D> {
  decide(deliveries: readonly Delivery[]): D;
  commit(decision: D): void;
  apply(decision: D): void;
  /** What is answered, asked for when the answers are given. */
  answers?(decision: D): Answers;
  /** Called when commits begin to fail (with the cause) and when they work again (without). */
  alarm?(error: Error | undefined): void;
}

export interface InboxOptions {
  readonly waitingMax?: number;
  readonly tickReadingsMax?: number;
  /** The shortest time between two ticks under load, so that a trickle does not cost one sync a reading. */
  readonly intervalMs?: number;
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
}

/** Deliveries ended by a stop; their devices send again. */
export class InboxStopped extends Error {
  override readonly name = "InboxStopped";
}

/**
 * The bounded queue between drivers and the core, and the loop that empties it in ticks.
 *
 * Modes: *idle* (nothing waits) → *due* (a tick is scheduled) → the tick, which runs to its end synchronously → *idle*, *due*,
 * or *failing* (the commit threw: what waits keeps waiting and a tick is due after a back-off) → … → *stopped*. Only
 * `schedule`, `tick` and `stop` change it.
 */
export class Inbox {
  readonly #options: Required<InboxOptions>;
  readonly #waiting: Delivery[] = [];
  #weight = 0;
  #roomWaiters: (() => void)[] = [];
  #tick: (() => void) | undefined;
  #cancel: (() => void) | undefined;
  #lastTickAt = Number.NEGATIVE_INFINITY;
  #failure: { error: Error; waitMs: number } | undefined;
  #stopped = false;

  constructor(options: InboxOptions = {}) {
    this.#options = { ...limits.inbox, ...options };
  }

  /**
   * Takes the delivery, or answers false when the inbox is full or stopped: then nothing was taken, `settle` will not be called,
   * and the driver holds its device back until {@link room}, or refuses.
   */
  offer(delivery: Delivery): boolean {
    const weight = weightOf(delivery);
    if (this.#stopped || (this.#weight > 0 && this.#weight + weight > this.#options.waitingMax)) return false;
    this.#waiting.push(delivery);
    this.#weight += weight;
    this.#schedule();
    return true;
  }

  /** Resolves as soon as something was taken out, at once while there is room; another may be quicker: offer again. */
  room(): Promise<void> {
    if (this.#stopped || this.#weight < this.#options.waitingMax) return Promise.resolve();
    return new Promise(resolve => this.#roomWaiters.push(resolve));
  }

  /** Readings (and refused messages, by their bytes) that wait for their tick. */
  get waiting(): number {
    return this.#weight;
  }

  /** Why commits fail at the moment, while they do. */
  get failure(): Error | undefined {
    return this.#failure?.error;
  }

  /** Begins the ticks. A throw of `decide` or `apply` is a programmer's error and ends the process. */
  run<D>(steps: TickSteps<D>): Disposable {
    if (this.#tick !== undefined) throw new Error("the inbox runs already");
    this.#tick = () => this.#runTick(steps);
    this.#schedule();
    return { [Symbol.dispose]: () => this.#stop() };
  }

  #schedule(): void {
    if (this.#tick === undefined || this.#cancel !== undefined || this.#stopped || this.#waiting.length === 0) return;
    const tick = () => {
      this.#cancel = undefined;
      this.#tick?.();
    };
    const sinceLastMs = performance.now() - this.#lastTickAt;
    const waitMs = this.#failure?.waitMs ?? this.#options.intervalMs - sinceLastMs;
    if (waitMs > 0) {
      const timer = setTimeout(tick, waitMs);
      this.#cancel = () => clearTimeout(timer);
    } else {
      const immediate = setImmediate(tick);
      this.#cancel = () => clearImmediate(immediate);
    }
  }

  #runTick<D>(steps: TickSteps<D>): void {
    const deliveries = this.#take();
    const decision = steps.decide(deliveries);
    try {
      steps.commit(decision);
    } catch (thrown) {
      this.#fail(steps, thrown instanceof Error ? thrown : new Error(String(thrown)));
      return;
    }
    steps.apply(decision);
    if (this.#failure !== undefined) {
      this.#failure = undefined;
      steps.alarm?.(undefined);
    }
    this.#waiting.splice(0, deliveries.length);
    for (const delivery of deliveries) this.#weight -= weightOf(delivery);
    this.#lastTickAt = performance.now();
    const answers = steps.answers?.(decision);
    for (const delivery of deliveries) delivery.settle(undefined, answers);
    this.#wakeWaiters();
    this.#schedule();
  }

  /** The oldest deliveries, as many as one tick takes; they stay in the queue until they are committed. */
  #take(): readonly Delivery[] {
    let weight = 0;
    let count = 0;
    for (const delivery of this.#waiting) {
      weight += weightOf(delivery);
      if (count > 0 && weight > this.#options.tickReadingsMax) break;
      count++;
    }
    return this.#waiting.slice(0, count);
  }

  #fail<D>(steps: TickSteps<D>, error: Error): void {
    const first = this.#failure === undefined;
    const waitMs = Math.min((this.#failure?.waitMs ?? 0) * 2 || this.#options.retryMinMs, this.#options.retryMaxMs);
    this.#failure = { error, waitMs };
    if (first) steps.alarm?.(error);
    this.#schedule();
  }

  #wakeWaiters(): void {
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const wake of waiters) wake();
  }

  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
    const deliveries = this.#waiting.splice(0);
    this.#weight = 0;
    for (const delivery of deliveries) delivery.settle(new InboxStopped("the edge stops; send again"));
    this.#wakeWaiters();
  }
}

/** Refused bytes count too: 256 of them are as heavy as a reading. */
function weightOf(delivery: Delivery): number {
  let weight = delivery.readings.length;
  for (const refused of delivery.refused) weight += 1 + (refused.bytes.length >>> 8);
  return Math.max(1, weight);
}

import type { JsMsg } from "@nats-io/jetstream";
import { type ReadMessage, readMessage } from "./read-message.ts";

/** A message that waits for its transaction. It is acknowledged after the commit. */
export interface Waiting {
  readonly message: JsMsg;
  readonly partition: number;
  readonly read: ReadMessage;
  readonly movements: number;
}

export interface InboxOptions {
  /** What one transaction takes at most. As much again may wait beside it. */
  readonly movementsMax: number;
  readonly bytesMax: number;
}

/**
 * Messages that have been fetched, read and hash-checked while PostgreSQL works on those before them. Full, it makes its
 * partitions wait, and they then fetch nothing.
 */
export class Inbox {
  private readonly options: InboxOptions;
  private waiting: Waiting[] = [];
  private movements = 0;
  private bytes = 0;
  private changed = Promise.withResolvers<void>();

  constructor(options: InboxOptions) {
    this.options = options;
  }

  /** Reads a message and puts it in; resolves when the next one may come, or the signal aborts. */
  async put(message: JsMsg, partition: number, signal: AbortSignal): Promise<void> {
    const read = readMessage(message.subject, message.data);
    const movements = read.kind === "batch" ? read.batch.movements.length : 1;
    this.waiting.push({ message, partition, read, movements });
    this.movements += movements;
    this.bytes += message.data.length;
    this.notify();
    while (this.isFull() && !signal.aborted) await this.change(signal);
  }

  /** All that waits, up to one transaction's worth, in order; waits until there is something. Empty when the signal aborts. */
  async take(signal: AbortSignal): Promise<readonly Waiting[]> {
    while (this.waiting.length === 0 && !signal.aborted) await this.change(signal);
    let count = 0;
    let movements = 0;
    let bytes = 0;
    for (const entry of this.waiting) {
      const full = movements + entry.movements > this.options.movementsMax;
      if (count > 0 && (full || bytes + entry.message.data.length > this.options.bytesMax)) break;
      count += 1;
      movements += entry.movements;
      bytes += entry.message.data.length;
    }
    return this.remove(new Set(this.waiting.slice(0, count)));
  }

  /** Forgets what waits of a partition that is no longer this process's, and gives it back to its consumer. */
  drop(partition: number): void {
    const dropped = this.remove(new Set(this.waiting.filter(entry => entry.partition === partition)));
    for (const { message } of dropped) message.nak();
  }

  private remove(entries: ReadonlySet<Waiting>): readonly Waiting[] {
    const removed = this.waiting.filter(entry => entries.has(entry));
    this.waiting = this.waiting.filter(entry => !entries.has(entry));
    for (const { movements, message } of removed) {
      this.movements -= movements;
      this.bytes -= message.data.length;
    }
    this.notify();
    return removed;
  }

  private isFull(): boolean {
    return this.movements >= this.options.movementsMax || this.bytes >= this.options.bytesMax;
  }

  private notify(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }

  private async change(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal.addEventListener("abort", abort, { once: true });
    await Promise.race([this.changed.promise, aborted.promise]);
    signal.removeEventListener("abort", abort);
  }
}

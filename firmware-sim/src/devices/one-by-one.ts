import { EventEmitter, once } from "node:events";
import { limits } from "../limits.ts";
import type { Scan, WorldEvent } from "../world/events.ts";
import type { Device, DoubtfulScan, Parcel } from "./device.ts";

export interface OneByOneOptions {
  readonly id: string;
  readonly site: string;
  /** Has one scan said, until it is answered or given up. */
  act(scan: Scan, signal: AbortSignal): Promise<Said>;
  /** What is written for a scan, for those that are doubtful. */
  textOf(scan: Scan): string;
  close(): Promise<void>;
}

export interface Said {
  /** How often it was written. */
  readonly times: number;
  readonly result: "ok" | DoubtfulScan["why"];
}

/** A device that says one scan after another. Scans wait in order, and are never dropped. */
export class OneByOne implements Device {
  readonly id: string;
  readonly #options: OneByOneOptions;
  readonly #closing = new AbortController();
  readonly #events = new EventEmitter();
  readonly #waiting: Scan[] = [];
  readonly #doubtful: DoubtfulScan[] = [];
  readonly #living: Promise<void>;
  #counts = { made: 0, sent: 0, answered: 0, resent: 0, pending: 0, readings: 0 };

  constructor(options: OneByOneOptions) {
    this.id = options.id;
    this.#options = options;
    this.#events.setMaxListeners(0);
    this.#living = this.#live();
  }

  hear(event: WorldEvent): readonly Parcel[] {
    return event.kind === "scan" ? [{ atMs: event.atMs, send: () => this.#take(event) }] : [];
  }

  hasRoom(): boolean {
    return this.#counts.pending < limits.scansWaitingMax;
  }

  room(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.hasRoom(), signal);
  }

  finish(): void {}

  settle(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#counts.pending === 0, signal);
  }

  counts() {
    return { ...this.#counts };
  }

  doubtful(): readonly DoubtfulScan[] {
    return this.#doubtful;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#living;
    await this.#options.close();
  }

  #take(scan: Scan): void {
    this.#counts.made++;
    this.#counts.readings++;
    this.#counts.pending++;
    this.#waiting.push(scan);
    this.#events.emit("taken");
  }

  async #live(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const scan = this.#waiting.shift();
      if (scan === undefined) {
        await once(this.#events, "taken", { signal }).catch(() => undefined);
        continue;
      }
      const { times, result } = await this.#options.act(scan, signal);
      if (signal.aborted) return;
      this.#counts.sent += times;
      this.#counts.resent += Math.max(0, times - 1);
      this.#counts.pending--;
      if (result === "ok") this.#counts.answered++;
      else this.#doubt(scan, result);
      this.#events.emit("done");
    }
  }

  #doubt(scan: Scan, why: DoubtfulScan["why"]): void {
    if (this.#doubtful.length >= limits.doubtfulMax) return;
    const { item, from, to } = scan;
    const { site, id: device, textOf } = this.#options;
    this.#doubtful.push({ site, device, data: textOf(scan), sku: item.sku, from, to, why });
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    while (!isSo() && !either.aborted) await once(this.#events, "done", { signal: either }).catch(() => undefined);
  }
}

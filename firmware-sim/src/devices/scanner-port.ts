import { EventEmitter, once } from "node:events";
import { access } from "node:fs/promises";
import { backoff, type Log, sentence, sleep } from "@tallygate/kit";
import { SerialPort } from "serialport";
import { limits } from "../limits.ts";

export interface ScannerPortOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly log: Log;
  /** For devices that take more than single bytes for an answer: all that comes in, as it comes. */
  readonly hear?: (bytes: Uint8Array) => void;
}

/**
 * A serial port that may be there or not: it waits for the path, opens it, and begins again when the port goes away.
 *
 * Modes: *away* (waits for the path, or for the opening), *open*, *closed* (for good). Only `#live` changes them.
 */
export class ScannerPort implements AsyncDisposable {
  readonly #options: ScannerPortOptions;
  readonly #closing = new AbortController();
  readonly #events = new EventEmitter();
  readonly #living: Promise<void>;
  #port: SerialPort | undefined;

  constructor(options: ScannerPortOptions) {
    this.#options = options;
    this.#living = this.#live();
  }

  /** Writes all bytes, as soon as there is a port. False when the signal aborted first, or the port broke meanwhile. */
  async write(bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    while (this.#port === undefined && !either.aborted) {
      await once(this.#events, "open", { signal: either }).catch(() => undefined);
    }
    const port = this.#port;
    if (port === undefined || either.aborted) return false;
    return new Promise(resolve => {
      const end = (isWritten: boolean) => {
        port.off("close", broken);
        // A port that fails is opened anew; not every one that is gone says so by itself.
        if (!isWritten && port.isOpen) port.close(() => undefined);
        resolve(isWritten);
      };
      const broken = () => end(false);
      port.once("close", broken);
      port.write(Buffer.from(bytes), error => (error ? end(false) : port.drain(failed => end(!failed))));
    });
  }

  /** The next byte that comes in; `undefined` when none came before the signal aborted. */
  async answer(signal: AbortSignal): Promise<number | undefined> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    if (either.aborted) return undefined;
    const data: unknown[] = await once(this.#events, "answer", { signal: either }).catch(() => []);
    return typeof data[0] === "number" ? data[0] : undefined;
  }

  async #live(): Promise<void> {
    const { path, log } = this.#options;
    let waits = backoff({ minMs: limits.retryMinMs, maxMs: limits.retryMaxMs });
    let complaint = "";
    while (!this.#closing.signal.aborted) {
      try {
        await access(path);
        await this.#connection();
        waits = backoff({ minMs: limits.retryMinMs, maxMs: limits.retryMaxMs });
        complaint = "";
      } catch (error) {
        const text = sentence(error);
        if (text !== complaint) log.warn({ path }, `The scanner waits for its port: ${text}`);
        complaint = text;
      }
      await sleep(waits.next().value, this.#closing.signal);
    }
  }

  /** From the opening of the port to its end; throws when it cannot be opened. */
  async #connection(): Promise<void> {
    const { path, baudRate, log } = this.#options;
    const port = new SerialPort({ path, baudRate, autoOpen: false });
    await new Promise<void>((resolve, reject) => port.open(error => (error ? reject(error) : resolve())));
    port.on("error", error => log.debug({ path }, `The port fails: ${sentence(error)}`));
    port.on("data", (bytes: Buffer) => {
      this.#options.hear?.(bytes);
      for (const byte of bytes) this.#events.emit("answer", byte);
    });
    const closed = new Promise<void>(resolve => port.once("close", () => resolve()));
    this.#port = port;
    this.#events.emit("open");
    const aborted = once(this.#closing.signal, "abort");
    await Promise.race([closed, aborted]);
    this.#port = undefined;
    if (port.isOpen) await new Promise<void>(resolve => port.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#living;
  }
}

import { stat } from "node:fs/promises";
import { backoff, type Log, sentence, sleep } from "@tallygate/kit";
import { SerialPort } from "serialport";
import type { Parsed, Reply } from "../drivers/driver.ts";
import type { DeviceMeter } from "../drivers/health.ts";
import type { StreamDevice } from "../drivers/index.ts";
import type { Intake } from "../drivers/intake.ts";
import type { Answers } from "../inbox.ts";
import { limits } from "./limits.ts";

export interface DevicePortOptions {
  readonly device: StreamDevice;
  readonly intake: Intake;
  readonly meter: DeviceMeter;
  readonly log: Log;
  readonly now?: () => number;
}

/**
 * Keeps one serial port open and feeds its decoder, until it is disposed. A port that is missing, busy or pulled is a normal event:
 * it is told once, in the log and the device's health, and tried again.
 *
 * Modes: *opening* (with back-off) → *open* → *opening* … → *closed*. Only the loop in `#run` changes them.
 */
export class DevicePort implements AsyncDisposable {
  readonly #options: DevicePortOptions;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #told = false;

  constructor(options: DevicePortOptions) {
    this.#options = options;
  }

  open(): void {
    this.#running = this.#run(this.#closing.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let waits = backoff({ minMs: limits.openMinMs, maxMs: limits.openMaxMs });
    while (!signal.aborted) {
      try {
        await using session = await openSession(this.#options);
        this.#tellOpen();
        waits = backoff({ minMs: limits.openMinMs, maxMs: limits.openMaxMs });
        this.#tellFailed(await session.end(signal), signal);
      } catch (error) {
        // The library's own messages begin with `Error: `.
        this.#tellFailed(sentence(error).replace(/^Error: /, ""), signal);
      }
      await sleep(waits.next().value, signal);
    }
  }

  #tellOpen(): void {
    const { meter, log, device } = this.#options;
    this.#told = false;
    meter.connection("connected");
    log.info({ device: device.id, port: device.settings.port }, "the serial port is open");
  }

  #tellFailed(detail: string, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { meter, log, device } = this.#options;
    meter.connection("failed", detail);
    if (!this.#told) log.warn({ device: device.id, port: device.settings.port, detail }, "the serial port is not open");
    this.#told = true;
  }
}

async function openSession(options: DevicePortOptions): Promise<Session> {
  const { port: path, baud, data_bits, parity, stop_bits } = options.device.settings;
  const port = new SerialPort({
    path,
    baudRate: baud,
    dataBits: data_bits,
    parity,
    stopBits: stop_bits,
    autoOpen: false,
    highWaterMark: 16 * 1024,
  });
  await openWithin(port, limits.openDeadlineMs);
  return new Session(port, options, await identityOf(path));
}

async function openWithin(port: SerialPort, deadlineMs: number): Promise<void> {
  const opened = new Promise<void>((resolve, reject) => port.open(error => (error ? reject(error) : resolve())));
  const settled = new AbortController();
  const late = sleep(deadlineMs, settled.signal).then(() => Promise.reject(new Error(`${port.path} does not open`)));
  try {
    await Promise.race([opened, late]);
  } catch (error) {
    // Should it open after all, it must not stay locked.
    void opened.then(() => port.close()).catch(() => undefined);
    throw error;
  } finally {
    settled.abort();
  }
}

/** What tells one plugged device from the next behind the same name. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { rdev, ino, dev } = await stat(path);
    return `${dev}:${ino}:${rdev}`;
  } catch {
    return undefined;
  }
}

/** Replies that wait until what came before them is on disk. */
interface Owed {
  readonly replies: readonly Reply[];
  isStored: boolean;
  answers: Answers | undefined;
}

/** One opening of a port. */
class Session implements AsyncDisposable {
  readonly #port: SerialPort;
  readonly #options: DevicePortOptions;
  readonly #identity: string | undefined;
  readonly #decoder;
  readonly #ended = Promise.withResolvers<string>();
  readonly #idle: NodeJS.Timeout;
  readonly #wake: NodeJS.Timeout | undefined;
  /** In the order in which they came; as many as the intake holds deliveries at most. */
  #owed: Owed[] = [];
  readonly #watch: NodeJS.Timeout;
  readonly #now: () => number;
  #heardAt = performance.now();

  constructor(port: SerialPort, options: DevicePortOptions, identity: string | undefined) {
    this.#port = port;
    this.#options = options;
    this.#identity = identity;
    this.#now = options.now ?? Date.now;
    this.#decoder = options.device.openDecoder();
    port.on("data", (chunk: Buffer) => this.#hear(chunk));
    port.on("error", error => this.#ended.resolve(sentence(error)));
    port.on("close", (error: Error | null) => this.#ended.resolve(error ? sentence(error) : "it was unplugged"));
    this.#idle = setTimeout(() => this.#take(this.#decoder.idle(this.#now())), this.#decoder.idleMs);
    this.#watch = setInterval(() => void this.#look(), limits.watchMs);
    const { wake } = this.#decoder;
    this.#wake = wake && setInterval(() => this.#write(wake.command()), wake.silenceMs);
    if (wake !== undefined) this.#write(wake.command());
  }

  /** Resolves with the reason when the port is not usable any more, or when the signal aborts. */
  async end(signal: AbortSignal): Promise<string> {
    const stop = () => this.#ended.resolve("the edge stops");
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const reason = await this.#ended.promise;
    signal.removeEventListener("abort", stop);
    return reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle);
    clearInterval(this.#watch);
    clearInterval(this.#wake);
    this.#port.removeAllListeners("data");
    this.#take(this.#decoder.abandon());
    if (this.#port.isOpen) await new Promise<void>(resolve => this.#port.close(() => resolve()));
  }

  #hear(chunk: Buffer): void {
    this.#heardAt = performance.now();
    this.#idle.refresh();
    this.#wake?.refresh();
    for (let from = 0; from < chunk.length; from += limits.chunkBytesMax) {
      this.#take(this.#decoder.push(chunk.subarray(from, from + limits.chunkBytesMax), this.#now()));
    }
    const { intake } = this.#options;
    if (intake.held === 0) return;
    this.#port.pause();
    void intake.room().then(() => this.#port.resume());
  }

  #take(parsed: Parsed): void {
    const { readings, refused, signals, replies = [] } = parsed;
    if (readings.length + refused.length + signals.length + replies.length === 0) return;
    const owed: Owed = {
      replies: replies.filter(({ after }) => after === "commit"),
      isStored: false,
      answers: undefined,
    };
    this.#owed.push(owed);
    for (const { bytes, after } of replies) if (after === "now") this.#write(bytes);
    const { device, intake } = this.#options;
    intake.takeParsed(device.id, parsed, (error, answers) => {
      owed.isStored = error === undefined;
      owed.answers = answers;
      this.#pay();
    });
  }

  /** What brings nothing to store is settled at once; its reply waits for what came before it nevertheless. */
  #pay(): void {
    const unstored = this.#owed.findIndex(({ isStored }) => !isStored);
    const paid = this.#owed.splice(0, unstored === -1 ? this.#owed.length : unstored);
    for (const { replies, answers } of paid) {
      for (const { bytes, to } of replies) {
        const answer = to && answers?.(to.reading);
        this.#write(to === undefined || answer === undefined ? bytes : to.tell(answer));
      }
    }
  }

  /** A device that is gone is told nothing; what it sent is kept all the same. */
  #write(bytes: Uint8Array): void {
    if (this.#port.isOpen && bytes.length > 0) this.#port.write(Buffer.from(bytes));
  }

  /** An unplug is not always told, and a device that has hung tells nothing at all. */
  async #look(): Promise<void> {
    const { port: path, silent_s } = this.#options.device.settings;
    if (silent_s > 0 && performance.now() - this.#heardAt > silent_s * 1000) {
      this.#ended.resolve(`nothing came for ${silent_s} s; it is opened anew`);
    } else if (this.#identity !== undefined && (await identityOf(path)) !== this.#identity) {
      this.#ended.resolve("it was unplugged");
    }
  }
}

import { connect, type Socket } from "node:net";
import { backoff, formatHostPort, type Log, sentence, sleep } from "@tallygate/kit";
import type { Conversation, Moment, Turn } from "../drivers/conversation.ts";
import type { Parsed } from "../drivers/driver.ts";
import type { DeviceMeter } from "../drivers/health.ts";
import type { TcpDevice } from "../drivers/index.ts";
import type { Intake } from "../drivers/intake.ts";
import { limits } from "./limits.ts";

export interface DeviceConnectionOptions {
  readonly device: TcpDevice;
  readonly intake: Intake;
  readonly meter: DeviceMeter;
  readonly log: Log;
  readonly now?: () => number;
}

/**
 * Keeps the connection to one device and feeds its conversation, until it is disposed. A device that is not there, refuses us or
 * breaks off is a normal event: it is told once, in the log and the device's health, and tried again.
 *
 * What is read is never dropped: while the inbox is full the socket is not read, so that the device's own buffer fills instead,
 * and no new connection is opened.
 *
 * Modes: *waiting* (for room, or the back-off) → *connecting* → *talking* → *waiting* … → *closed*. Only the loop in `#run`
 * changes them.
 */
export class DeviceConnection implements AsyncDisposable {
  readonly #options: DeviceConnectionOptions;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #told = "";

  constructor(options: DeviceConnectionOptions) {
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
    let waits = newWaits();
    while (!signal.aborted) {
      await orAborted(this.#options.intake.room(), signal);
      if (signal.aborted) return;
      try {
        const socket = await openSocket(this.#options.device.endpoint, signal);
        await using talk = new Talk(socket, this.#options, () => {
          waits = newWaits();
          this.#tellRunning();
        });
        this.#tellFailed(await talk.end(signal), signal);
      } catch (error) {
        this.#tellFailed(sentence(error), signal);
      }
      await sleep(waits.next().value, signal);
    }
  }

  #tellRunning(): void {
    const { meter, log, device } = this.#options;
    this.#told = "";
    meter.connection("connected");
    log.info({ device: device.id, address: formatHostPort(device.endpoint) }, "the device is connected");
  }

  #tellFailed(detail: string, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { meter, log, device } = this.#options;
    meter.connection("failed", detail);
    const address = formatHostPort(device.endpoint);
    if (this.#told !== detail) log.warn({ device: device.id, address, detail }, "the device is not connected");
    this.#told = detail;
  }
}

function newWaits(): ReturnType<typeof backoff> {
  return backoff({ minMs: limits.retryMinMs, maxMs: limits.retryMaxMs });
}

function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const settled = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => settled.resolve(), { once: true });
  if (signal.aborted) settled.resolve();
  return Promise.race([work, settled.promise]);
}

function openSocket({ host, port }: TcpDevice["endpoint"], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const either = AbortSignal.any([signal, AbortSignal.timeout(limits.connectMs)]);
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: limits.probeMs });
    socket.pause();
    const fail = (error: unknown) => {
      socket.destroy();
      either.removeEventListener("abort", late);
      reject(error);
    };
    const late = () => fail(new Error(`${formatHostPort({ host, port })} does not answer`));
    either.addEventListener("abort", late, { once: true });
    socket.once("error", fail);
    socket.once("connect", () => {
      either.removeEventListener("abort", late);
      socket.removeListener("error", fail);
      resolve(socket);
    });
  });
}

/** One connection, from its opening to its end. */
class Talk implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #options: DeviceConnectionOptions;
  readonly #conversation: Conversation;
  readonly #onRunning: () => void;
  readonly #ended = Promise.withResolvers<string>();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isOver = false;
  /** Resolves when reading goes on; defined while it is held back. */
  #held: Promise<void> | undefined;

  constructor(socket: Socket, options: DeviceConnectionOptions, onRunning: () => void) {
    this.#socket = socket;
    this.#options = options;
    this.#conversation = options.device.openConversation();
    this.#onRunning = onRunning;
    socket.on("error", error => this.#over(sentence(error)));
    socket.on("end", () => this.#over("the device closed the connection"));
    socket.on("close", () => this.#over("the connection broke"));
    socket.on("data", (chunk: Buffer) => this.#hear(chunk));
    this.#do(this.#conversation.open(this.#now()));
    socket.resume();
  }

  /** Resolves with the reason when the connection is over; when the signal aborts, after the conversation's goodbye. */
  async end(signal: AbortSignal): Promise<string> {
    const stop = () => this.#do(this.#conversation.close(this.#now()));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const lateness = new AbortController();
    const late = orAborted(new Promise(() => undefined), signal)
      .then(() => sleep(limits.drainMs, lateness.signal))
      .then(() => "the edge stops");
    const reason = await Promise.race([this.#ended.promise, late]);
    lateness.abort();
    signal.removeEventListener("abort", stop);
    return reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket.removeAllListeners("data");
    this.#deliver(this.#conversation.abandon(this.#now()));
    await closed(this.#socket);
  }

  #hear(chunk: Buffer): void {
    for (let from = 0; from < chunk.length && !this.#isOver; from += limits.chunkBytesMax) {
      this.#do(this.#conversation.push(chunk.subarray(from, from + limits.chunkBytesMax), this.#now()));
    }
    const { intake } = this.#options;
    if (intake.held === 0 || this.#held !== undefined || this.#isOver) return;
    this.#socket.pause();
    clearTimeout(this.#timer);
    this.#held = intake.room().then(() => this.#goOn());
  }

  #goOn(): void {
    this.#held = undefined;
    if (this.#isOver) return;
    this.#do(this.#conversation.resume(this.#now()));
    this.#socket.resume();
  }

  #do({ parsed, send, running, end, wakeAtMs }: Turn): void {
    for (const part of parsed) this.#deliver(part);
    if (this.#isOver) return;
    for (const bytes of send) this.#socket.write(bytes);
    if (running && !this.#isRunning) this.#onRunning();
    this.#isRunning = running;
    if (end !== undefined) this.#over(end);
    else if (this.#socket.writableLength > limits.unsentBytesMax) this.#over("the device takes nothing");
    else this.#arm(wakeAtMs);
  }

  #arm(wakeAtMs: number): void {
    clearTimeout(this.#timer);
    if (this.#held !== undefined || wakeAtMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(1, Math.min(wakeAtMs - performance.now(), 2 ** 31 - 1));
    this.#timer = setTimeout(() => this.#do(this.#conversation.wake(this.#now())), waitMs);
  }

  #deliver(parsed: Parsed): void {
    const { readings, refused, signals } = parsed;
    if (readings.length + refused.length + signals.length === 0) return;
    const { device, intake } = this.#options;
    // The protocol has no answer to give: what is not taken any more when the edge stops, is lost with the process.
    intake.takeParsed(device.id, parsed, () => undefined);
  }

  #over(reason: string): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#ended.resolve(reason);
  }

  #now(): Moment {
    const { now = Date.now } = this.#options;
    return { timeMs: now(), steadyMs: performance.now() };
  }
}

/** Ends our side and waits for the other's, but not for long. */
async function closed(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const gone = new Promise<void>(resolve => socket.once("close", () => resolve()));
  socket.destroySoon();
  socket.resume();
  const waited = new AbortController();
  await Promise.race([gone, sleep(limits.drainMs, waited.signal)]);
  waited.abort();
  socket.destroy();
}

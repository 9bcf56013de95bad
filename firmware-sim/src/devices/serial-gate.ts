import { EventEmitter, once } from "node:events";
import { sleep } from "@tallygate/kit";
import { z } from "zod";
import { listen, type TagReport } from "../radio/radio.ts";
import { createRandom, type Random } from "../random.ts";
import type { WorldEvent } from "../world/events.ts";
import { type Device, type DeviceContext, deviceFields, type Parcel } from "./device.ts";
import { gateFields, radioSettings } from "./gate.ts";
import { lineFields, through } from "./line.ts";
import { ScannerPort } from "./scanner-port.ts";

/** What the settings of each reader on a serial port have. */
export function serialGateFields(baud: number) {
  return {
    ...deviceFields,
    port: z.string().min(1).max(1024).meta({ description: "Path of the serial port; it may come later." }),
    baud: z.int().min(300).max(921_600).default(baud),
    antennas: z.int().min(1).max(4).default(1),
    stay_ms: gateFields.stay_ms,
    dwell_ms: gateFields.dwell_ms,
    share: gateFields.share,
    keep_max: gateFields.keep_max,
    buffer_max: gateFields.buffer_max,
    radio: gateFields.radio,
    ...lineFields,
    pause_ms: z.int().min(5).max(10_000).default(200).meta({
      description: "How long a round lasts, or how often the reader says that there is no tag. On the clock.",
    }),
  };
}
const SerialGateSettings = z.object(serialGateFields(9600));
export type SerialGateSettings = z.infer<typeof SerialGateSettings>;

/** A command of the host, and how many of its bytes it took. */
export interface HostCommand {
  readonly bytes: number;
  readonly code: number;
  readonly data: Uint8Array;
}

/** What a reader answers a command, and what it does then: reads without end, reads for one round, or reads no more. */
export interface HostAnswer {
  readonly say: readonly Uint8Array[];
  readonly work?: "reading" | "round" | "stopped";
}

/** One maker's frames. */
export interface SerialDialect {
  /** The command that the bytes begin with; 0 when they begin with none, `undefined` when they do not suffice. */
  command(bytes: Buffer): HostCommand | 0 | undefined;
  answer(command: HostCommand): HostAnswer;
  tag(report: TagReport, random: Random): Uint8Array;
  /** What is said when there was no tag for a while. */
  noTag?(): Uint8Array;
  /** What is said at the end of a round. */
  roundEnd?(tags: number): Uint8Array;
}

/** Bytes of commands kept until they are whole. */
const heardBytesMax = 1024;

/** The shell that all readers on serial ports share. They read only while the host has told them to; until then what they made waits. */
export function openSerialGate(settings: SerialGateSettings, context: DeviceContext, dialect: SerialDialect): Device {
  return new SerialGate(settings, context, dialect);
}

/**
 * Modes: *stopped* (waits for a command), *reading* (says each tag as it comes), *round* (the same, until the round ends), *closed*.
 * Only commands and the end of a round change them.
 */
class SerialGate implements Device {
  readonly id: string;
  readonly #settings: SerialGateSettings;
  readonly #context: DeviceContext;
  readonly #dialect: SerialDialect;
  readonly #random: Random;
  readonly #port: ScannerPort;
  readonly #closing = new AbortController();
  readonly #events = new EventEmitter();
  readonly #answers: Uint8Array[] = [];
  readonly #waiting: TagReport[] = [];
  readonly #living: Promise<void>;
  #heard = Buffer.alloc(0);
  #mode: "stopped" | "reading" | "round" = "stopped";
  #roundEndMs = 0;
  #roundTags = 0;
  #made = 0;
  #sent = 0;
  #answered = 0;

  constructor(settings: SerialGateSettings, context: DeviceContext, dialect: SerialDialect) {
    this.id = settings.id;
    this.#settings = settings;
    this.#context = context;
    this.#dialect = dialect;
    this.#random = createRandom(`${context.site}/${settings.id}/line`);
    this.#events.setMaxListeners(0);
    const { port: path, baud: baudRate } = settings;
    this.#port = new ScannerPort({ path, baudRate, log: context.log, hear: bytes => this.#hearHost(bytes) });
    this.#living = this.#live();
  }

  hear(event: WorldEvent): readonly Parcel[] {
    if (event.kind !== "crossing") return [];
    const epcOf = ({ epcHex }: { readonly epcHex: string }) => epcHex;
    const passage = { ...event, tags: event.things.map(epcOf), near: event.near.map(epcOf) };
    const deliveries = listen(passage, radioSettings(this.#settings), this.#context.random);
    return deliveries.map(({ atMs, report }) => ({ atMs, send: () => this.#take(report) }));
  }

  hasRoom(): boolean {
    return this.#waiting.length < this.#settings.buffer_max;
  }

  room(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.hasRoom(), signal);
  }

  finish(): void {}

  settle(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#answered === this.#made, signal);
  }

  /** Nobody answers a report: it counts as answered when it is out. */
  counts() {
    const [made, answered] = [this.#made, this.#answered];
    const resent = Math.max(0, this.#sent - made);
    return { made, sent: this.#sent, answered, resent, pending: made - answered, readings: made };
  }

  doubtful() {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#living;
    await this.#port[Symbol.asyncDispose]();
  }

  #take(report: TagReport): void {
    this.#made++;
    this.#waiting.push(report);
    this.#events.emit("work");
  }

  #hearHost(bytes: Uint8Array): void {
    this.#heard = Buffer.concat([this.#heard, bytes]).subarray(-heardBytesMax);
    for (let at = 0; at < heardBytesMax && this.#heard.length > 0; at++) {
      const command = this.#dialect.command(this.#heard);
      if (command === undefined) return;
      this.#heard = this.#heard.subarray(command === 0 ? 1 : command.bytes);
      if (command !== 0) this.#obey(command);
    }
  }

  #obey(command: HostCommand): void {
    const { say, work } = this.#dialect.answer(command);
    this.#answers.push(...say);
    if (work !== undefined) this.#mode = work;
    this.#roundEndMs = performance.now() + this.#settings.pause_ms;
    if (work === "round") this.#roundTags = 0;
    this.#events.emit("work");
  }

  /** Answers go before reports. */
  async #live(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const answer = this.#answers.shift();
      if (answer !== undefined) await this.#port.write(answer, signal);
      else if (this.#mode !== "stopped" && this.#waiting.length > 0) await this.#sayTag(signal);
      else if (this.#mode !== "stopped" && performance.now() >= this.#roundEndMs) await this.#sayPause(signal);
      else await this.#workOrPause(signal);
    }
  }

  async #sayTag(signal: AbortSignal): Promise<void> {
    if (this.#mode === "round" && performance.now() >= this.#roundEndMs) return this.#sayPause(signal);
    const [report] = this.#waiting;
    if (report === undefined) return;
    const { bytes, isWhole } = through(this.#dialect.tag(report, this.#random), this.#settings.line, this.#random);
    if (!(await this.#port.write(bytes, signal))) return;
    this.#sent++;
    this.#roundTags++;
    if (this.#mode === "reading") this.#roundEndMs = performance.now() + this.#settings.pause_ms;
    // A tag in the field is read again and again: what was said wrongly is said once more.
    if (!isWhole) return;
    this.#waiting.shift();
    this.#answered++;
    this.#events.emit("done");
  }

  async #sayPause(signal: AbortSignal): Promise<void> {
    const isRound = this.#mode === "round";
    const words = isRound ? this.#dialect.roundEnd?.(this.#roundTags) : this.#dialect.noTag?.();
    if (isRound) this.#mode = "stopped";
    this.#roundEndMs = performance.now() + this.#settings.pause_ms;
    if (words !== undefined) await this.#port.write(words, signal);
  }

  async #workOrPause(signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    const waits = [once(this.#events, "work", { signal: either }).catch(() => undefined)];
    if (this.#mode !== "stopped") {
      waits.push(sleep(Math.max(1, this.#roundEndMs - performance.now()), either).then(() => undefined));
    }
    await Promise.race(waits);
    done.abort();
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    while (!isSo() && !either.aborted) await once(this.#events, "done", { signal: either }).catch(() => undefined);
  }
}

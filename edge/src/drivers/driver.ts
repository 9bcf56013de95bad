import type { DeviceId, Problem, ProblemCode, Reading } from "@tallygate/protocol";
import type { z } from "zod";
import type { AnswerBody } from "../answer.ts";
import type { ReadPointConfig } from "../core/types.ts";
import type { Conversation } from "./conversation.ts";
import { limits } from "./limits.ts";

/** What a device says besides tags and scans. It changes the device's health, never stock. */
export type Signal =
  | { readonly kind: "heartbeat"; readonly antennasConnected?: readonly number[]; readonly errors?: number }
  | { readonly kind: "input" | "output"; readonly pin: number; readonly high: boolean }
  | { readonly kind: "antenna"; readonly antenna: number; readonly connected: boolean }
  /** The device lost readings before us; `count` is absent when it does not say how many. */
  | { readonly kind: "loss"; readonly count?: number; readonly detail: string }
  | { readonly kind: "trouble"; readonly severity: "warning" | "error"; readonly detail: string }
  | { readonly kind: "online"; readonly online: boolean }
  | { readonly kind: "inventory"; readonly state: string }
  | { readonly kind: "answer"; readonly command: string; readonly commandId?: string; readonly ok: boolean }
  /** Understood and of no use to us, such as a Bluetooth beacon on a tag topic. */
  | { readonly kind: "ignored"; readonly type: string };

/** An input, or a part of one, that could not be read, with its bytes cut to {@link limits.refusedBytesMax}. */
export interface Refused {
  readonly problem: Problem;
  readonly bytes: Uint8Array;
}

/** What came out of one message, or out of some bytes of a stream. Each part may be empty. */
export interface Parsed {
  readonly readings: Reading[];
  readonly refused: Refused[];
  readonly signals: Signal[];
  /** Only of a stream: what its device is to be told. */
  readonly replies?: Reply[];
  /** Only of a message: what its device is to be told over the broker that it came by. */
  readonly commands?: Command[];
}

/** A message for a device. It is of QoS 0: whoever asks asks again. */
export interface Command {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** Bytes that a device on a serial port is told. */
export interface Reply {
  readonly bytes: Uint8Array;
  /**
   * `commit`: only after all that the port brought until now is on disk, because the device forgets it then. `now`: at once, such as
   * the command for the next round of an inventory.
   */
  readonly after: "commit" | "now";
  /** Of a reply to one scan: what is told instead of `bytes` when it is known what became of the scan. */
  readonly to?: { readonly reading: Reading; tell(answer: AnswerBody): Uint8Array };
}

export function nothingParsed(): Parsed {
  return { readings: [], refused: [], signals: [] };
}

/** What a parser must know besides the bytes. */
export interface MessageContext {
  readonly deviceId: DeviceId;
  readonly receivedTimeMs: number;
  /** The MQTT topic; a device may have several. */
  readonly topic: string;
}

/** Bytes of one MQTT message in, readings out. Never throws, whatever the bytes are; one bad element loses no good one. */
export type MessageParser = (payload: Uint8Array, context: MessageContext) => Parsed;

/**
 * Takes a stream's bytes in any chunks; the result depends on the bytes and their times alone. Owns no port and no timer: whoever
 * feeds it calls {@link StreamDecoder.idle} after {@link StreamDecoder.idleMs} without a byte. Keeps a bounded number of bytes.
 */
export interface StreamDecoder {
  readonly idleMs: number;
  push(chunk: Uint8Array, receivedTimeMs: number): Parsed;
  /** No byte came for a while: what began and has no end is ended, where a pause is an end, or given up. */
  idle(receivedTimeMs: number): Parsed;
  /** The port closed: what began and has no end is given up. */
  abandon(): Parsed;
  /** For a device that speaks only when it is told to. Absent: it speaks by itself. */
  readonly wake?: Wake | undefined;
}

/** How a device is set to work, and to work again: one that was unplugged, or that missed a command, says nothing any more. */
export interface Wake {
  /** So long without a byte means that it does not work. */
  readonly silenceMs: number;
  /** What it is told after the port opened, and after each such silence. A conversation that had begun begins anew. */
  command(): Uint8Array;
}

/** What every device's configuration has. */
export interface DeviceConfigBase {
  readonly id: DeviceId;
  readonly driver: string;
}

export interface MessageDeviceConfig extends DeviceConfigBase {
  readonly topic?: string | readonly string[] | undefined;
  readonly reply_topic?: string | undefined;
  readonly http?: boolean | undefined;
  readonly user?: string | undefined;
  readonly silent_s?: number | undefined;
}

export interface StreamDeviceConfig extends DeviceConfigBase {
  readonly port: string;
  readonly baud: number;
  readonly data_bits: 7 | 8;
  readonly parity: "none" | "even" | "odd" | "mark" | "space";
  readonly stop_bits: 1 | 2;
  readonly silent_s: number;
}

interface DriverBase<C extends DeviceConfigBase> {
  /** The value of `driver` in the configuration. */
  readonly name: string;
  /** For people: what is connected with it. */
  readonly title: string;
  readonly config: z.ZodType<C> & z.core.$ZodTypeDiscriminable;
  /** Where what it reads is, and what that means. */
  readPoints(config: C): readonly ReadPointConfig[];
  /** What a rule needs and this device does not send, as far as its configuration tells. */
  faults?(config: C): readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
}

/** A device that publishes messages over MQTT, or posts them over HTTP. */
export interface MessageDriver<C extends MessageDeviceConfig> extends DriverBase<C> {
  readonly transport: "mqtt";
  /** True when readings carry a counter without gaps of its own, so that a gap means loss. */
  readonly countsReadings: boolean;
  openParser(config: C): MessageParser;
  /** Topics that follow from the configuration, where it names none; a level may be the wildcard `+`. */
  topics?(config: C): readonly string[];
  /** For a topic that nobody is configured for: what a device of this driver would have in its configuration. */
  suggest?(topic: string): Readonly<Record<string, unknown>> | undefined;
}

/** A device on a serial port. */
export interface StreamDriver<C extends StreamDeviceConfig> extends DriverBase<C> {
  readonly transport: "serial";
  openDecoder(config: C): StreamDecoder;
}

/** A device that is connected to over TCP. */
export interface TcpDriver<C extends DeviceConfigBase> extends DriverBase<C> {
  readonly transport: "tcp";
  endpoint(config: C): { readonly host: string; readonly port: number };
  /** The protocol of one connection; each connection gets its own. */
  openConversation(config: C): Conversation;
}

/** Adds an input that could not be read. The bytes are copied, so that a large message is not kept for a small part of it. */
export function refuseInto(parsed: Parsed, code: ProblemCode, detail: string, input: Uint8Array, at?: string): void {
  const { refused } = parsed;
  if (refused.length >= limits.messageRefusedMax) {
    const last = refused.pop();
    const before = /^(\d+) more/.exec(last?.problem.detail ?? "")?.[1];
    const count = before === undefined ? 2 : Number(before) + 1;
    const problem: Problem = { code, detail: `${count} more elements of the same message were refused` };
    refused.push({ problem, bytes: last?.bytes ?? new Uint8Array() });
    return;
  }
  const bytes = Uint8Array.prototype.slice.call(input, 0, limits.refusedBytesMax);
  refused.push({ problem: { code, detail, ...(at === undefined ? {} : { at }) }, bytes });
}

/** Adds a signal; those above the limit of a message are not looked at. */
export function signalInto(parsed: Parsed, signal: Signal): void {
  if (parsed.signals.length < limits.messageSignalsMax) parsed.signals.push(signal);
}

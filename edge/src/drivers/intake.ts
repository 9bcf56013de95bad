import { sleep } from "@tallygate/kit";
import type { DeviceId, ProblemCode, Reading } from "@tallygate/protocol";
import { type AnswerBody, refusalBody } from "../answer.ts";
import type { Discoveries } from "../devices/discoveries.ts";
import type { Answers, Delivery, Inbox } from "../inbox.ts";
import { type Command, nothingParsed, type Parsed, type Refused, refuseInto } from "./driver.ts";
import type { DeviceMeter } from "./health.ts";
import type { MessageDevice } from "./index.ts";
import { limits } from "./limits.ts";

/** Called once: after the commit with the answers to its scans, or with an error when the device must send again. */
export type Settle = Delivery["settle"];

/** Sends a message to a device. */
export type Tell = (command: Command) => void;

export interface IntakeOptions {
  readonly inbox: Inbox;
  readonly meters: ReadonlyMap<string, DeviceMeter>;
  readonly discoveries?: Discoveries;
  readonly now?: () => number;
}

/** Shorter than a commit takes, much longer than a look at the inbox. */
const roomPauseMs = 2;

/** The device that messages without a device are kept under. */
export const unknownDevice = "unknown";

/**
 * The way of every device message into the inbox: parse, count, offer, in the order in which they came. When the inbox is full, what
 * comes waits here in the same order; how much that can be is bounded by the transports, which take no more from a device before
 * what they took is answered.
 */
export class Intake implements Disposable {
  readonly #inbox: Inbox;
  readonly #meters: ReadonlyMap<string, DeviceMeter>;
  readonly #discoveries: Discoveries | undefined;
  readonly #now: () => number;
  #held: Delivery[] = [];
  /** What stands before it in `#held` was taken by the inbox: an array's own shift costs its length. */
  #heldFrom = 0;
  #unknownMessages = 0;
  readonly #unknownTopics = new Set<string>();
  readonly #closing = new AbortController();

  constructor({ inbox, meters, discoveries, now = Date.now }: IntakeOptions) {
    this.#discoveries = discoveries;
    this.#inbox = inbox;
    this.#meters = meters;
    this.#now = now;
  }

  /** Deliveries that wait for room. */
  get held(): number {
    return this.#held.length - this.#heldFrom;
  }

  /** Messages of no configured device. */
  get unknownMessages(): number {
    return this.#unknownMessages;
  }

  /** Resolves when nothing is held back any more. */
  async room(): Promise<void> {
    while (this.held > 0) await this.#someRoom();
  }

  /** `tell` sends what the device is to be told; a way that cannot leaves it out. */
  takeMessage(device: MessageDevice, topic: string, payload: Uint8Array, settle: Settle, tell?: Tell): void {
    const receivedTimeMs = this.#now();
    const parsed = device.parse(payload, { deviceId: device.id, receivedTimeMs, topic });
    if (tell !== undefined) for (const command of parsed.commands ?? []) tell(command);
    const { replyTopic } = device;
    if (tell === undefined || replyTopic === undefined) this.takeParsed(device.id, parsed, settle);
    else {
      this.takeParsed(device.id, parsed, (error, answers) => {
        settle(error);
        if (error !== undefined) return;
        for (const body of answersTo(parsed, answers)) {
          tell({ topic: replyTopic, payload: Buffer.from(JSON.stringify(body)) });
        }
      });
    }
  }

  takeParsed(deviceId: DeviceId, parsed: Parsed, settle: Settle): void {
    this.#meters.get(deviceId)?.count(parsed, this.#now());
    // What changes nothing on disk needs no commit before its answer.
    if (parsed.readings.length === 0 && parsed.refused.length === 0) settle();
    else this.#offer(new Taken(deviceId, parsed.readings, parsed.refused, settle));
  }

  /** A message whose end was cut off by the transport because it was too large. `sizeBytes` is what it had. */
  takeOversize(
    deviceId: DeviceId | undefined,
    topic: string,
    head: Uint8Array,
    sizeBytes: number,
    settle: Settle,
  ): void {
    const detail = `A message of ${sizeBytes} bytes on ${topic}; the limit is ${limits.messageBytesMax}.`;
    this.#takeRefused(deviceId, "message.too_large", detail, head, topic, settle);
  }

  /** A message that no device is configured for. */
  takeUnknown(topic: string, payload: Uint8Array, settle: Settle, user?: string): void {
    this.#unknownMessages++;
    this.#discoveries?.heard(topic, payload, this.#now(), user);
    const detail = `No device is configured for the topic ${topic}: add one with this topic to devices.`;
    this.#takeRefused(undefined, "device.unknown", detail, payload, this.#nameUnknown(topic), settle);
  }

  /** Each topic is an exception of its own, but who makes up topics must not push out what others need to see. */
  #nameUnknown(topic: string): string {
    const known = this.#unknownTopics;
    if (known.size < limits.unknownTopicsMax) known.add(topic);
    return known.has(topic) ? topic : "other topics";
  }

  #takeRefused(
    deviceId: DeviceId | undefined,
    code: ProblemCode,
    detail: string,
    bytes: Uint8Array,
    at: string,
    settle: Settle,
  ): void {
    const parsed = nothingParsed();
    refuseInto(parsed, code, detail, bytes, at.slice(0, 200));
    if (deviceId !== undefined) this.#meters.get(deviceId)?.count(parsed, this.#now());
    this.#offer(new Taken(deviceId ?? unknownDevice, [], parsed.refused, settle));
  }

  #offer(delivery: Delivery): void {
    if (this.#closing.signal.aborted) {
      delivery.settle(new Error("the edge stops; send again"));
    } else if (this.held > 0) {
      this.#held.push(delivery);
    } else if (!this.#inbox.offer(delivery)) {
      this.#held.push(delivery);
      void this.#offerHeld();
    }
  }

  /** One at a time runs: only the first delivery that is held starts it. */
  async #offerHeld(): Promise<void> {
    for (let next = this.#held[0]; next !== undefined; next = this.#held[this.#heldFrom]) {
      if (!this.#inbox.offer(next)) {
        await this.#someRoom();
        if (this.#closing.signal.aborted) return;
      } else if (++this.#heldFrom === this.#held.length) {
        this.#held = [];
        this.#heldFrom = 0;
      }
    }
  }

  /** The inbox may have room, but not for a large delivery: a short wait keeps that from becoming a busy loop. */
  async #someRoom(): Promise<void> {
    await this.#inbox.room();
    await sleep(roomPauseMs, this.#closing.signal);
  }

  /** What is held is not taken any more; the devices send it again. */
  [Symbol.dispose](): void {
    this.#closing.abort();
    const held = this.#held.slice(this.#heldFrom);
    this.#held = [];
    this.#heldFrom = 0;
    for (const delivery of held) delivery.settle(new Error("the edge stops; send again"));
  }
}

/** What was no scan is answered too: someone waits with the scanner in the hand. */
function answersTo({ readings, refused }: Parsed, answers: Answers | undefined): AnswerBody[] {
  const known = readings.map(reading => answers?.(reading)).filter(answer => answer !== undefined);
  return [...known, ...refused.map(({ problem }) => refusalBody(problem))];
}

class Taken implements Delivery {
  readonly deviceId: string;
  readonly readings: readonly Reading[];
  readonly refused: readonly Refused[];
  readonly settle: Settle;

  constructor(deviceId: string, readings: readonly Reading[], refused: readonly Refused[], settle: Settle) {
    this.deviceId = deviceId;
    this.readings = readings;
    this.refused = refused;
    this.settle = settle;
  }
}

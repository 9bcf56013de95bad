import type { DeviceId } from "@tallygate/protocol";
import { refuseInto } from "../driver.ts";
import type { FrameListener, Heard } from "../frames/decoder.ts";
import { hexByte, say, tell } from "../frames/hear.ts";
import { limits } from "../limits.ts";
import { scanReader } from "../scan-text.ts";
import { command, host, opcodes, readFirstSegment, readSsi, readSymbol, type ScannedSymbol } from "./frame.ts";
import { scanOf } from "./symbology.ts";

const ack = command(opcodes.ack);
const segmentAck = command(opcodes.segmentAck);
/** With the reason: the check is wrong. */
const nak = command(opcodes.nak, 1);

/** Bit 0 of the status: the packet is sent again, because no answer came to it. */
const sentAgain = 1;
/** A scanner waits 9.9 seconds for an answer at most; what comes later is no repeat. */
const repeatMs = 20_000;
/** Less than the shortest packet is noise, and nobody waits for an answer to it. */
const packetBytesMin = 6;

interface Collected {
  readonly codeType: number;
  readonly textBytes: number;
  readonly parts: Buffer[];
  bytes: number;
  /** Number of the last segment. */
  number: number;
}

/**
 * What a scanner's packets mean, and what it is told. Decode data is acknowledged after the commit; until then the scanner keeps it and
 * sends it again. A repeat of what was taken is no second scan.
 *
 * Modes: *single* (each packet is whole) and *collecting* (`#collected`: segments of a long text come). Only `#takeSegment`, a new
 * symbol and `close` change them.
 */
export class Conversation implements FrameListener {
  readonly #deviceId: DeviceId;
  readonly #read: (bytes: Uint8Array) => string | undefined;
  #collected: Collected | undefined;
  /** The last packet that was taken, to know it when it comes again. Absent after one that was not. */
  #last: { readonly packet: Buffer; readonly timeMs: number } | undefined;

  constructor({ deviceId, encoding }: { readonly deviceId: DeviceId; readonly encoding: "utf-8" | "latin1" }) {
    this.#deviceId = deviceId;
    this.#read = scanReader(encoding);
  }

  take(frame: Buffer, receivedTimeMs: number, heard: Heard): void {
    const { opcode, source, status, data } = readSsi(frame);
    if (source === host) say(heard, { kind: "ignored", type: `a packet of the host, ${hexByte(opcode)}` });
    else if (opcode === opcodes.ack || opcode === opcodes.nak) {
      say(heard, { kind: "answer", command: "host", ok: opcode === opcodes.ack });
    } else if (opcode !== opcodes.decodeData && opcode !== opcodes.segment) {
      say(heard, { kind: "ignored", type: `packet ${hexByte(opcode)}` });
      tell(heard, ack);
    } else if (this.#isRepeat(status, opcode, data, receivedTimeMs)) this.#answerRepeat(heard);
    else if (opcode === opcodes.decodeData) this.#takeWhole(frame, data, receivedTimeMs, heard);
    else this.#takeSegment(frame, data, receivedTimeMs, heard);
  }

  miss(heard: Heard, bytes: number): void {
    if (bytes < packetBytesMin) return;
    this.#last = undefined;
    tell(heard, nak);
  }

  close(heard: Heard): void {
    this.#giveUp("the port closed", heard);
  }

  /** The status tells a repeat from a person who scans the same label twice. */
  #isRepeat(status: number, opcode: number, data: Buffer, timeMs: number): boolean {
    const last = this.#last;
    const isSame =
      (status & sentAgain) !== 0 &&
      last !== undefined &&
      timeMs - last.timeMs < repeatMs &&
      last.packet[0] === opcode &&
      last.packet.subarray(1).equals(data);
    if (!isSame) this.#last = { packet: Buffer.from([opcode, ...data]), timeMs };
    return isSame;
  }

  /** Its first answer was lost, or is still owed: then the commit comes first, as for the packet itself. */
  #answerRepeat(heard: Heard): void {
    say(heard, { kind: "ignored", type: "a packet that was sent again" });
    if (this.#collected !== undefined) tell(heard, segmentAck);
    else heard.replies.push({ bytes: ack, after: "commit" });
  }

  #takeWhole(frame: Buffer, data: Buffer, receivedTimeMs: number, heard: Heard): void {
    this.#giveUp("another symbol came", heard);
    const symbol = readSymbol(data);
    if (symbol === undefined) refuseInto(heard, "message.shape", "Decode data without a code type.", frame);
    else this.#takeSymbol(symbol, receivedTimeMs, heard);
    heard.replies.push({ bytes: ack, after: "commit" });
  }

  #takeSegment(frame: Buffer, data: Buffer, receivedTimeMs: number, heard: Heard): void {
    const collected = data[0] === 0 ? this.#begin(data, heard) : this.#goOn(data);
    if (collected === undefined) {
      this.#collected = undefined;
      refuseInto(heard, "message.shape", `Segment ${data[0] ?? "?"} does not follow what came before it.`, frame);
      this.#last = undefined;
      tell(heard, nak);
    } else if (collected.bytes < collected.textBytes) tell(heard, segmentAck);
    else {
      this.#collected = undefined;
      const text = Buffer.concat(collected.parts).subarray(0, collected.textBytes);
      this.#takeSymbol({ codeType: collected.codeType, text }, receivedTimeMs, heard);
      heard.replies.push({ bytes: ack, after: "commit" });
    }
  }

  #begin(data: Buffer, heard: Heard): Collected | undefined {
    this.#giveUp("another symbol came", heard);
    const first = readFirstSegment(data);
    if (first === undefined || first.textBytes > limits.lineBytesMax) return undefined;
    const { codeType, textBytes, text } = first;
    this.#collected = { codeType, textBytes, parts: [Buffer.from(text)], bytes: text.length, number: 0 };
    return this.#collected;
  }

  #goOn(data: Buffer): Collected | undefined {
    const collected = this.#collected;
    if (collected === undefined || data[0] !== collected.number + 1 || data.length < 2) return undefined;
    collected.parts.push(Buffer.from(data.subarray(1)));
    collected.bytes += data.length - 1;
    collected.number++;
    return collected;
  }

  #takeSymbol({ codeType, text }: ScannedSymbol, receivedTimeMs: number, heard: Heard): void {
    const read = this.#read(text);
    if (read === undefined || read === "") {
      refuseInto(heard, "frame.rubbish", "The symbol holds bytes that no code has; check the encoding.", text);
      return;
    }
    const scan = scanOf(codeType, read);
    if (scan.length > limits.codeCharsMax) {
      const detail = `The symbol has ${scan.length} characters; the limit is ${limits.codeCharsMax}.`;
      refuseInto(heard, "code.length", detail, text);
      return;
    }
    heard.readings.push({ deviceId: this.#deviceId, scan, receivedTimeMs });
  }

  #giveUp(why: string, heard: Heard): void {
    const collected = this.#collected;
    this.#collected = undefined;
    if (collected === undefined) return;
    const detail = `${collected.bytes} of the ${collected.textBytes} bytes of a symbol in segments came: ${why}.`;
    refuseInto(heard, "frame.rubbish", detail, Buffer.concat(collected.parts));
  }
}

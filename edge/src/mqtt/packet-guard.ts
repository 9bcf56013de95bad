import { randomBytes } from "node:crypto";
import { limits } from "./limits.ts";

/** What stands in front of a cut payload; drawn anew by each process, so that nobody can send it. */
const mark = randomBytes(16);
const headBytes = mark.length + 4;

/** A payload that was larger than the limit: its beginning, and how long it was. */
export interface CutPayload {
  readonly head: Buffer;
  readonly sizeBytes: number;
}

/** Tells a payload that {@link PacketGuard} has cut from any other. */
export function cutPayload(payload: Buffer): CutPayload | undefined {
  if (payload.length !== headBytes + limits.cutBytes) return undefined;
  if (mark.compare(payload, 0, mark.length) !== 0) return undefined;
  return { head: payload.subarray(headBytes), sizeBytes: payload.readUInt32BE(mark.length) };
}

/** A client sent a packet that is none, or one that is larger than it may be. */
export class PacketRefused extends Error {
  override readonly name = "PacketRefused";
}

const publishType = 3;

/**
 * Looks at the bytes of one MQTT connection on their way to the broker, which itself would take packets of up to 256 MB. A PUBLISH
 * above the limit goes on as one with a marked, cut payload, so that the client gets its answer and does not send it for ever; any
 * other packet above its limit is refused. Only packet headers are looked at (MQTT 3.1.1, 2.2): a chunk of small packets goes
 * through as it is.
 *
 * Modes: *between* packets (with up to 5 bytes of a header), *inside* one that goes through (`#passing` bytes to go), *holding* the
 * beginning of a large one, *dropping* the rest of it (`#dropping` bytes to go). Only `push` changes them.
 */
export class PacketGuard {
  #header = Buffer.alloc(0);
  #passing = 0;
  #large: { readonly flags: number; readonly sizeBytes: number; readonly keepBytes: number; parts: Buffer } | undefined;
  #dropping = 0;
  #messages = 0;

  /** Messages that came since this was asked the last time. */
  takeMessages(): number {
    const count = this.#messages;
    this.#messages = 0;
    return count;
  }

  /** What is to be parsed of these bytes and the ones before. Throws {@link PacketRefused}. */
  push(chunk: Buffer): Buffer {
    if (this.#header.length === 0 && this.#large === undefined && this.#dropping === 0) {
      const rest = this.#skip(chunk, 0);
      if (rest === chunk.length) return chunk;
      const slow = this.#pushSlowly(chunk.subarray(rest));
      return slow.length === 0 ? chunk.subarray(0, rest) : Buffer.concat([chunk.subarray(0, rest), ...slow]);
    }
    return Buffer.concat(this.#pushSlowly(chunk));
  }

  /** Goes over whole packets that are small enough; gives where the first other byte is. */
  #skip(chunk: Buffer, from: number): number {
    let at = from;
    for (;;) {
      const pass = Math.min(this.#passing, chunk.length - at);
      this.#passing -= pass;
      at += pass;
      if (at === chunk.length) return at;
      const header = readHeader(chunk, at);
      if (header === undefined || header.bodyBytes > limitOf(header.type)) return at;
      if (header.type === publishType) this.#messages++;
      this.#passing = header.headerBytes + header.bodyBytes;
    }
  }

  #pushSlowly(chunk: Buffer): Buffer[] {
    const out: Buffer[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#dropping > 0) {
        const drop = Math.min(this.#dropping, rest.length);
        this.#dropping -= drop;
        rest = rest.subarray(drop);
      } else if (this.#large !== undefined) rest = this.#hold(rest, out);
      else rest = this.#begin(rest, out);
    }
    return out;
  }

  /** At the beginning of a packet whose header may not be whole yet. */
  #begin(rest: Buffer, out: Buffer[]): Buffer {
    const bytes = this.#header.length === 0 ? rest : Buffer.concat([this.#header, rest]);
    const header = readHeader(bytes, 0);
    if (header === undefined) {
      this.#header = Buffer.from(bytes);
      return bytes.subarray(bytes.length);
    }
    this.#header = Buffer.alloc(0);
    if (header.bodyBytes <= limitOf(header.type)) {
      const end = this.#skip(bytes, 0);
      out.push(bytes.subarray(0, end));
      return bytes.subarray(end);
    }
    if (header.type !== publishType) {
      throw new PacketRefused(`a packet of ${header.bodyBytes} bytes; the limit is ${limitOf(header.type)}`);
    }
    this.#messages++;
    const topicLengthBytes = 2;
    const keepBytes = topicLengthBytes + 65_535 + 2 + limits.cutBytes;
    const parts = Buffer.alloc(0);
    this.#large = { flags: bytes[0] ?? 0, sizeBytes: header.bodyBytes, keepBytes, parts };
    return bytes.subarray(header.headerBytes);
  }

  /** Collects what is kept of a large PUBLISH: topic, packet identifier and the payload's beginning. */
  #hold(rest: Buffer, out: Buffer[]): Buffer {
    const large = this.#large;
    if (large === undefined) return rest;
    const take = Math.min(rest.length, large.keepBytes - large.parts.length);
    large.parts = Buffer.concat([large.parts, rest.subarray(0, take)]);
    if (large.parts.length < large.keepBytes) return rest.subarray(take);
    this.#large = undefined;
    this.#dropping = large.sizeBytes - large.keepBytes;
    out.push(cutPublish(large.flags, large.parts, large.sizeBytes));
    return rest.subarray(take);
  }
}

/** The same PUBLISH with a marked payload of its beginning alone. */
function cutPublish(flags: number, body: Buffer, sizeBytes: number): Buffer {
  const qos = (flags >> 1) & 3;
  const variableBytes = 2 + body.readUInt16BE(0) + (qos > 0 ? 2 : 0);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(sizeBytes - variableBytes);
  const payload = body.subarray(variableBytes, variableBytes + limits.cutBytes);
  const parts = [body.subarray(0, variableBytes), mark, size, payload];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([flags]), encodeLength(length), ...parts]);
}

function limitOf(type: number): number {
  return type === publishType ? limits.messageBytesMax + limits.cutBytes : limits.controlBytesMax;
}

interface Header {
  readonly type: number;
  readonly headerBytes: number;
  readonly bodyBytes: number;
}

/** The fixed header at `at`, or `undefined` when it is not all there (MQTT 3.1.1, 2.2.3). */
function readHeader(bytes: Buffer, at: number): Header | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  let bodyBytes = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + 1 + i];
    if (byte === undefined) return undefined;
    bodyBytes += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { type: first >> 4, headerBytes: 2 + i, bodyBytes };
  }
  throw new PacketRefused("a packet with a length of more than four bytes");
}

function encodeLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    const more = rest >= 128 ? 0x80 : 0;
    bytes.push((rest % 128) | more);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

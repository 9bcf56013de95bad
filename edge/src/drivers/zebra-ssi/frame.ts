import { sumOf } from "../frames/checks.ts";
import type { FrameFormat } from "../frames/decoder.ts";

export const opcodes = {
  segment: 0x73,
  segmentAck: 0x74,
  ack: 0xd0,
  nak: 0xd1,
  decodeData: 0xf3,
  event: 0xf6,
} as const;

export const host = 0x04;
/** A first segment has 02 where other packets have their source. */
const sourceMax = host;
const lengthMin = 4;

/** `length opcode source status data check(2)`; the length counts itself and all but the check (Zebra Simple Serial Interface Programmer Guide). */
export const ssiFormat: FrameFormat = {
  name: "SSI",
  bytesMax: 257,
  sizeAt(bytes, from, to) {
    const length = bytes[from] ?? 0;
    if (length < lengthMin || (to - from > 2 && (bytes[from + 2] ?? 0) > sourceMax)) return 0;
    const size = length + 2;
    if (to - from < size) return undefined;
    const sum = sumOf(bytes, from, from + length) + bytes.readUInt16BE(from + length);
    return (sum & 0xffff) === 0 ? size : 0;
  },
};

export interface SsiPacket {
  readonly opcode: number;
  readonly source: number;
  readonly status: number;
  readonly data: Buffer;
}

export function readSsi(frame: Buffer): SsiPacket {
  return { opcode: frame[1] ?? 0, source: frame[2] ?? 0, status: frame[3] ?? 0, data: frame.subarray(4, -2) };
}

export function writeSsi({ opcode, source, status, data }: Omit<SsiPacket, "data"> & { readonly data: Uint8Array }) {
  const length = data.length + lengthMin;
  const frame = Buffer.concat([Buffer.from([length, opcode, source, status]), data, Buffer.alloc(2)]);
  frame.writeUInt16BE(-sumOf(frame, 0, length) & 0xffff, length);
  return frame;
}

/** What a host says. */
export function command(opcode: number, ...data: readonly number[]): Buffer {
  return writeSsi({ opcode, source: host, status: 0, data: Buffer.from(data) });
}

export interface ScannedSymbol {
  readonly codeType: number;
  readonly text: Buffer;
}

/** The symbol in decode data: its type, its text. */
export function readSymbol(data: Buffer): ScannedSymbol | undefined {
  const codeType = data[0];
  return codeType === undefined ? undefined : { codeType, text: data.subarray(1) };
}

/** Number, opcode, source, status, length (2), type, a byte that is 01, length of the text (2). */
const firstHeadBytes = 10;

/** The first of several segments: what the whole is, and the beginning of its text. */
export function readFirstSegment(data: Buffer): (ScannedSymbol & { readonly textBytes: number }) | undefined {
  if (data.length < firstHeadBytes || data[0] !== 0 || data[1] !== opcodes.decodeData) return undefined;
  return { codeType: data[6] ?? 0, textBytes: data.readUInt16BE(8), text: data.subarray(firstHeadBytes) };
}

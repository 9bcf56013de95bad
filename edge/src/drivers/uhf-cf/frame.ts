import { crc16Mcrf } from "../frames/checks.ts";
import type { FrameFormat } from "../frames/decoder.ts";

const head = 0xcf;
/** Head, address, command (2), length; and the CRC (2) behind the data. */
const headBytes = 5;
const around = headBytes + 2;

export const commands = { inventory: 0x0001, stop: 0x0002 } as const;

/** `CF address commandHi commandLo length data crcHi crcLo`; the length counts the data (Chafon UHF Prime Reader user manual). */
export const cfFormat: FrameFormat = {
  name: "CF",
  bytesMax: 255 + around,
  sizeAt(bytes, from, to) {
    if (bytes[from] !== head) return 0;
    if (to - from < headBytes) return undefined;
    const size = (bytes[from + 4] ?? 0) + around;
    if (to - from < size) return undefined;
    const crcAt = from + size - 2;
    return crc16Mcrf(bytes, from, crcAt) === bytes.readUInt16BE(crcAt) ? size : 0;
  },
};

export interface CfFrame {
  readonly address: number;
  readonly command: number;
  readonly data: Buffer;
}

export function readCf(frame: Buffer): CfFrame {
  return { address: frame[1] ?? 0, command: frame.readUInt16BE(2), data: frame.subarray(headBytes, -2) };
}

export function writeCf(address: number, command: number, data: readonly number[]): Buffer {
  const frame = Buffer.from([head, address, command >> 8, command & 0xff, data.length, ...data, 0, 0]);
  frame.writeUInt16BE(crc16Mcrf(frame, 0, frame.length - 2), frame.length - 2);
  return frame;
}

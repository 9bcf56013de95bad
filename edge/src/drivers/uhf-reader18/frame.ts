import { crc16Mcrf } from "../frames/checks.ts";
import type { FrameFormat } from "../frames/decoder.ts";

/** The least that follows the length: address, command, CRC (2). That is a command; an answer has a status as well. */
const lengthMin = 4;

export const commands = { inventory: 0x01 } as const;

/** `length address command status data crcLo crcHi`; the length counts all that follows it (UHF RFID Reader UR-SERIES user manual v1.14). */
export const reader18Format: FrameFormat = {
  name: "Reader18",
  bytesMax: 256,
  sizeAt(bytes, from, to) {
    const length = bytes[from] ?? 0;
    if (length < lengthMin) return 0;
    const size = length + 1;
    if (to - from < size) return undefined;
    const crcAt = from + size - 2;
    return crc16Mcrf(bytes, from, crcAt) === bytes.readUInt16LE(crcAt) ? size : 0;
  },
};

export interface Reader18Frame {
  readonly address: number;
  readonly command: number;
  /** Absent in a command without data. */
  readonly status: number | undefined;
  readonly data: Buffer;
}

export function readReader18(frame: Buffer): Reader18Frame {
  const rest = frame.subarray(3, -2);
  return { address: frame[1] ?? 0, command: frame[2] ?? 0, status: rest[0], data: rest.subarray(1) };
}

/** An answer's first byte of `rest` is its status. */
export function writeReader18(address: number, command: number, rest: readonly number[]): Buffer {
  const frame = Buffer.from([rest.length + lengthMin, address, command, ...rest, 0, 0]);
  frame.writeUInt16LE(crc16Mcrf(frame, 0, frame.length - 2), frame.length - 2);
  return frame;
}

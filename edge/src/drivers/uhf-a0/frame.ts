import { sumOf } from "../frames/checks.ts";
import type { FrameFormat } from "../frames/decoder.ts";

const head = 0xa0;
/** The least that follows the length: address, command, check. */
const lengthMin = 3;

export const commands = { setAntenna: 0x74, inventory: 0x89 } as const;

/** `A0 length address command data check`; the length counts from the address to the check (UHF RFID Reader Serial Interface Protocol V3.x). */
export const a0Format: FrameFormat = {
  name: "A0",
  bytesMax: 257,
  sizeAt(bytes, from, to) {
    if (bytes[from] !== head) return 0;
    if (to - from < 2) return undefined;
    const length = bytes[from + 1] ?? 0;
    if (length < lengthMin) return 0;
    const size = length + 2;
    if (to - from < size) return undefined;
    return (sumOf(bytes, from, from + size) & 0xff) === 0 ? size : 0;
  },
};

export interface A0Frame {
  readonly address: number;
  readonly command: number;
  readonly data: Buffer;
}

export function readA0(frame: Buffer): A0Frame {
  return { address: frame[2] ?? 0, command: frame[3] ?? 0, data: frame.subarray(4, -1) };
}

export function writeA0(address: number, command: number, data: readonly number[]): Buffer {
  const frame = Buffer.from([head, data.length + 3, address, command, ...data, 0]);
  frame[frame.length - 1] = -sumOf(frame, 0, frame.length - 1) & 0xff;
  return frame;
}

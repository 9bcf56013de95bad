import { sumOf } from "../frames/checks.ts";
import type { FrameFormat } from "../frames/decoder.ts";

/** Bytes around the data: start, type, command, length (2), sum, end. */
const around = 7;
/** An EPC of 62 bytes, and a module's longest information, are far below it. */
const dataBytesMax = 512;

export const types = { command: 0, response: 1, notification: 2 } as const;
export const commands = { inventory: 0x22, inventoryMany: 0x27, stop: 0x28, error: 0xff } as const;

/** The two ways to mark a frame. */
export const markings = { bb7e: { start: 0xbb, end: 0x7e }, aadd: { start: 0xaa, end: 0xdd } } as const;
export type Marking = keyof typeof markings;

/** `start type command lengthHi lengthLo data sum end`; the length counts the data (MagicRF M100 firmware manual). */
export function bbFormat(marking: Marking): FrameFormat {
  const { start, end } = markings[marking];
  return {
    name: marking === "bb7e" ? "BB … 7E" : "AA … DD",
    bytesMax: dataBytesMax + around,
    sizeAt(bytes, from, to) {
      if (bytes[from] !== start) return 0;
      const known = to - from;
      if (known >= 2 && (bytes[from + 1] ?? 0) > types.notification) return 0;
      if (known < 5) return undefined;
      const length = bytes.readUInt16BE(from + 3);
      if (length > dataBytesMax) return 0;
      const size = length + around;
      if (known < size) return undefined;
      const sumAt = from + size - 2;
      const isRight = bytes[sumAt + 1] === end && (sumOf(bytes, from + 1, sumAt) & 0xff) === bytes[sumAt];
      return isRight ? size : 0;
    },
  };
}

export interface BbFrame {
  readonly type: number;
  readonly command: number;
  readonly data: Buffer;
}

export function readBb(frame: Buffer): BbFrame {
  return { type: frame[1] ?? 0, command: frame[2] ?? 0, data: frame.subarray(5, -2) };
}

export function writeBb(marking: Marking, type: number, command: number, data: readonly number[]): Buffer {
  const { start, end } = markings[marking];
  const frame = Buffer.from([start, type, command, data.length >> 8, data.length & 0xff, ...data, 0, end]);
  frame[frame.length - 2] = sumOf(frame, 1, frame.length - 2) & 0xff;
  return frame;
}

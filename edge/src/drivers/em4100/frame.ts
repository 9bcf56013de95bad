import type { FrameFormat } from "../frames/decoder.ts";

const stx = 0x02;
const etx = 0x03;
const frameBytes = 14;
const digits = 12;

/** How the two last digits check the ten before them. RDM6300: the XOR of the five bytes. Some compatibles: their sum. */
export type Check = "xor" | "sum";

/** STX, ten hexadecimal digits of the card, two of the check, ETX (RDM6300 data sheet). */
export function em4100Format(check: Check): FrameFormat {
  return {
    name: `RDM6300 (${check})`,
    bytesMax: frameBytes,
    sizeAt(bytes, from, to) {
      if (bytes[from] !== stx) return 0;
      const known = Math.min(to, from + 1 + digits);
      for (let at = from + 1; at < known; at++) if (!isHexDigit(bytes[at] ?? 0)) return 0;
      if (to - from < frameBytes) return undefined;
      return bytes[from + frameBytes - 1] === etx && isRight(bytes, from, check) ? frameBytes : 0;
    },
  };
}

/** The card's number, five bytes as upper-case hexadecimal digits. */
export function cardOf(frame: Buffer): string {
  return frame.toString("latin1", 1, 11).toUpperCase();
}

function isRight(bytes: Buffer, from: number, check: Check): boolean {
  const values = Buffer.from(bytes.toString("latin1", from + 1, from + 1 + digits), "hex");
  let expected = 0;
  for (const byte of values.subarray(0, 5)) expected = check === "xor" ? expected ^ byte : (expected + byte) & 0xff;
  return values[5] === expected;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

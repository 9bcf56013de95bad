/** Bits of a tag's memory, eight to a byte, the first bit highest. */
export type Bits = Uint8Array;

const nibbles = new Int8Array(128).fill(-1);
for (const [value, digit] of [..."0123456789ABCDEF"].entries()) {
  nibbles[digit.charCodeAt(0)] = value;
  nibbles[digit.toLowerCase().charCodeAt(0)] = value;
}

/** The bits of hex digits in upper or lower case; `undefined` for anything else, no digits, or half a byte. */
export function bitsOfHex(hex: string): Bits | undefined {
  if (hex.length === 0 || hex.length % 2 !== 0) return undefined;
  const bits = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bits.length; index++) {
    const high = nibbles[hex.charCodeAt(2 * index)] ?? -1;
    const low = nibbles[hex.charCodeAt(2 * index + 1)] ?? -1;
    if (high < 0 || low < 0) return undefined;
    bits[index] = high * 16 + low;
  }
  return bits;
}

/** The unsigned number in `width` bits from bit `at`, at most 52 of them. Bits past the end are zero. */
export function readNumber(bits: Bits, at: number, width: number): number {
  let value = 0;
  let position = at;
  const end = at + width;
  while (position < end) {
    const inByte = position % 8;
    const take = Math.min(8 - inByte, end - position);
    const byte = bits[(position - inByte) / 8] ?? 0;
    value = value * 2 ** take + ((byte >> (8 - inByte - take)) & ((1 << take) - 1));
    position += take;
  }
  return value;
}

/** The unsigned number in any count of bits. Slower than {@link readNumber}. */
export function readBigint(bits: Bits, at: number, width: number): bigint {
  let value = 0n;
  for (let done = 0; done < width; done += 32) {
    const take = Math.min(32, width - done);
    value = (value << BigInt(take)) | BigInt(readNumber(bits, at + done, take));
  }
  return value;
}

/** Whether every bit from `at` to the end is zero. */
export function isZeroFrom(bits: Bits, at: number): boolean {
  const first = Math.floor(at / 8);
  if (((bits[first] ?? 0) & (0xff >> (at % 8))) !== 0) return false;
  for (let index = first + 1; index < bits.length; index++) if (bits[index] !== 0) return false;
  return true;
}

/** `width` bits as a text of zeros and ones: the form in which an EPC is put together. The value has to fit. */
export function bitText(value: number | bigint, width: number): string {
  const text = value.toString(2);
  if (text.length > width && value !== 0 && value !== 0n) throw new RangeError(`${value} does not fit ${width} bits.`);
  return width === 0 ? "" : text.padStart(width, "0");
}

/** Upper-case hex of a text of zeros and ones, filled with zero bits to whole 16-bit words. */
export function hexOfBitText(text: string): string {
  const whole = text.padEnd(Math.ceil(text.length / 16) * 16, "0");
  let hex = "";
  for (let at = 0; at < whole.length; at += 16) {
    hex += Number.parseInt(whole.slice(at, at + 16), 2)
      .toString(16)
      .padStart(4, "0");
  }
  return hex.toUpperCase();
}

import { type Bits, bitText, readBigint, readNumber } from "./bits.ts";
import { isDigits } from "./charset.ts";

/** A text and the bit after it. */
export interface ReadText {
  readonly text: string;
  readonly end: number;
}

/** One way to write characters in bits. `bitsOf` is the number of bits that so many characters take. */
interface Packing {
  readonly holds: (text: string) => boolean;
  readonly bitsOf: (length: number) => number;
  readonly pack: (text: string) => string;
  readonly unpack: (bits: Bits, at: number, length: number) => string | undefined;
}

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** URN Code 40: the place of a character is its value; the first, a space here, fills the last group. */
const code40 = " ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789";

/** The packings by encoding indicator (TDS 2.x 14.5.6, table E). */
const packings: readonly Packing[] = [
  { holds: isDigits, bitsOf: bitsOfDigits, pack: packDigits, unpack: unpackDigits },
  alphabet("0123456789ABCDEF", 4),
  alphabet("0123456789abcdef", 4),
  alphabet(base64, 6),
  alphabet(String.fromCharCode(...Array(128).keys()), 7),
  {
    holds: isCode40,
    bitsOf: length => Math.ceil(length / 3) * 16,
    pack: packCode40,
    unpack: unpackCode40,
  },
];

/** Bits of the number that so many digits make: what 10 to the power of `length` less 1 takes (TDS 2.x, table B). */
export function bitsOfDigits(length: number): number {
  return length === 0 ? 0 : (10n ** BigInt(length) - 1n).toString(2).length;
}

/** Digits as one number in {@link bitsOfDigits} bits. */
export function packDigits(text: string): string {
  return text === "" ? "" : bitText(BigInt(text), bitsOfDigits(text.length));
}

/** So many digits, zeros in front kept; `undefined` when the number has more. */
export function unpackDigits(bits: Bits, at: number, length: number): string | undefined {
  if (length === 0) return "";
  const width = bitsOfDigits(length);
  const text = String(width <= 52 ? readNumber(bits, at, width) : readBigint(bits, at, width)).padStart(length, "0");
  return text.length === length ? text : undefined;
}

/** Variable-length alphanumeric text: encoding indicator, number of characters, characters (TDS 2.x 14.5.6). */
export function readPacked(bits: Bits, at: number, lengthBits: number): ReadText | undefined {
  const packing = packings[readNumber(bits, at, 3)];
  const length = readNumber(bits, at + 3, lengthBits);
  const start = at + 3 + lengthBits;
  const text = packing?.unpack(bits, start, length);
  return packing === undefined || text === undefined ? undefined : { text, end: start + packing.bitsOf(length) };
}

/** Writes what {@link readPacked} reads, in the packing that takes the fewest bits. `undefined`: it does not fit. */
export function writePacked(text: string, lengthBits: number): string | undefined {
  if (text.length >= 2 ** lengthBits) return undefined;
  let best: { readonly indicator: number; readonly bits: number; readonly packing: Packing } | undefined;
  for (const [indicator, packing] of packings.entries()) {
    const bits = packing.bitsOf(text.length);
    if (packing.holds(text) && (best === undefined || bits < best.bits)) best = { indicator, bits, packing };
  }
  if (best === undefined) return undefined;
  return bitText(best.indicator, 3) + bitText(text.length, lengthBits) + best.packing.pack(text);
}

/** Whether every character of `text` is in the character set of URN Code 40. */
export function isCode40(text: string): boolean {
  return /^[A-Z\-.:0-9]*$/.test(text);
}

/** Three characters in 16 bits (TDS 2.x 14.5.6.6, ISO/IEC 15962). */
export function packCode40(text: string): string {
  let packed = "";
  for (let at = 0; at < text.length; at += 3) {
    const [a, b, c] = [0, 1, 2].map(offset => Math.max(0, code40.indexOf(text.charAt(at + offset) || " ")));
    packed += bitText(1600 * (a ?? 0) + 40 * (b ?? 0) + (c ?? 0) + 1, 16);
  }
  return packed;
}

/** So many characters; `undefined` when one of them, or the filling after them, is not what it has to be. */
export function unpackCode40(bits: Bits, at: number, length: number): string | undefined {
  let text = "";
  for (let group = 0; group < Math.ceil(length / 3); group++) {
    const value = readNumber(bits, at + group * 16, 16) - 1;
    if (value < 0 || value >= 64_000) return undefined;
    text +=
      code40.charAt(Math.floor(value / 1600)) + code40.charAt(Math.floor(value / 40) % 40) + code40.charAt(value % 40);
  }
  const [characters, filling] = [text.slice(0, length), text.slice(length)];
  return characters.includes(" ") || filling.trim() !== "" ? undefined : characters;
}

function alphabet(characters: string, width: number): Packing {
  return {
    holds: text => [...text].every(character => characters.includes(character)),
    bitsOf: length => length * width,
    pack: text => [...text].map(character => bitText(characters.indexOf(character), width)).join(""),
    unpack: (bits, at, length) => {
      let text = "";
      for (let index = 0; index < length; index++) {
        text += characters.charAt(readNumber(bits, at + index * width, width));
      }
      return text;
    },
  };
}

import { type Bits, bitText, readNumber } from "./bits.ts";
import { isDigits } from "./charset.ts";
import { bitsOfDigits, packDigits, type ReadText, readPacked, unpackDigits, writePacked } from "./epc-text.ts";

/**
 * How the value of an AI, or a part of it, is written in a '+' scheme and in the data after it. `read` gives `undefined`
 * for bits that stand for nothing, `write` for a text that does not fit. Whether the value is right is not asked here.
 */
export interface ValueCodec {
  readonly read: (bits: Bits, at: number) => ReadText | undefined;
  readonly write: (text: string) => string | undefined;
}

/** So many digits, four bits each (TDS 2.x 14.5.4). */
export function nibbles(length: number): ValueCodec {
  return {
    read: (bits, at) => {
      let text = "";
      for (let index = 0; index < length; index++) {
        const digit = readNumber(bits, at + index * 4, 4);
        if (digit > 9) return undefined;
        text += digit;
      }
      return { text, end: at + length * 4 };
    },
    write: text =>
      isDigits(text) && text.length === length ? [...text].map(digit => bitText(Number(digit), 4)).join("") : undefined,
  };
}

/** So many digits as one number (TDS 2.x 14.5.2). */
export function integer(length: number): ValueCodec {
  return {
    read: (bits, at) => ended(unpackDigits(bits, at, length), at + bitsOfDigits(length)),
    write: text => (isDigits(text) && text.length === length ? packDigits(text) : undefined),
  };
}

/** Digits as one number, with their count in front (TDS 2.x 14.5.13). */
export function counted(lengthBits: number): ValueCodec {
  return {
    read: (bits, at) => {
      const length = readNumber(bits, at, lengthBits);
      const start = at + lengthBits;
      return ended(unpackDigits(bits, start, length), start + bitsOfDigits(length));
    },
    write: text => {
      if (!isDigits(text) || text.length >= 2 ** lengthBits) return undefined;
      return bitText(text.length, lengthBits) + packDigits(text);
    },
  };
}

/** Text in the packing that suits it, with the count of its characters in front (TDS 2.x 14.5.6). */
export function packed(lengthBits: number): ValueCodec {
  return {
    read: (bits, at) => readPacked(bits, at, lengthBits),
    write: text => writePacked(text, lengthBits),
  };
}

const delimiter = 0xe;
const terminator = 0xf;

/** Digits, four bits each, up to F, or up to E and then packed text (TDS 2.x 14.5.5). */
export const delimited: ValueCodec = {
  read: (bits, at) => {
    let text = "";
    for (let position = at; position < bits.length * 8; position += 4) {
      const digit = readNumber(bits, position, 4);
      if (digit === terminator) return { text, end: position + 4 };
      if (digit === delimiter) {
        const rest = readPacked(bits, position + 4, 5);
        return rest && { text: text + rest.text, end: rest.end };
      }
      if (digit > 9) return undefined;
      text += digit;
    }
    return undefined;
  },
  write: text => {
    const [digits = ""] = /^[0-9]*/.exec(text) ?? [];
    const start = [...digits].map(digit => bitText(Number(digit), 4)).join("");
    if (digits === text) return start + bitText(terminator, 4);
    const rest = writePacked(text.slice(digits.length), 5);
    return rest && start + bitText(delimiter, 4) + rest;
  },
};

/** Numbers of two digits each in so many bits: dates and times of day (TDS 2.x 14.5.8, 14.5.9). */
export function pairs(...widths: readonly number[]): ValueCodec {
  return {
    read: (bits, at) => {
      let text = "";
      let end = at;
      for (const width of widths) {
        const value = readNumber(bits, end, width);
        if (value > 99) return undefined;
        text += String(value).padStart(2, "0");
        end += width;
      }
      return { text, end };
    },
    write: text => {
      if (!isDigits(text) || text.length !== 2 * widths.length) return undefined;
      const values = widths.map((_, index) => Number(text.slice(2 * index, 2 * index + 2)));
      if (values.some((value, index) => value >= 2 ** (widths[index] ?? 0))) return undefined;
      return values.map((value, index) => bitText(value, widths[index] ?? 0)).join("");
    },
  };
}

/** A choice of forms, told by the bits in front. A text is written in the first form that takes it. */
export function choice(width: number, forms: readonly (readonly [indicator: number, codec: ValueCodec])[]): ValueCodec {
  return {
    read: (bits, at) =>
      forms.find(([indicator]) => indicator === readNumber(bits, at, width))?.[1].read(bits, at + width),
    write: text => {
      for (const [indicator, codec] of forms) {
        const written = codec.write(text);
        if (written !== undefined) return bitText(indicator, width) + written;
      }
      return undefined;
    },
  };
}

/** One of a few texts, by its place among them. */
export function oneOf(width: number, texts: readonly string[]): ValueCodec {
  return {
    read: (bits, at) => ended(texts[readNumber(bits, at, width)], at + width),
    write: text => (texts.includes(text) ? bitText(texts.indexOf(text), width) : undefined),
  };
}

/** So many characters in one codec, and the rest in another. */
export function both(length: number, first: ValueCodec, second: ValueCodec): ValueCodec {
  return {
    read: (bits, at) => {
      const head = first.read(bits, at);
      const tail = head && second.read(bits, head.end);
      return head && tail && { text: head.text + tail.text, end: tail.end };
    },
    write: text => {
      const head = first.write(text.slice(0, length));
      const tail = second.write(text.slice(length));
      return head === undefined || tail === undefined ? undefined : head + tail;
    },
  };
}

function ended(text: string | undefined, end: number): ReadText | undefined {
  return text === undefined ? undefined : { text, end };
}

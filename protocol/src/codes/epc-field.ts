import { type Bits, bitText, readBigint, readNumber } from "./bits.ts";
import { isDigits, isSet39, isSet82 } from "./charset.ts";

/**
 * How one field of an EPC is written in bits. `read` gives `undefined` for bits that stand for nothing, `write` for a text
 * that does not fit. What `read` gives is what `write` takes.
 */
export interface Field {
  readonly read: (bits: Bits, at: number) => string | undefined;
  readonly write: (text: string) => string | undefined;
  /** Bits of the field; of one that ends itself, the fewest. */
  readonly width: number;
  /** Bits that a text takes, for a field that ends itself. */
  readonly widthOf?: (text: string) => number;
}

/** A number written with exactly so many digits (TDS 2.x 14.3.3). With no digits the bits are zero. */
export function digitsField(width: number, digits: number): Field {
  return {
    width,
    read: (bits, at) => {
      const text = readDecimal(bits, at, width);
      if (digits === 0) return text === "0" ? "" : undefined;
      return text.length > digits ? undefined : text.padStart(digits, "0");
    },
    write: text =>
      text.length === digits && isDigits(text) ? writeDecimal(text === "" ? "0" : text, width) : undefined,
  };
}

/** A number without leading zeros, of at most so many digits (TDS 2.x 14.3.1). */
export function numberField(width: number, digitsMax = width): Field {
  return {
    width,
    read: (bits, at) => {
      const text = readDecimal(bits, at, width);
      return text.length > digitsMax ? undefined : text;
    },
    write: text =>
      /^(?:0|[1-9][0-9]*)$/.test(text) && text.length <= digitsMax ? writeDecimal(text, width) : undefined,
  };
}

/** Digits that keep their leading zeros: the number is 1 followed by them (TDS 2.x 14.3.7). */
export function prefixedField(width: number): Field {
  return {
    width,
    read: (bits, at) => {
      const text = readDecimal(bits, at, width);
      return text.startsWith("1") ? text.slice(1) : undefined;
    },
    write: text => (isDigits(text) ? writeDecimal(`1${text}`, width) : undefined),
  };
}

/** 7-bit characters of set 82, filled with zeros (TDS 2.x 14.3.2). */
export function charactersField(width: number, lengthMax = Math.floor(width / 7)): Field {
  return {
    width,
    read: (bits, at) => {
      const text = readCharacters(bits, at, Math.floor(width / 7), 7);
      if (text === undefined || text === "" || text.length > lengthMax || !isSet82(text)) return undefined;
      return readNumber(bits, at + width - (width % 7), width % 7) === 0 ? text : undefined;
    },
    write: text => {
      if (text === "" || text.length > lengthMax || !isSet82(text)) return undefined;
      return [...text]
        .map(character => bitText(character.charCodeAt(0), 7))
        .join("")
        .padEnd(width, "0");
    },
  };
}

/** 6-bit characters, ended by a zero one (TDS 2.x 14.3.6): digits, capital letters, `#`, `-` and `/`. */
export function shortCharactersField(lengthMax: number): Field {
  return {
    width: 12,
    widthOf: text => 6 * (text.length + 1),
    read: (bits, at) => {
      let text = "";
      for (let index = 0; index <= lengthMax; index++) {
        const code = readNumber(bits, at + index * 6, 6);
        if (code === 0) return isSet39(text) && text !== "" ? text : undefined;
        text += String.fromCharCode(code < 32 ? code + 64 : code);
      }
      return undefined;
    },
    write: text => {
      if (text === "" || text.length > lengthMax || !isSet39(text)) return undefined;
      return `${[...text].map(character => bitText(character.charCodeAt(0) % 64, 6)).join("")}000000`;
    },
  };
}

/** Characters up to the first zero one, after which all have to be zero; `undefined` when they are not. */
function readCharacters(bits: Bits, at: number, count: number, width: number): string | undefined {
  let text = "";
  let ended = false;
  for (let index = 0; index < count; index++) {
    const code = readNumber(bits, at + index * width, width);
    if (code === 0) ended = true;
    else if (ended) return undefined;
    else text += String.fromCharCode(code);
  }
  return text;
}

function readDecimal(bits: Bits, at: number, width: number): string {
  return width <= 52 ? String(readNumber(bits, at, width)) : readBigint(bits, at, width).toString();
}

function writeDecimal(text: string, width: number): string | undefined {
  const value = BigInt(text);
  return value < 1n << BigInt(width) ? bitText(value, width) : undefined;
}

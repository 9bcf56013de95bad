import { ok, type Result, refuse } from "../result.ts";
import { isDigits } from "./charset.ts";
import { checkDigit } from "./check-digit.ts";

declare const brand: unique symbol;

/** A trade item: 14 digits, zeros in front where the label has fewer, check digit right (GS1 GenSpecs 3.3.2). */
export type Gtin = string & { readonly [brand]: "Gtin" };

/** A logistic unit: 18 digits, check digit right (GS1 GenSpecs 3.3.1). */
export type Sscc = string & { readonly [brand]: "Sscc" };

/** The EPC memory of a tag after its protocol control word, as upper-case hex digits (TDS 2.x, clause 9). */
export type EpcHex = string & { readonly [brand]: "EpcHex" };

/**
 * Reads a GTIN-8, -12, -13 or -14 and gives its 14 digits (GS1 GenSpecs 3.3.2). GTINs are compared in 14 digits only.
 * Refuses `code.charset` (something else than digits), `code.length` and `code.check_digit`.
 */
export function normaliseGtin(text: string): Result<Gtin> {
  if (!isDigits(text)) return refuse("code.charset", `A GTIN has digits only: ${JSON.stringify(text)}.`);
  if (![8, 12, 13, 14].includes(text.length)) {
    return refuse("code.length", `A GTIN has 8, 12, 13 or 14 digits, ${JSON.stringify(text)} has ${text.length}.`);
  }
  return withCheckDigit("GTIN", text, asGtin(text.padStart(14, "0")));
}

/** Reads an SSCC of 18 digits. Refuses `code.charset`, `code.length` and `code.check_digit`. */
export function parseSscc(text: string): Result<Sscc> {
  if (!isDigits(text)) return refuse("code.charset", `An SSCC has digits only: ${JSON.stringify(text)}.`);
  if (text.length !== 18) {
    return refuse("code.length", `An SSCC has 18 digits, ${JSON.stringify(text)} has ${text.length}.`);
  }
  return withCheckDigit("SSCC", text, asSscc(text));
}

/** Reads a GLN of 13 digits. Refuses `code.charset`, `code.length` and `code.check_digit`. */
export function parseGln(text: string): Result<string> {
  if (!isDigits(text)) return refuse("code.charset", `A GLN has digits only: ${JSON.stringify(text)}.`);
  if (text.length !== 13) {
    return refuse("code.length", `A GLN has 13 digits, ${JSON.stringify(text)} has ${text.length}.`);
  }
  return withCheckDigit("GLN", text, text);
}

function withCheckDigit<T>(name: string, text: string, value: T): Result<T> {
  const found = text.slice(-1);
  const expected = checkDigit(text.slice(0, -1));
  if (found === expected) return ok(value);
  return refuse("code.check_digit", `Check digit ${found}, expected ${expected}, in ${name} ${text}.`);
}

/** Brands 14 digits whose check digit is known to be right. */
export function asGtin(digits: string): Gtin {
  return digits as Gtin;
}

/** Brands 18 digits whose check digit is known to be right. */
export function asSscc(digits: string): Sscc {
  return digits as Sscc;
}

/** Brands hex digits that are known to be upper case. */
export function asEpcHex(hex: string): EpcHex {
  return hex as EpcHex;
}

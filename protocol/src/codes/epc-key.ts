import { checkDigit } from "./check-digit.ts";

/**
 * How a GS1 key is made of a company prefix and a reference (TDS 2.x, clause 7). `digits` is the number of digits of the
 * key with its check digit, without a serial; 0 for keys of any length without a check digit.
 */
export interface KeyShape {
  readonly ai: string;
  readonly digits: number;
  /** The first digit of the reference (indicator, extension digit) stands in front of the company prefix. */
  readonly rotated?: true;
  /** A zero that the key has in front, for GRAI. */
  readonly lead?: "0";
}

export const gtinShape: KeyShape = { ai: "01", digits: 14, rotated: true };
export const itipShape: KeyShape = { ai: "8006", digits: 14, rotated: true };
export const ssccShape: KeyShape = { ai: "00", digits: 18, rotated: true };
export const glnShape: KeyShape = { ai: "414", digits: 13 };
export const graiShape: KeyShape = { ai: "8003", digits: 13, lead: "0" };
export const gdtiShape: KeyShape = { ai: "253", digits: 13 };
export const gcnShape: KeyShape = { ai: "255", digits: 13 };
export const gsrnShape: KeyShape = { ai: "8018", digits: 18 };
export const gsrnpShape: KeyShape = { ai: "8017", digits: 18 };
export const giaiShape: KeyShape = { ai: "8004", digits: 0 };
export const cpiShape: KeyShape = { ai: "8010", digits: 0 };

/** The key of a company prefix and a reference, which together have the right number of digits. */
export function joinKey(shape: KeyShape, companyPrefix: string, reference: string): string {
  if (shape.digits === 0) return companyPrefix + reference;
  const payload = shape.rotated
    ? reference.slice(0, 1) + companyPrefix + reference.slice(1)
    : companyPrefix + reference;
  return (shape.lead ?? "") + payload + checkDigit(payload);
}

/** The parts of a key. What follows the check digit, such as a serial, is `rest`. `undefined`: the key is too short. */
export function splitKey(
  shape: KeyShape,
  key: string,
  prefixLength: number,
): { readonly companyPrefix: string; readonly reference: string; readonly rest: string } | undefined {
  const text = key.slice(shape.lead?.length ?? 0);
  if (shape.digits === 0) {
    return { companyPrefix: text.slice(0, prefixLength), reference: text.slice(prefixLength), rest: "" };
  }
  if (text.length < shape.digits) return undefined;
  const payload = text.slice(0, shape.digits - 1);
  const rest = text.slice(shape.digits);
  if (!shape.rotated) {
    return { companyPrefix: payload.slice(0, prefixLength), reference: payload.slice(prefixLength), rest };
  }
  const reference = payload.slice(0, 1) + payload.slice(1 + prefixLength);
  return { companyPrefix: payload.slice(1, 1 + prefixLength), reference, rest };
}

import { isDigits } from "./charset.ts";
import { isDayOfMonth } from "./dates.ts";
import { type Fault, fault } from "./fault.ts";

/**
 * One field of a coupon. `counted`: a digit out of `allowed` says how many digits follow, `base` more than it says, none
 * when it is 9 and `nineIsNone`. `choice`: one digit out of `allowed`. `digits`: that many of any. `date`: YYMMDD.
 */
type Field =
  | {
      readonly kind: "counted";
      readonly name: string;
      readonly allowed: string;
      readonly base: 0 | 6;
      readonly nineIsNone?: true;
    }
  | { readonly kind: "choice"; readonly name: string; readonly allowed: string }
  | { readonly kind: "digits"; readonly name: string; readonly length: number }
  | { readonly kind: "date"; readonly name: string };

const anyDigit = "0123456789";
const requirement = { kind: "counted", name: "purchase requirement", allowed: "12345", base: 0 } as const;
const requirementCode = { kind: "choice", name: "purchase requirement code", allowed: "012349" } as const;
const familyCode = { kind: "digits", name: "family code", length: 3 } as const;
const otherPrefix = {
  kind: "counted",
  name: "company prefix",
  allowed: "01234569",
  base: 6,
  nineIsNone: true,
} as const;
const prefix = { kind: "counted", name: "company prefix", allowed: "0123456", base: 6 } as const;
const offerCode = { kind: "digits", name: "offer code", length: 6 } as const;
const serial = { kind: "counted", name: "serial number", allowed: anyDigit, base: 6 } as const;

const couponStart: readonly Field[] = [
  prefix,
  offerCode,
  { kind: "counted", name: "save value", allowed: "12345", base: 0 },
  requirement,
  requirementCode,
  familyCode,
];

/** The optional groups of AI 8110 by the digit that announces them, in the order in which they may come. */
const couponGroups: readonly (readonly [digit: string, fields: readonly Field[]])[] = [
  [
    "1",
    [
      { kind: "choice", name: "purchase rules code", allowed: "0123" },
      requirement,
      requirementCode,
      familyCode,
      otherPrefix,
    ],
  ],
  ["2", [requirement, requirementCode, familyCode, otherPrefix]],
  ["3", [{ kind: "date", name: "expiry date" }]],
  ["4", [{ kind: "date", name: "start date" }]],
  ["5", [serial]],
  ["6", [{ kind: "counted", name: "retailer", allowed: "1234567", base: 6 }]],
  [
    "9",
    [
      { kind: "choice", name: "save value code", allowed: "01256" },
      { kind: "choice", name: "save value applies to", allowed: "012" },
      { kind: "choice", name: "store coupon flag", allowed: anyDigit },
      { kind: "choice", name: "don't multiply flag", allowed: "01" },
    ],
  ],
];

const offerFields: readonly Field[] = [
  { kind: "choice", name: "format code", allowed: "01" },
  { ...prefix, name: "funder" },
  offerCode,
  serial,
];

/** The North American coupon code of AI 8110 (GS1 US, coupons with GS1 DataBar). */
export function lintCouponCode(text: string): Fault | undefined {
  if (!isDigits(text)) return fault("code.charset", "a coupon code has digits only", 0);
  let at = readFields(text, 0, couponStart);
  const dates = new Map<string, string>();
  for (const [digit, fields] of couponGroups) {
    if (typeof at !== "number") return at;
    if (text.charAt(at) !== digit) continue;
    dates.set(digit, text.slice(at + 1, at + 7));
    at = readFields(text, at + 1, fields);
  }
  if (typeof at !== "number") return at;
  if ((dates.get("4") ?? "") > (dates.get("3") ?? "999999")) {
    return fault("code.date", "the coupon expires before it starts", at);
  }
  return at === text.length ? undefined : fault("code.length", "more digits than a coupon code has", at);
}

/** The positive offer file coupon of AI 8112. */
export function lintCouponOffer(text: string): Fault | undefined {
  if (!isDigits(text)) return fault("code.charset", "a coupon has digits only", 0);
  const at = readFields(text, 0, offerFields);
  if (typeof at !== "number") return at;
  return at === text.length ? undefined : fault("code.length", "more digits than a coupon has", at);
}

/** Where the fields end, or what is wrong with one of them. */
function readFields(text: string, start: number, fields: readonly Field[]): number | Fault {
  let at = start;
  for (const field of fields) {
    const end = endOf(text, at, field);
    if (typeof end !== "number") return end;
    if (end > text.length) return fault("code.length", `the ${field.name} is cut short`, at);
    at = end;
  }
  return at;
}

function endOf(text: string, at: number, field: Field): number | Fault {
  if (field.kind === "digits") return at + field.length;
  if (field.kind === "date") return endOfDate(text, at, field.name);
  const digit = text.charAt(at);
  if (digit === "" || !field.allowed.includes(digit)) return fault("code.value", `${digit} is no ${field.name}`, at);
  if (field.kind === "choice") return at + 1;
  return at + 1 + (field.nineIsNone && digit === "9" ? 0 : Number(digit) + field.base);
}

function endOfDate(text: string, at: number, name: string): number | Fault {
  const [year, month, day] = [0, 2, 4].map(offset => Number(text.slice(at + offset, at + offset + 2)));
  if (isDayOfMonth(year ?? 0, month ?? 0, day ?? 0)) return at + 6;
  return fault("code.date", `the ${name} is no date`, at);
}

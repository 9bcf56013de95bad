import { isDigits, isSet82 } from "./charset.ts";
import { checkDigit } from "./check-digit.ts";
import { hasCheckPair } from "./check-pair.ts";
import { countryLetters, countryNumbers, currencyNumbers, packageTypes } from "./code-lists.ts";
import { lintCouponCode, lintCouponOffer } from "./coupons.ts";
import { isDayOfMonth } from "./dates.ts";
import { type Fault, fault } from "./fault.ts";

/** Looks at one component whose type and length are known to be right. */
export type Linter = (text: string) => Fault | undefined;

/**
 * The content rules of the GS1 Barcode Syntax Dictionary by the names that it uses. A rule is written once here and
 * applied wherever the dictionary names it.
 */
export const linters = {
  csum: text => {
    const found = text.slice(-1);
    const expected = checkDigit(text.slice(0, -1));
    return found === expected
      ? undefined
      : fault("code.check_digit", `check digit ${found}, expected ${expected}`, text.length - 1);
  },
  csumalpha: text =>
    hasCheckPair(text) ? undefined : fault("code.check_digit", "wrong check characters", Math.max(0, text.length - 2)),
  gcppos1: text => companyPrefix(text, 0),
  gcppos2: text => companyPrefix(text, 1),
  yymmdd: text => date(text.slice(0, 2), text.slice(2), 1),
  yymmd0: text => date(text.slice(0, 2), text.slice(2), 0),
  yyyymmdd: text => date(text.slice(0, 4), text.slice(4), 1),
  hhmi: text => inRange(text.slice(0, 2), "23", "hour", 0) ?? inRange(text.slice(2), "59", "minute", 2),
  hh: text => inRange(text, "23", "hour", 0),
  mi: text => inRange(text, "59", "minute", 0),
  ss: text => inRange(text, "59", "second", 0),
  iso3166: text => oneOf(countryNumbers, text, "ISO 3166 country number"),
  iso3166999: text => (text === "999" ? undefined : oneOf(countryNumbers, text, "ISO 3166 country number or 999")),
  iso3166alpha2: text => oneOf(countryLetters, text, "ISO 3166 country code"),
  iso4217: text => oneOf(currencyNumbers, text, "ISO 4217 currency number"),
  iso5218: text => matches(text, /^[0129]$/, "0, 1, 2 or 9 (ISO 5218)"),
  yesno: text => matches(text, /^[01]$/, "0 or 1"),
  winding: text => matches(text, /^[019]$/, "0, 1 or 9"),
  zero: text => matches(text, /^0+$/, "0"),
  nonzero: text => matches(text, /[^0]/, "more than zero"),
  nozeroprefix: text => matches(text, /^[^0]/, "a number without leading zeros"),
  hasnondigit: text => matches(text, /[^0-9]/, "more than digits"),
  hyphen: text => matches(text, /^-+$/, "a hyphen"),
  importeridx: text => matches(text, /^[-0-9A-Z_a-z]$/, "a letter, a digit, - or _"),
  mediatype: text => matches(text, /^(?:0[1-9]|10|[89][0-9])$/, "an AIDC media type (01 to 10, 80 to 99)"),
  packagetype: text => oneOf(packageTypes, text, "package type"),
  latitude: text => inRange(text, "1800000000", "latitude", 0),
  longitude: text => inRange(text, "3600000000", "longitude", 0),
  pcenc: percentEncoding,
  pieceoftotal: pieceOfTotal,
  posinseqslash: positionInSequence,
  iban: iban,
  couponcode: lintCouponCode,
  couponposoffer: lintCouponOffer,
} as const satisfies Record<string, Linter>;

/** The name of a content rule in the GS1 Barcode Syntax Dictionary. */
export type LinterName = keyof typeof linters;

/** A company prefix has at least four digits; whether it is allocated is GS1's knowledge, not ours. */
function companyPrefix(text: string, start: number): Fault | undefined {
  const prefix = text.slice(start, start + 4);
  if (prefix.length === 4 && isDigits(prefix)) return undefined;
  return fault("code.value", "does not begin with a GS1 Company Prefix", start);
}

/** Two or four digits of year, then month and day. Day 00 stands for the last day of the month where it is allowed. */
function date(year: string, monthAndDay: string, firstDay: 0 | 1): Fault | undefined {
  const month = Number(monthAndDay.slice(0, 2));
  const day = Number(monthAndDay.slice(2));
  if (month < 1 || month > 12) return fault("code.date", `no month ${monthAndDay.slice(0, 2)}`, year.length);
  if (day === 0 && firstDay === 0) return undefined;
  if (isDayOfMonth(Number(year), month, day)) return undefined;
  return fault("code.date", `no day ${monthAndDay.slice(2)} in that month`, year.length + 2);
}

/** `text` and `max` are digits of the same length, so that they compare as text. */
function inRange(text: string, max: string, name: string, offset: number): Fault | undefined {
  if (text <= max) return undefined;
  const code = name === "hour" || name === "minute" || name === "second" ? "code.date" : "code.value";
  return fault(code, `${name} ${text} is more than ${max}`, offset);
}

function oneOf(list: ReadonlySet<string>, text: string, name: string): Fault | undefined {
  return list.has(text) ? undefined : fault("code.value", `${text} is no ${name}`, 0);
}

function matches(text: string, pattern: RegExp, wanted: string): Fault | undefined {
  return pattern.test(text) ? undefined : fault("code.value", `${text} is not ${wanted}`, 0);
}

function percentEncoding(text: string): Fault | undefined {
  const bad = text.search(/%(?![0-9A-Fa-f]{2})/);
  return bad < 0 ? undefined : fault("code.charset", "% without two hexadecimal digits", bad);
}

function pieceOfTotal(text: string): Fault | undefined {
  const piece = text.slice(0, text.length / 2);
  const total = text.slice(text.length / 2);
  if (Number(piece) === 0 || Number(total) === 0) return fault("code.value", "piece or total is zero", 0);
  return piece <= total ? undefined : fault("code.value", `piece ${piece} is more than the total ${total}`, 0);
}

function positionInSequence(text: string): Fault | undefined {
  const [, position = "", end = ""] = /^([1-9][0-9]*)\/([1-9][0-9]*)$/.exec(text) ?? [];
  if (position === "") return fault("code.value", `${text} is not a position such as 1/2`, 0);
  return Number(position) <= Number(end) ? undefined : fault("code.value", `${text} is past the end`, 0);
}

/** ISO 13616: the first four characters go to the end, letters become 10 to 35, and the number is 1 modulo 97. */
function iban(text: string): Fault | undefined {
  if (!isSet82(text) || !/^[A-Z]{2}[0-9A-Z]{9,32}$/.test(text)) return fault("code.value", `${text} is no IBAN`, 0);
  if (!countryLetters.has(text.slice(0, 2))) return fault("code.value", `${text.slice(0, 2)} is no country`, 0);
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder === 1 ? undefined : fault("code.check_digit", "wrong IBAN check digits", 2);
}

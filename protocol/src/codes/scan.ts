import { ok, type Result, refuse } from "../result.ts";
import { isDigits } from "./charset.ts";
import { hasCheckDigit } from "./check-digit.ts";
import { checkPairs, checkRequired } from "./companions.ts";
import { hasDigitalLinkKey, isWebUri, parseDigitalLink } from "./digital-link.ts";
import type { Element } from "./element.ts";
import { parseBracketed, parseElementString, separator } from "./element-string.ts";
import { type Gtin, normaliseGtin } from "./keys.ts";
import { expandUpce } from "./upc-e.ts";

/** How what a scanner sends is read. */
export interface ScanOptions {
  /** Texts that the scanner sends in place of the group separator. Default: `{GS}` and `<GS>`. */
  readonly separators?: readonly string[];
  /** Refuse a scan without an AIM symbology identifier. Default: take it, and tell by its form what it is. */
  readonly symbologyRequired?: boolean;
  /** Refuse elements that lack a required companion. Default: take them, other barcodes may carry it. */
  readonly companionsRequired?: boolean;
  /** Take a GTIN of fewer than 14 digits in a Digital Link. Default: refuse. */
  readonly zeroSuppressedGtin?: boolean;
}

/** What one scan says. `elements` is empty when the symbol carries no GS1 data; `text` then is all there is. */
export interface ScannedCode {
  /** The AIM symbology identifier, such as `]C1` (ISO/IEC 15424); absent when the scanner sent none. */
  readonly symbology?: string;
  readonly form: "elementString" | "gtin" | "digitalLink" | "text";
  /** The data of the symbol without the symbology identifier, as it was sent. */
  readonly text: string;
  readonly elements: readonly Element[];
  /** The two or five digits of an EAN/UPC add-on symbol. */
  readonly addOn?: string;
}

type Read = Result<Omit<ScannedCode, "symbology" | "text">>;

const defaultSeparators = ["{GS}", "<GS>"];

/** What the symbology identifier says of the data behind it (ISO/IEC 15424; GS1 GenSpecs 5.1.2). Others: text. */
const readers: ReadonlyMap<string, (text: string, options: ScanOptions) => Read> = new Map([
  ...["C1", "e0", "e1", "e2", "e3", "d2", "d5", "Q3", "Q4", "J1", "J4"].map(id => [id, readGs1] as const),
  ["E0", readEan13],
  ["E3", readEan13],
  ["E4", readEan8],
  ...["I0", "I1"].map(id => [id, readItf] as const),
]);

/**
 * Reads what a barcode scanner sent for one symbol: an optional AIM symbology identifier, then an element string, the
 * digits of an EAN/UPC or ITF-14 symbol, a GS1 Digital Link, or any text. Text is never refused; data that claims to be
 * GS1 data is refused with its first fault. Line ends behind the data are ignored.
 */
export function parseScan(raw: string, options: ScanOptions = {}): Result<ScannedCode> {
  const { symbology, text } = splitScan(raw);
  if (symbology === undefined && options.symbologyRequired) {
    return refuse("code.symbology", "The scanner sent no symbology identifier in front of the data.");
  }
  if (text === "") return refuse("code.empty", "The scan has no data.");
  const reader = symbology === undefined ? readUnnamed : (readers.get(symbology.slice(1)) ?? readText);
  const read = reader(text, options);
  if (!read.ok) return read;
  if (options.companionsRequired) {
    const complete = checkRequired(read.value.elements);
    if (!complete.ok) return complete;
  }
  return ok({ ...(symbology === undefined ? {} : { symbology }), text, ...read.value });
}

/** The symbology identifier, and the data without the line ends behind it. */
export function splitScan(raw: string): { readonly symbology: string | undefined; readonly text: string } {
  const symbology = /^\][A-Za-z][0-9A-Za-z]/.exec(raw)?.[0];
  let end = raw.length;
  while (end > 0 && (raw.charAt(end - 1) === "\r" || raw.charAt(end - 1) === "\n")) end--;
  return { symbology, text: raw.slice(symbology?.length ?? 0, end) };
}

function readGs1(text: string, options: ScanOptions): Read {
  let data = text;
  for (const stand of options.separators ?? defaultSeparators) {
    if (stand !== "") data = data.replaceAll(stand, separator);
  }
  return formed("elementString", parseElementString(data));
}

/** 13 digits, 8 of a UPC-E that was not expanded, an add-on behind it, or a composite component as a second message. */
function readEan13(text: string, options: ScanOptions): Read {
  const boundary = /\|\]e[0-3]/.exec(text);
  if (boundary !== null) {
    const composite = text.slice(boundary.index + boundary[0].length);
    return joined(readEan13(text.slice(0, boundary.index), options), readGs1(composite, options));
  }
  const [, main, addOn] = /^([0-9]{13}|[0-9]{8})([0-9]{2}|[0-9]{5})?$/.exec(text) ?? [];
  if (main === undefined) {
    return refuse("code.symbology", `${JSON.stringify(text)} is not what an EAN/UPC symbol carries.`);
  }
  return ofGtin(main.length === 8 ? expandUpce(main) : normaliseGtin(main), addOn);
}

function readEan8(text: string): Read {
  if (text.length === 8 && isDigits(text)) return ofGtin(normaliseGtin(text));
  return refuse("code.symbology", `${JSON.stringify(text)} is not what an EAN-8 symbol carries.`);
}

/** Interleaved 2 of 5 carries anything; 14 digits with the right check digit are taken for an ITF-14. */
function readItf(text: string): Read {
  return text.length === 14 && isDigits(text) && hasCheckDigit(text) ? ofGtin(normaliseGtin(text)) : plain;
}

/** A symbol that is not a GS1 symbol may still carry a Digital Link. Other web addresses are text. */
function readText(text: string, options: ScanOptions): Read {
  return isWebUri(text) && hasDigitalLinkKey(text) ? formed("digitalLink", parseDigitalLink(text, options)) : plain;
}

/**
 * Without a symbology identifier the form has to tell: a Digital Link, brackets, a separator, the digits of a GTIN, or an
 * element string that holds a key with a check digit. What fits none of them is text, since any text may be on a label.
 */
function readUnnamed(text: string, options: ScanOptions): Read {
  if (isWebUri(text)) return readText(text, options);
  if (/^\([0-9]{2,4}\)/.test(text)) return orPlain(formed("elementString", parseBracketed(text)));
  if (isDigits(text) && [8, 12, 13, 14].includes(text.length) && hasCheckDigit(text)) {
    return ofGtin(normaliseGtin(text));
  }
  const read = readGs1(text, options);
  const marked = text.includes(separator) || (read.ok && read.value.elements.some(({ ai }) => checked.has(ai)));
  return marked ? orPlain(read) : plain;
}

/** Keys whose check digit makes it unlikely that the text is something else. */
const checked = new Set(["00", "01", "02", "253", "255", "402", "414", "8003", "8006", "8017", "8018"]);

const plain: Read = ok({ form: "text", elements: [] });

function orPlain(read: Read): Read {
  return read.ok ? read : plain;
}

function formed(form: ScannedCode["form"], elements: Result<readonly Element[]>): Read {
  return elements.ok ? ok({ form, elements: elements.value }) : elements;
}

function ofGtin(gtin: Result<Gtin>, addOn?: string): Read {
  if (!gtin.ok) return gtin;
  return ok({ form: "gtin", elements: [{ ai: "01", value: gtin.value }], ...(addOn === undefined ? {} : { addOn }) });
}

function joined(linear: Read, composite: Read): Read {
  if (!linear.ok) return linear;
  if (!composite.ok) return composite;
  const elements = checkPairs([...linear.value.elements, ...composite.value.elements]);
  return elements.ok ? ok({ ...linear.value, elements: elements.value }) : elements;
}

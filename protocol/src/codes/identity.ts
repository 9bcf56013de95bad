import type { Problem } from "../problem.ts";
import type { Result } from "../result.ts";
import { calendarDate } from "./dates.ts";
import type { Element } from "./element.ts";
import { formatBracketed } from "./element-string.ts";
import { readEpc } from "./epc.ts";
import { asGtin, asSscc, type Gtin, type Sscc } from "./keys.ts";
import { parseScan, type ScanOptions, splitScan } from "./scan.ts";

/** A code as a reader or a scanner sent it. */
export type Code = { readonly epcHex: string } | { readonly scan: string };

/**
 * What one code stands for. `instance`: one thing of its own. `class`: any thing of a trade item, lot or asset type.
 * `unit`: a logistic unit. `place`: a location. `other`: everything else, known only by its own text.
 */
export interface Identity {
  readonly kind: "instance" | "class" | "unit" | "place" | "other";
  /**
   * Canonical bracketed element string of the key: `(01)09506000134352(21)12345`. Tags and barcodes that carry the same key
   * give the same text. A code without a GS1 key has `epc:` and its hex digits, or `code:` and its text.
   */
  readonly key: string;
  /** The key without what tells one instance or lot from another: `(01)09506000134352`. */
  readonly classKey: string;
  /** The trade item; for a unit, the one it contains, where the code says so. Absent for pieces of a trade item. */
  readonly gtin?: Gtin;
  readonly serial?: string;
  readonly sscc?: Sscc;
  readonly lot?: string;
  /** Expiry date `YYYY-MM-DD` of AI 17 or 7003. */
  readonly expiresOn?: string;
  /** Count of trade items, AI 30 or 37. */
  readonly count?: number;
  /** All that the code carries. */
  readonly elements: readonly Element[];
  /** Why a code that is `other` was not read as GS1 data. Absent for text that does not claim to be. */
  readonly problem?: Problem;
}

/** How codes are identified. */
export interface IdentifyOptions extends ScanOptions {
  /** The year from which the century of a two-digit year is told: 49 years back, 50 ahead. Default 2026. */
  readonly referenceYear?: number;
}

/**
 * The identity of any code. It never refuses and never throws: a code that is no GS1 code, or a wrong one, is still a code
 * of kind `other` under its own text.
 */
export function identify(code: Code, options: IdentifyOptions = {}): Identity {
  if ("epcHex" in code) {
    const read = readEpc(code.epcHex);
    const fallback = `epc:${code.epcHex.toUpperCase()}`;
    return read.ok ? identityOf(read.value.elements, fallback, options) : unknown(fallback, read);
  }
  const read = parseScan(code.scan, options);
  const fallback = `code:${splitScan(code.scan).text}`;
  return read.ok ? identityOf(read.value.elements, fallback, options) : unknown(fallback, read);
}

/** The identity that GS1 elements give; `fallback` is the key where they hold none. */
export function identityOf(elements: readonly Element[], fallback: string, options: IdentifyOptions = {}): Identity {
  for (const rule of rules) {
    const key = valueFor(elements, rule.ai);
    if (key !== undefined) return { ...rule.identify(key, elements), ...details(elements, options), elements };
  }
  return { kind: "other", key: fallback, classKey: fallback, ...details(elements, options), elements };
}

type Keyed = Pick<Identity, "kind" | "key" | "classKey" | "gtin" | "serial" | "sscc">;

interface Rule {
  readonly ai: string;
  readonly identify: (value: string, elements: readonly Element[]) => Keyed;
}

/** The first key that is present rules. A unit comes before its content, a piece before its trade item. */
const rules: readonly Rule[] = [
  { ai: "00", identify: unit },
  { ai: "8006", identify: (value, elements) => tradeItem("8006", value, elements) },
  { ai: "01", identify: (value, elements) => ({ ...tradeItem("01", value, elements), gtin: asGtin(value) }) },
  { ai: "03", identify: (value, elements) => tradeItem("03", value, elements) },
  { ai: "02", identify: (value, elements) => content("02", value, elements, { gtin: asGtin(value) }) },
  { ai: "8026", identify: (value, elements) => content("8026", value, elements, {}) },
  { ai: "8003", identify: value => withSerialInside("8003", value, 14) },
  { ai: "8004", identify: value => same("instance", "8004", value) },
  { ai: "8010", identify: componentPart },
  { ai: "253", identify: value => withSerialInside("253", value, 13) },
  { ai: "255", identify: value => withSerialInside("255", value, 13) },
  { ai: "414", identify: place },
  { ai: "8013", identify: value => same("class", "8013", value) },
  ...["8017", "8018", "402", "401", "417"].map(ai => ({ ai, identify: (value: string) => same("other", ai, value) })),
];

function unit(sscc: string, elements: readonly Element[]): Keyed {
  const held = valueFor(elements, "02");
  return { ...same("unit", "00", sscc), sscc: asSscc(sscc), ...(held === undefined ? {} : { gtin: asGtin(held) }) };
}

function tradeItem(ai: string, value: string, elements: readonly Element[]): Keyed {
  const classKey = `(${ai})${value}`;
  const serial = elements.find(element => element.ai === "21" || element.ai === "235");
  if (serial !== undefined) {
    return { kind: "instance", key: classKey + formatBracketed([serial]), classKey, serial: serial.value };
  }
  return { kind: "class", key: classKey + formatBracketed(elements.filter(element => element.ai === "10")), classKey };
}

/** What a unit holds, read without the unit: goods of that trade item, and not one of them. */
function content(ai: string, value: string, elements: readonly Element[], more: { readonly gtin?: Gtin }): Keyed {
  const lot = elements.filter(element => element.ai === "10");
  const key = `(${ai})${value}${formatBracketed(lot)}`;
  return { kind: "class", key, classKey: more.gtin === undefined ? `(${ai})${value}` : `(01)${more.gtin}`, ...more };
}

function withSerialInside(ai: string, value: string, classLength: number): Keyed {
  const serial = value.slice(classLength);
  const classKey = `(${ai})${value.slice(0, classLength)}`;
  if (serial === "") return { kind: "class", key: classKey, classKey };
  return { kind: "instance", key: formatBracketed([{ ai, value }]), classKey, serial };
}

function componentPart(value: string, elements: readonly Element[]): Keyed {
  const classKey = `(8010)${value}`;
  const serial = valueFor(elements, "8011");
  if (serial === undefined) return { kind: "class", key: classKey, classKey };
  return { kind: "instance", key: `${classKey}(8011)${serial}`, classKey, serial };
}

function place(value: string, elements: readonly Element[]): Keyed {
  const classKey = `(414)${value}`;
  return { kind: "place", key: classKey + formatBracketed(elements.filter(element => element.ai === "254")), classKey };
}

function same(kind: Identity["kind"], ai: string, value: string): Keyed {
  const key = formatBracketed([{ ai, value }]);
  return { kind, key, classKey: key };
}

function details(
  elements: readonly Element[],
  options: IdentifyOptions,
): Pick<Identity, "lot" | "expiresOn" | "count"> {
  const found: { lot?: string; expiresOn?: string; count?: number } = {};
  for (const { ai, value } of elements) {
    if (ai === "10") found.lot = value;
    else if (ai === "17" || ai === "7003") found.expiresOn = calendarDate(value, options.referenceYear ?? defaultYear);
    else if (ai === "30" || ai === "37") found.count = Number(value);
  }
  return found;
}

const defaultYear = 2026;

function unknown(key: string, read: Result<unknown>): Identity {
  return { kind: "other", key, classKey: key, elements: [], ...(read.ok ? {} : { problem: read.problem }) };
}

function valueFor(elements: readonly Element[], ai: string): string | undefined {
  for (const element of elements) if (element.ai === ai) return element.value;
  return undefined;
}

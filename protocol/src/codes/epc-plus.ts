import { ok, type Result, refuse } from "../result.ts";
import { findApplicationIdentifier } from "./application-identifier.ts";
import { type Bits, bitText, isZeroFrom, readNumber } from "./bits.ts";
import { type Element, findFault } from "./element.ts";
import { readHost, writeHost } from "./epc-host.ts";
import { pairs, type ValueCodec } from "./epc-value.ts";
import { valueCodecOf } from "./epc-value-table.ts";

/**
 * A scheme of TDS 2.x without a company prefix: header, toggle, filter, the values of some AIs one after the other, and
 * for '++' a host name. Where the toggle is 1, more AIs with their values follow up to the end.
 */
export interface PlusScheme {
  readonly name: string;
  readonly header: number;
  readonly ais: readonly string[];
  /** A date with its kind stands before the values. */
  readonly dated?: true;
  /** A host name stands after the values. */
  readonly hosted?: true;
}

/** What an EPC of such a scheme says. */
export interface PlusContent {
  readonly filter: number;
  /** Key and serial, then a date of the scheme, then the data after the EPC. */
  readonly elements: readonly Element[];
  readonly hostname?: string;
  /** Bits after the EPC, from the first AI that could not be read, as zeros and ones. */
  readonly undecoded?: string;
}

const families: readonly (readonly [
  name: string,
  plus: number,
  plusPlus: number | undefined,
  ais: readonly string[],
])[] = [
  ["SGTIN", 0xf7, 0xfd, ["01", "21"]],
  ["DSGTIN", 0xfb, 0xfc, ["01", "21"]],
  ["SSCC", 0xf9, 0xef, ["00"]],
  ["SGLN", 0xf2, 0xe9, ["414", "254"]],
  ["GRAI", 0xf1, 0xeb, ["8003"]],
  ["GIAI", 0xfa, 0xee, ["8004"]],
  ["GSRN", 0xf4, 0xe7, ["8018"]],
  ["GSRNP", 0xf5, 0xe8, ["8017"]],
  ["GDTI", 0xf6, 0xea, ["253"]],
  ["ITIP", 0xf3, 0xed, ["8006", "21"]],
  ["CPI", 0xf0, 0xe6, ["8010", "8011"]],
  // SGCN++ has the header EC, but what is published of its layout does not agree, so its tags stay unread.
  ["SGCN", 0xf8, undefined, ["255"]],
];

/** TDS 2.x, table 14-1. */
export const plusSchemes: readonly PlusScheme[] = families.flatMap(([name, plus, plusPlus, ais]) => {
  const dated = name === "DSGTIN" ? { dated: true as const } : {};
  const single = { name: `${name}+`, header: plus, ais, ...dated };
  return plusPlus === undefined
    ? [single]
    : [single, { name: `${name}++`, header: plusPlus, ais, ...dated, hosted: true as const }];
});

/** The AI of each kind of date (TDS 2.x 14.5.3). */
const dateAis = ["11", "13", "15", "16", "17", "7006", "7007"];
const date = pairs(7, 4, 5);
const filters = [0, 1, 2, 3, 4, 5, 6, 7];
const start = 12;

/** Reads the bits of an EPC whose header names `scheme`. Refuses `code.epc_*`, and what a value is refused for. */
export function decodePlus(bits: Bits, scheme: PlusScheme): Result<PlusContent> {
  const dated = readDate(bits, scheme);
  if (!dated.ok) return dated;
  const own = readValues(bits, dated.value.end, scheme.ais);
  if (!own.ok) return own;
  const host = scheme.hosted ? readHost(bits, own.value.end) : { text: undefined, end: own.value.end };
  if (host === undefined) return refuse("code.epc_range", `The host name of the ${scheme.name} is none.`);
  if (host.end > bits.length * 8) return refuse("code.epc_length", `The host name of the ${scheme.name} is cut short.`);
  const toggle = readNumber(bits, 8, 1);
  if (toggle === 0 && !isZeroFrom(bits, host.end)) {
    return refuse("code.epc_padding", `The bits after the ${scheme.name} are not all zero.`);
  }
  const more = toggle === 0 ? { elements: [] } : readMore(bits, host.end);
  return ok({
    ...more,
    filter: readNumber(bits, 9, 3),
    elements: [...own.value.elements, ...dated.value.elements, ...more.elements],
    ...(host.text === undefined ? {} : { hostname: host.text }),
  });
}

/** What {@link encodePlus} writes. */
export interface PlusInput {
  readonly filter: number;
  readonly elements: readonly Element[];
  readonly hostname?: string;
  readonly undecoded?: string;
}

/** Writes an EPC as a text of bits. Elements that the scheme has no field for follow it as data. Refuses `code.epc_*`. */
export function encodePlus(scheme: PlusScheme, input: PlusInput): Result<string> {
  const { filter, elements, hostname, undecoded = "" } = input;
  if (!filters.includes(filter)) return refuse("code.epc_range", `There is no filter ${filter}.`);
  if (hostname !== undefined && !scheme.hosted) return refuse("code.epc_range", `${scheme.name} has no host name.`);
  const dated = scheme.dated ? elements.find(({ ai }) => dateAis.includes(ai)) : undefined;
  if (scheme.dated && dated === undefined) {
    return refuse("code.companions", `${scheme.name} needs a date, as of AI 17.`);
  }
  const own = scheme.ais.map(ai => elements.find(element => element.ai === ai) ?? noExtension(ai));
  const missing = scheme.ais.find((_, index) => own[index] === undefined);
  if (missing !== undefined) return refuse("code.companions", `${scheme.name} needs AI ${missing}.`);
  const more = elements.filter(element => element !== dated && !own.includes(element));
  const texts = [
    bitText(scheme.header, 8) + (more.length > 0 || undecoded !== "" ? "1" : "0") + bitText(filter, 3),
    ...(dated ? [bitText(dateAis.indexOf(dated.ai), 4), date.write(dated.value)] : []),
    ...own.map(element => element && valueCodecOf(element.ai)?.write(element.value)),
    ...(scheme.hosted ? [writeHost(hostname ?? "")] : []),
    ...more.flatMap(({ ai, value }) => [nibblesOf(ai), valueCodecOf(ai)?.write(value)]),
    undecoded,
  ];
  if (texts.includes(undefined)) return refuse("code.epc_range", `A value does not fit its field of ${scheme.name}.`);
  return ok(texts.join(""));
}

interface Values {
  readonly elements: readonly Element[];
  readonly end: number;
}

/** The date of a scheme that has one: four bits for its kind, then the day. */
function readDate(bits: Bits, scheme: PlusScheme): Result<Values> {
  if (!scheme.dated) return ok({ elements: [], end: start });
  const ai = dateAis[readNumber(bits, start, 4)];
  if (ai === undefined) return refuse("code.epc_range", `The kind of date of the ${scheme.name} is not defined.`);
  const read = readValue(bits, start + 4, ai, date);
  return read.ok ? ok({ elements: [read.value.element], end: read.value.end }) : read;
}

function readValues(bits: Bits, from: number, ais: readonly string[]): Result<Values> {
  const elements: Element[] = [];
  let end = from;
  for (const ai of ais) {
    const read = readValue(bits, end, ai, valueCodecOf(ai));
    if (!read.ok) return read;
    if (!isNoExtension(read.value.element)) elements.push(read.value.element);
    end = read.value.end;
  }
  return ok({ elements, end });
}

function readValue(
  bits: Bits,
  at: number,
  ai: string,
  codec: ValueCodec | undefined,
): Result<{ readonly element: Element; readonly end: number }> {
  const read = codec?.read(bits, at);
  if (read === undefined) {
    return refuse("code.epc_range", `The bits for AI ${ai} stand for no value.`, { at: `bit ${at}` });
  }
  if (read.end > bits.length * 8) {
    return refuse("code.epc_length", `The value of AI ${ai} is cut short.`, { at: `bit ${at}` });
  }
  const element = { ai, value: read.text };
  const entry = findApplicationIdentifier(ai);
  const fault = entry && !isNoExtension(element) ? findFault(entry, read.text) : undefined;
  if (fault) return refuse(fault.code, `${fault.detail}, in AI ${ai} at bit ${at}.`, { at: `AI ${ai}, bit ${at}` });
  return ok({ element, end: read.end });
}

/** AIs with their values up to the end or to zero bits only (TDS 2.x 15.3). What cannot be read is kept as it is. */
function readMore(bits: Bits, from: number): Pick<PlusContent, "elements" | "undecoded"> {
  const elements: Element[] = [];
  let at = from;
  while (!isZeroFrom(bits, at)) {
    const ai = readAi(bits, at);
    const read = ai === undefined ? undefined : readValue(bits, at + 4 * ai.length, ai, valueCodecOf(ai));
    if (!read?.ok) return { elements, undecoded: textOfBits(bits, at) };
    elements.push(read.value.element);
    at = read.value.end;
  }
  return { elements };
}

function readAi(bits: Bits, at: number): string | undefined {
  let ai = "";
  for (let position = at; ai.length < 4; position += 4) {
    ai += readNumber(bits, position, 4).toString(16);
    if (findApplicationIdentifier(ai)) return ai;
  }
  return undefined;
}

function nibblesOf(ai: string): string {
  return [...ai].map(digit => bitText(Number(digit), 4)).join("");
}

function textOfBits(bits: Bits, from: number): string {
  let text = "";
  for (let at = from; at < bits.length * 8; at++) text += readNumber(bits, at, 1);
  return text;
}

/** A GLN extension of 0, or none, says that there is none. */
function isNoExtension({ ai, value }: Element): boolean {
  return ai === "254" && (value === "0" || value === "");
}

function noExtension(ai: string): Element | undefined {
  return ai === "254" ? { ai, value: "0" } : undefined;
}

import { ok, type Result, refuse } from "../result.ts";
import { type Bits, bitText, isZeroFrom, readNumber } from "./bits.ts";
import { type Field, numberField } from "./epc-field.ts";
import { fits, wrongLength } from "./epc-partition.ts";

/** A scheme that holds no GS1 key: its fields are the parts of its URIs. */
export interface PlainScheme {
  readonly name: string;
  readonly header: number;
  readonly bits: number;
  readonly urn: string;
  /** Bits of the filter after the header, which only the tag URI has. */
  readonly filterBits: number;
  readonly fields: readonly Field[];
}

/** What an EPC of such a scheme says. */
export interface PlainContent {
  readonly filter?: number;
  readonly parts: readonly string[];
}

/** Six 8-bit characters: a CAGE code of five with a space in front, or a DoDAAC of six (TDS 2.x 14.6.15). */
const cage: Field = {
  width: 48,
  read: (bits, at) => {
    let text = "";
    for (let index = 0; index < 6; index++) text += String.fromCharCode(readNumber(bits, at + index * 8, 8));
    return /^[ 0-9A-HJ-NP-Z][0-9A-HJ-NP-Z]{5}$/.test(text) ? text.trimStart() : undefined;
  },
  write: text => {
    if (!/^[0-9A-HJ-NP-Z]{5,6}$/.test(text)) return undefined;
    return [...text.padStart(6, " ")].map(character => bitText(character.charCodeAt(0), 8)).join("");
  },
};

/** TDS 2.x 14.6.11 and 14.6.15. */
export const plainSchemes: readonly PlainScheme[] = [
  {
    name: "GID-96",
    header: 0x35,
    bits: 96,
    urn: "gid",
    filterBits: 0,
    fields: [numberField(28), numberField(24), numberField(36)],
  },
  { name: "USDOD-96", header: 0x2f, bits: 96, urn: "usdod", filterBits: 4, fields: [cage, numberField(36)] },
];

/** Reads the bits of an EPC whose header names `scheme`. Refuses `code.epc_length`, `_range` and `_padding`. */
export function decodePlain(bits: Bits, scheme: PlainScheme): Result<PlainContent> {
  if (!fits(bits, scheme.bits)) return wrongLength(bits, scheme.name);
  let at = 8 + scheme.filterBits;
  const parts: string[] = [];
  for (const field of scheme.fields) {
    const text = field.read(bits, at);
    if (text === undefined) {
      return refuse("code.epc_range", `Field ${parts.length + 1} of the ${scheme.name} is out of range.`);
    }
    parts.push(text);
    at += field.width;
  }
  if (!isZeroFrom(bits, at)) return refuse("code.epc_padding", `The bits after the ${scheme.name} are not all zero.`);
  return ok(scheme.filterBits === 0 ? { parts } : { filter: readNumber(bits, 8, scheme.filterBits), parts });
}

/** Writes an EPC as a text of bits. Refuses `code.epc_range`. */
export function encodePlain(scheme: PlainScheme, { filter = 0, parts }: PlainContent): Result<string> {
  if (!Number.isInteger(filter) || filter < 0 || filter >= 2 ** scheme.filterBits) {
    return refuse("code.epc_range", `${scheme.name} has no filter ${filter}.`);
  }
  const head = bitText(scheme.header, 8) + bitText(filter, scheme.filterBits);
  const texts = scheme.fields.map((field, index) => field.write(parts[index] ?? ""));
  if (texts.includes(undefined) || parts.length !== texts.length) {
    return refuse("code.epc_range", `${parts.join(".")} does not fit the fields of ${scheme.name}.`);
  }
  return ok(head + texts.join(""));
}

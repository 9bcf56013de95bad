import { ok, type Result, refuse } from "../result.ts";
import { type Bits, bitText, isZeroFrom, readNumber } from "./bits.ts";
import type { Element } from "./element.ts";
import type { Field } from "./epc-field.ts";
import { joinKey, splitKey } from "./epc-key.ts";
import type { PartitionScheme } from "./epc-scheme.ts";

/** The fields of an EPC with a company prefix, as texts with all their digits. */
export interface EpcFields {
  readonly filter: number;
  readonly partition: number;
  readonly companyPrefix: string;
  readonly reference: string;
  /** Piece and total of an ITIP, two digits each. */
  readonly pieces?: readonly [piece: string, total: string];
  readonly serial?: string;
}

const start = 14;
const pieceWidth = 7;

/** Reads the bits of an EPC whose header names `scheme`. Refuses `code.epc_length`, `_partition`, `_range`, `_padding`. */
export function decodeFields(bits: Bits, scheme: PartitionScheme): Result<EpcFields> {
  if (scheme.bits !== undefined && !fits(bits, scheme.bits)) return wrongLength(bits, scheme.name);
  const partition = readNumber(bits, 11, 3);
  const part = scheme.parts[partition];
  if (part === undefined) {
    return refuse("code.epc_partition", `Partition ${partition} is not defined for ${scheme.name}.`);
  }
  const companyPrefix = part.companyPrefix.read(bits, start);
  if (companyPrefix === undefined) return outOfRange(scheme, "company prefix");
  let at = start + part.companyPrefix.width;
  const reference = part.reference.read(bits, at);
  if (reference === undefined) return outOfRange(scheme, "reference");
  at += widthOf(part.reference, reference);
  const fields = { filter: readNumber(bits, 8, 3), partition, companyPrefix, reference };
  if (!scheme.pieces) return decodeSerial(bits, scheme, at, fields);
  const pieces = [readNumber(bits, at, pieceWidth), readNumber(bits, at + pieceWidth, pieceWidth)] as const;
  if (pieces[0] === 0 || pieces[0] > pieces[1] || pieces[1] > 99) return outOfRange(scheme, "piece or total");
  const [piece, total] = [twoDigits(pieces[0]), twoDigits(pieces[1])];
  return decodeSerial(bits, scheme, at + 2 * pieceWidth, { ...fields, pieces: [piece, total] });
}

function decodeSerial(bits: Bits, scheme: PartitionScheme, at: number, fields: EpcFields): Result<EpcFields> {
  let end = at;
  let serial: string | undefined;
  if (scheme.serial) {
    serial = scheme.serial.read(bits, at);
    if (serial === undefined) return outOfRange(scheme, "serial");
    end += scheme.serial.width;
  }
  if (scheme.bits === undefined && !fits(bits, end)) return wrongLength(bits, scheme.name);
  if (!isZeroFrom(bits, end)) return refuse("code.epc_padding", `The bits after the ${scheme.name} are not all zero.`);
  return ok(serial === undefined ? fields : { ...fields, serial });
}

/** Writes an EPC as a text of bits. Refuses `code.epc_partition` and `code.epc_range`. */
export function encodeFields(scheme: PartitionScheme, fields: EpcFields): Result<string> {
  const part = scheme.parts[fields.partition];
  if (part === undefined) return refuse("code.epc_partition", `Partition ${fields.partition} is not defined.`);
  if (!Number.isInteger(fields.filter) || fields.filter < 0 || fields.filter > 7) return outOfRange(scheme, "filter");
  const texts = [
    bitText(scheme.header, 8) + bitText(fields.filter, 3) + bitText(fields.partition, 3),
    part.companyPrefix.write(fields.companyPrefix),
    part.reference.write(fields.reference),
    ...(scheme.pieces ? (fields.pieces ?? ["", ""]).map(writePiece) : []),
    scheme.serial ? scheme.serial.write(fields.serial ?? "") : "",
  ];
  const names = ["header", "company prefix", "reference", ...(scheme.pieces ? ["piece", "total"] : []), "serial"];
  const wrong = texts.indexOf(undefined);
  if (wrong >= 0) return outOfRange(scheme, names[wrong] ?? "field");
  return ok(texts.join("").padEnd(scheme.bits ?? 0, "0"));
}

/** The GS1 elements that the fields stand for (TDS 2.x, clause 7). An SGLN extension of 0 means that there is none. */
export function elementsOfFields(scheme: PartitionScheme, fields: EpcFields): readonly Element[] {
  const key = joinKey(scheme.key, fields.companyPrefix, fields.reference);
  const { ai } = scheme.key;
  if (fields.pieces) {
    return [
      { ai, value: key + fields.pieces[0] + fields.pieces[1] },
      { ai: "21", value: fields.serial ?? "" },
    ];
  }
  if (fields.serial === undefined) return [{ ai, value: key }];
  if (scheme.serialAi === undefined) return [{ ai, value: key + fields.serial }];
  if (scheme.serialAi === "254" && fields.serial === "0") return [{ ai, value: key }];
  return [
    { ai, value: key },
    { ai: scheme.serialAi, value: fields.serial },
  ];
}

/** The fields of a scheme for GS1 elements, given how many digits of the key are the company prefix. */
export function fieldsOfElements(
  scheme: PartitionScheme,
  elements: readonly Element[],
  prefixLength: number,
  filter: number,
): Result<EpcFields> {
  const value = elements.find(({ ai }) => ai === scheme.key.ai)?.value;
  if (value === undefined) return refuse("code.companions", `${scheme.name} needs AI ${scheme.key.ai}.`);
  const key = splitKey(scheme.key, value, prefixLength);
  if (key === undefined) return refuse("code.length", `AI ${scheme.key.ai} is too short for ${scheme.name}.`);
  const { companyPrefix, reference, rest } = key;
  const found = elements.find(({ ai }) => ai === scheme.serialAi)?.value;
  const serial = scheme.serialAi === undefined ? rest : (found ?? (scheme.serialAi === "254" ? "0" : undefined));
  return ok({
    filter,
    partition: 12 - prefixLength,
    companyPrefix,
    reference,
    ...(scheme.pieces ? { pieces: [rest.slice(0, 2), rest.slice(2, 4)] as const } : {}),
    ...(scheme.serial && serial !== undefined ? { serial } : {}),
  });
}

/** Whether memory of this size holds an EPC of so many bits: not less, and no whole word more. */
export function fits(bits: Bits, needed: number): boolean {
  const held = bits.length * 8;
  return held >= needed && held < Math.ceil(needed / 16) * 16 + 8;
}

/** The refusal of memory that is too short or too long for a scheme. */
export function wrongLength(bits: Bits, name: string) {
  return refuse("code.epc_length", `${bits.length * 8} bits are too few or too many for ${name}.`);
}

function outOfRange(scheme: PartitionScheme, field: string) {
  return refuse("code.epc_range", `The ${field} of the ${scheme.name} is out of range.`);
}

function widthOf(field: Field, text: string): number {
  return field.widthOf ? field.widthOf(text) : field.width;
}

function writePiece(text: string): string | undefined {
  return /^[0-9]{2}$/.test(text) ? bitText(Number(text), pieceWidth) : undefined;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

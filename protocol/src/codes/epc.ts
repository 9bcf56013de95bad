import { ok, type Result, refuse } from "../result.ts";
import { type Bits, bitsOfHex, hexOfBitText } from "./bits.ts";
import { formatDigitalLink } from "./digital-link.ts";
import type { Element } from "./element.ts";
import { checkElements, formatReadable } from "./element-string.ts";
import { decodeFields, type EpcFields, elementsOfFields, encodeFields, fieldsOfElements } from "./epc-partition.ts";
import { decodePlain, type PlainContent, type PlainScheme, plainSchemes } from "./epc-plain.ts";
import { decodePlus, encodePlus, type PlusContent, type PlusScheme, plusSchemes } from "./epc-plus.ts";
import { type PartitionScheme, partitionSchemes } from "./epc-scheme.ts";
import { bitsOfTagUri, formatPlainUri, formatUri } from "./epc-uri.ts";
import { asEpcHex, type EpcHex } from "./keys.ts";

/** Everything that an EPC says, in each form that it has. A form that its scheme does not have is absent. */
export interface DecodedEpc {
  readonly hex: EpcHex;
  /** Name of the coding scheme, such as `SGTIN-96` (TDS 2.x, table 14-1). */
  readonly scheme: string;
  readonly filter?: number;
  readonly partition?: number;
  readonly companyPrefix?: string;
  /** Host name of a '++' scheme. */
  readonly hostname?: string;
  /** The GS1 elements in the order of the element string, and by AI. */
  readonly elements: readonly Element[];
  readonly ais: Readonly<Record<string, string>>;
  /** Bits of the data after the EPC from the first that could not be read on, as zeros and ones. */
  readonly undecoded?: string;
  readonly pureIdentity?: string;
  readonly tagUri?: string;
  /** Element string as it is printed: `(01)80614141123458(21)6789`. */
  readonly elementString?: string;
  /** Canonical GS1 Digital Link. */
  readonly digitalLink?: string;
}

/** What {@link encodeEpc} makes an EPC of. A {@link DecodedEpc} of a scheme with a GS1 key will do. */
export interface EpcInput {
  readonly scheme: string;
  /** 0 to 7. Default 0: all others. */
  readonly filter?: number;
  /** The GS1 Company Prefix with which the key begins; only its owner knows its length. Not for '+' and '++' schemes. */
  readonly companyPrefix?: string;
  /** The key and its serial; for '+' and '++' schemes also what follows as data, in this order. */
  readonly elements: readonly Element[];
  /** Host name, for '++' schemes. */
  readonly hostname?: string;
  /** Bits to follow the elements of a '+' or '++' scheme, as zeros and ones. */
  readonly undecoded?: string;
}

/** What is needed to identify: the elements, without the forms that are text. */
export type EpcContent =
  | {
      readonly kind: "partition";
      readonly scheme: PartitionScheme;
      readonly elements: readonly Element[];
      readonly fields: EpcFields;
    }
  | {
      readonly kind: "plus";
      readonly scheme: PlusScheme;
      readonly elements: readonly Element[];
      readonly content: PlusContent;
    }
  | {
      readonly kind: "plain";
      readonly scheme: PlainScheme;
      readonly elements: readonly [];
      readonly content: PlainContent;
    };

type Decoder = (bits: Bits) => Result<EpcContent>;

const decoders: readonly (Decoder | undefined)[] = Array.from({ length: 256 }, (_, header) => decoderOf(header));

/**
 * Decodes the EPC memory of a tag, without CRC and protocol control word, in hex digits of either case (TDS 2.x, clause
 * 14). Zero bits may fill the last 16-bit word. Refuses `code.not_hex`, `code.epc_header` for a tag that holds something
 * else than an EPC known here, `code.epc_length`, `code.epc_partition`, `code.epc_range`, `code.epc_padding`, and for '+'
 * schemes what a value is refused for.
 */
export function parseEpc(hex: string): Result<DecodedEpc> {
  const content = readEpc(hex);
  if (!content.ok) return content;
  const { scheme, elements } = content.value;
  const digitalLink = formatDigitalLink(elements);
  return ok({
    hex: asEpcHex(hex.toUpperCase()),
    scheme: scheme.name,
    ...formsOf(content.value),
    elements,
    ais: Object.fromEntries(elements.map(({ ai, value }) => [ai, value])),
    ...(elements.length === 0 ? {} : { elementString: formatReadable(elements, "") }),
    ...(digitalLink.ok ? { digitalLink: digitalLink.value } : {}),
  });
}

/** The part of {@link parseEpc} that identification needs; refuses the same. */
export function readEpc(hex: string): Result<EpcContent> {
  const bits = bitsOfHex(hex);
  if (bits === undefined) return refuse("code.not_hex", "An EPC is an even number of hexadecimal digits.");
  const decode = decoders[bits[0] ?? 0];
  if (decode) return decode(bits);
  return refuse("code.epc_header", `Header ${hex.slice(0, 2).toUpperCase()} is no EPC scheme known here.`);
}

/**
 * Makes the EPC memory of GS1 elements, in whole words. Refuses `code.epc_header` for a scheme that is not known or holds
 * no GS1 key, what an element is refused for, and what the scheme cannot hold.
 */
export function encodeEpc(input: EpcInput): Result<EpcHex> {
  const checked = checkElements(input.elements);
  if (!checked.ok) return checked;
  const plus = plusSchemes.find(({ name }) => name === input.scheme);
  const bits = plus ? encodePlus(plus, { ...input, filter: input.filter ?? 0 }) : encodePartition(input);
  return bits.ok ? ok(asEpcHex(hexOfBitText(bits.value))) : bits;
}

/** Makes the EPC memory that a tag URI (`urn:epc:tag:…`) stands for. Refuses `code.epc_uri`, `_partition` and `_range`. */
export function encodeTagUri(uri: string): Result<EpcHex> {
  const bits = bitsOfTagUri(uri);
  return bits.ok ? ok(asEpcHex(hexOfBitText(bits.value))) : bits;
}

function encodePartition(input: EpcInput): Result<string> {
  const scheme = partitionSchemes.find(({ name }) => name === input.scheme);
  if (scheme === undefined) return refuse("code.epc_header", `${input.scheme} is no EPC scheme with a GS1 key.`);
  const companyPrefix = input.companyPrefix ?? "";
  const fields = fieldsOfElements(scheme, input.elements, companyPrefix.length, input.filter ?? 0);
  if (!fields.ok) return fields;
  if (fields.value.companyPrefix !== companyPrefix) {
    return refuse("code.epc_range", `The key does not begin with the company prefix ${companyPrefix}.`);
  }
  const bits = encodeFields(scheme, fields.value);
  if (!bits.ok) return bits;
  const held = elementsOfFields(scheme, fields.value);
  const lost = input.elements.find(({ ai }) => !held.some(element => element.ai === ai));
  return lost && lost.ai !== "254" ? refuse("code.epc_range", `${scheme.name} has no place for AI ${lost.ai}.`) : bits;
}

function decoderOf(header: number): Decoder | undefined {
  const partition = partitionSchemes.find(scheme => scheme.header === header);
  if (partition) return bits => partitionContent(bits, partition);
  const plus = plusSchemes.find(scheme => scheme.header === header);
  if (plus) return bits => plusContent(bits, plus);
  const plain = plainSchemes.find(scheme => scheme.header === header);
  return plain && (bits => plainContent(bits, plain));
}

function partitionContent(bits: Bits, scheme: PartitionScheme): Result<EpcContent> {
  const fields = decodeFields(bits, scheme);
  if (!fields.ok) return fields;
  return ok({ kind: "partition", scheme, elements: elementsOfFields(scheme, fields.value), fields: fields.value });
}

function plusContent(bits: Bits, scheme: PlusScheme): Result<EpcContent> {
  const content = decodePlus(bits, scheme);
  return content.ok ? ok({ kind: "plus", scheme, elements: content.value.elements, content: content.value }) : content;
}

function plainContent(bits: Bits, scheme: PlainScheme): Result<EpcContent> {
  const content = decodePlain(bits, scheme);
  return content.ok ? ok({ kind: "plain", scheme, elements: [], content: content.value }) : content;
}

function formsOf(epc: EpcContent) {
  switch (epc.kind) {
    case "partition": {
      const { filter, partition, companyPrefix } = epc.fields;
      const [pureIdentity, tagUri] = [
        formatUri(epc.scheme, epc.fields, "id"),
        formatUri(epc.scheme, epc.fields, "tag"),
      ];
      return { filter, partition, companyPrefix, pureIdentity, tagUri };
    }
    case "plus": {
      const { elements: _, ...rest } = epc.content;
      return rest;
    }
    case "plain": {
      const { filter } = epc.content;
      const pureIdentity = formatPlainUri(epc.scheme, epc.content, "id");
      const tagUri = formatPlainUri(epc.scheme, epc.content, "tag");
      return { ...(filter === undefined ? {} : { filter }), pureIdentity, tagUri };
    }
  }
}

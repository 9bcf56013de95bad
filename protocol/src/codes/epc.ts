import { ok, type Result, refuse } from "../result.ts";
import { type Bits, bitsOfHex, hexOfBitText } from "./bits.ts";
import { formatDigitalLink } from "./digital-link.ts";
import type { Element } from "./element.ts";
import { checkElements, formatReadable } from "./element-string.ts";
import { decodeFields, type EpcFields, elementsOfFields, encodeFields, fieldsOfElements } from "./epc-partition.ts";
import { type PartitionScheme, partitionSchemes } from "./epc-scheme.ts";
import { formatUri } from "./epc-uri.ts";
import { asEpcHex, type EpcHex } from "./keys.ts";

/** Everything that an EPC says, in each form that it has. A form that its scheme does not have is absent. */
export interface DecodedEpc {
  readonly hex: EpcHex;
  /** Name of the coding scheme, such as `SGTIN-96` (TDS 2.x, table 14-1). */
  readonly scheme: string;
  readonly filter?: number;
  readonly partition?: number;
  readonly companyPrefix?: string;
  /** The GS1 elements in the order of the element string, and by AI. */
  readonly elements: readonly Element[];
  readonly ais: Readonly<Record<string, string>>;
  readonly pureIdentity?: string;
  readonly tagUri?: string;
  /** Element string as it is printed: `(01)80614141123458(21)6789`. */
  readonly elementString?: string;
  /** Canonical GS1 Digital Link. */
  readonly digitalLink?: string;
}

/** What {@link encodeEpc} makes an EPC of. */
export interface EpcInput {
  readonly scheme: string;
  /** 0 to 7. Default 0: all others. */
  readonly filter?: number;
  /** How many digits of the key are the GS1 Company Prefix, 6 to 12; only its owner knows. */
  readonly companyPrefixLength?: number;
  /** The key and its serial by AI. */
  readonly ais: Readonly<Record<string, string>>;
}

/** What is needed to identify: the elements, without the forms that are text. */
export interface EpcContent {
  readonly scheme: string;
  readonly elements: readonly Element[];
  readonly fields?: EpcFields;
}

const byHeader: readonly (PartitionScheme | undefined)[] = Array.from({ length: 256 }, (_, header) =>
  partitionSchemes.find(scheme => scheme.header === header),
);

/**
 * Decodes the EPC memory of a tag, without CRC and protocol control word, in hex digits of either case (TDS 2.x, clause
 * 14). Zero bits may fill the last 16-bit word. Refuses `code.not_hex`, `code.epc_header` for a tag that holds something
 * else than an EPC known here, `code.epc_length`, `code.epc_partition`, `code.epc_range` and `code.epc_padding`.
 */
export function parseEpc(hex: string): Result<DecodedEpc> {
  const content = readEpc(hex);
  if (!content.ok) return content;
  const { scheme, elements, fields } = content.value;
  const digitalLink = formatDigitalLink(elements);
  const partition = partitionSchemes.find(({ name }) => name === scheme);
  return ok({
    hex: asEpcHex(hex.toUpperCase()),
    scheme,
    ...(fields ? { filter: fields.filter, partition: fields.partition, companyPrefix: fields.companyPrefix } : {}),
    elements,
    ais: Object.fromEntries(elements.map(({ ai, value }) => [ai, value])),
    ...(fields && partition
      ? { pureIdentity: formatUri(partition, fields, "id"), tagUri: formatUri(partition, fields, "tag") }
      : {}),
    elementString: formatReadable(elements, ""),
    ...(digitalLink.ok ? { digitalLink: digitalLink.value } : {}),
  });
}

/** The part of {@link parseEpc} that identification needs; refuses the same. */
export function readEpc(hex: string): Result<EpcContent> {
  const bits = bitsOfHex(hex);
  if (bits === undefined) return refuse("code.not_hex", "An EPC is an even number of hexadecimal digits.");
  return decodeBits(bits);
}

function decodeBits(bits: Bits): Result<EpcContent> {
  const header = bits[0] ?? 0;
  const scheme = byHeader[header];
  if (scheme === undefined) {
    return refuse(
      "code.epc_header",
      `Header ${header.toString(16).toUpperCase().padStart(2, "0")} is no EPC scheme known here.`,
    );
  }
  const fields = decodeFields(bits, scheme);
  if (!fields.ok) return fields;
  return ok({ scheme: scheme.name, elements: elementsOfFields(scheme, fields.value), fields: fields.value });
}

/** Makes the EPC memory of GS1 elements, in whole words. Refuses what the scheme cannot hold. */
export function encodeEpc(input: EpcInput): Result<EpcHex> {
  const scheme = partitionSchemes.find(({ name }) => name === input.scheme);
  if (scheme === undefined) return refuse("code.epc_header", `There is no EPC scheme ${input.scheme}.`);
  const elements = Object.entries(input.ais).map(([ai, value]) => ({ ai, value }));
  const checked = checkElements(elements);
  if (!checked.ok) return checked;
  const fields = fieldsOfElements(scheme, elements, input.companyPrefixLength ?? 0, input.filter ?? 0);
  if (!fields.ok) return fields;
  const bits = encodeFields(scheme, fields.value);
  return bits.ok ? ok(asEpcHex(hexOfBitText(bits.value))) : bits;
}

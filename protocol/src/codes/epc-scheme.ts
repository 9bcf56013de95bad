import {
  charactersField,
  digitsField,
  type Field,
  numberField,
  prefixedField,
  shortCharactersField,
} from "./epc-field.ts";
import {
  cpiShape,
  gcnShape,
  gdtiShape,
  giaiShape,
  glnShape,
  graiShape,
  gsrnpShape,
  gsrnShape,
  gtinShape,
  itipShape,
  type KeyShape,
  ssccShape,
} from "./epc-key.ts";

/**
 * A scheme whose EPC is header, filter, partition, company prefix, reference, and mostly a serial (TDS 2.x 14.6). The
 * partition, 0 to 6, says how the digits are shared between company prefix and reference.
 */
export interface PartitionScheme {
  readonly name: string;
  readonly header: number;
  /** Bits of the whole EPC; absent where the reference ends itself. */
  readonly bits?: number;
  /** Scheme name in URIs: `urn:epc:id:<urn>:…`. */
  readonly urn: string;
  readonly key: KeyShape;
  /** Company prefix and reference, by partition. */
  readonly parts: readonly { readonly companyPrefix: Field; readonly reference: Field }[];
  /** Piece and total of an ITIP, two digits in 7 bits each. */
  readonly pieces?: true;
  readonly serial?: Field;
  /** The AI of the serial; absent where the serial is the end of the key's own value. */
  readonly serialAi?: string;
}

const prefixBits = [40, 37, 34, 30, 27, 24, 20];

/** The rows of a partition table: the reference by the number of bits and digits that the company prefix leaves. */
function parts(reference: (restOf: (bits: number) => number, partition: number) => Field): PartitionScheme["parts"] {
  return prefixBits.map((width, partition) => ({
    companyPrefix: digitsField(width, 12 - partition),
    reference: reference(bits => bits - width, partition),
  }));
}

const gtinParts = parts((rest, partition) => digitsField(rest(44), 1 + partition));
const ssccParts = parts((rest, partition) => digitsField(rest(58), 5 + partition));
const glnParts = parts((rest, partition) => digitsField(rest(41), partition));
const graiParts = parts((rest, partition) => digitsField(rest(44), partition));
const giai96Parts = parts(rest => numberField(rest(82)));
const giai202Parts = parts((rest, partition) => charactersField(rest(188), 18 + partition));
const cpiVarParts = parts((_, partition) => shortCharactersField(18 + partition));
const cpi96Parts = parts((rest, partition) => numberField(rest(51), 3 + partition));

/** TDS 2.x 14.6.1 to 14.6.10. */
export const partitionSchemes: readonly PartitionScheme[] = [
  {
    name: "SGTIN-96",
    header: 0x30,
    bits: 96,
    urn: "sgtin",
    key: gtinShape,
    parts: gtinParts,
    serial: numberField(38),
    serialAi: "21",
  },
  {
    name: "SGTIN-198",
    header: 0x36,
    bits: 198,
    urn: "sgtin",
    key: gtinShape,
    parts: gtinParts,
    serial: charactersField(140),
    serialAi: "21",
  },
  { name: "SSCC-96", header: 0x31, bits: 96, urn: "sscc", key: ssccShape, parts: ssccParts },
  {
    name: "SGLN-96",
    header: 0x32,
    bits: 96,
    urn: "sgln",
    key: glnShape,
    parts: glnParts,
    serial: numberField(41),
    serialAi: "254",
  },
  {
    name: "SGLN-195",
    header: 0x39,
    bits: 195,
    urn: "sgln",
    key: glnShape,
    parts: glnParts,
    serial: charactersField(140),
    serialAi: "254",
  },
  { name: "GRAI-96", header: 0x33, bits: 96, urn: "grai", key: graiShape, parts: graiParts, serial: numberField(38) },
  {
    name: "GRAI-170",
    header: 0x37,
    bits: 170,
    urn: "grai",
    key: graiShape,
    parts: graiParts,
    serial: charactersField(112),
  },
  { name: "GIAI-96", header: 0x34, bits: 96, urn: "giai", key: giaiShape, parts: giai96Parts },
  { name: "GIAI-202", header: 0x38, bits: 202, urn: "giai", key: giaiShape, parts: giai202Parts },
  { name: "GSRN-96", header: 0x2d, bits: 96, urn: "gsrn", key: gsrnShape, parts: ssccParts },
  { name: "GSRNP-96", header: 0x2e, bits: 96, urn: "gsrnp", key: gsrnpShape, parts: ssccParts },
  { name: "GDTI-96", header: 0x2c, bits: 96, urn: "gdti", key: gdtiShape, parts: glnParts, serial: numberField(41) },
  {
    name: "GDTI-174",
    header: 0x3e,
    bits: 174,
    urn: "gdti",
    key: gdtiShape,
    parts: glnParts,
    serial: charactersField(119),
  },
  {
    name: "CPI-96",
    header: 0x3c,
    bits: 96,
    urn: "cpi",
    key: cpiShape,
    parts: cpi96Parts,
    serial: numberField(31),
    serialAi: "8011",
  },
  {
    name: "CPI-var",
    header: 0x3d,
    urn: "cpi",
    key: cpiShape,
    parts: cpiVarParts,
    serial: numberField(40),
    serialAi: "8011",
  },
  { name: "SGCN-96", header: 0x3f, bits: 96, urn: "sgcn", key: gcnShape, parts: glnParts, serial: prefixedField(41) },
  {
    name: "ITIP-110",
    header: 0x40,
    bits: 110,
    urn: "itip",
    key: itipShape,
    parts: gtinParts,
    pieces: true,
    serial: numberField(38),
    serialAi: "21",
  },
  {
    name: "ITIP-212",
    header: 0x41,
    bits: 212,
    urn: "itip",
    key: itipShape,
    parts: gtinParts,
    pieces: true,
    serial: charactersField(140),
    serialAi: "21",
  },
];

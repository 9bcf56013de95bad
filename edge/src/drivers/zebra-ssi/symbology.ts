import { expandUpce } from "@tallygate/protocol";

/** AIM identifiers (ISO/IEC 15424) by SSI's code types, where a type says as much. */
const identifiers: ReadonlyMap<number, string> = new Map([
  [0x01, "]A0"],
  [0x02, "]F0"],
  [0x03, "]C0"],
  [0x06, "]I0"],
  [0x0a, "]E4"],
  [0x0b, "]E0"],
  [0x0f, "]C1"],
  [0x11, "]L0"],
  [0x30, "]e0"],
  [0x31, "]e0"],
  [0x32, "]e0"],
]);
const upcA = 0x08;
const upcE = 0x09;

/**
 * The text of a symbol with the AIM identifier that its type stands for. A scanner that sends the identifier itself is left alone.
 * Data Matrix, QR and Aztec get none: their type does not say whether GS1 data is in them, and without one the form of the text does.
 * UPC is brought to the 13 digits that the identifier promises.
 */
export function scanOf(codeType: number, text: string): string {
  if (/^\][A-Za-z][0-9A-Za-z]/.test(text)) return text;
  if (codeType === upcA) return /^[0-9]{12}$/.test(text) ? `]E00${text}` : text;
  if (codeType === upcE) {
    const gtin = expandUpce(text);
    return gtin.ok ? `]E0${gtin.value.slice(1)}` : text;
  }
  return `${identifiers.get(codeType) ?? ""}${text}`;
}

import { createRandom } from "../random.ts";

/** Parts of a Gen2 tag's memory beside its EPC (EPC UHF Gen2 Air Interface Protocol 6.3.2.1). Upper-case hexadecimal. */

/** The protocol control word: the EPC's length in words in its five first bits. */
export function protocolControlHex(epcHex: string): string {
  return ((epcHex.length / 4) << 11).toString(16).toUpperCase().padStart(4, "0");
}

/** CRC-16 over protocol control word and EPC: polynomial 1021, start FFFF, inverted (annex F). */
export function epcCrcHex(epcHex: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(protocolControlHex(epcHex) + epcHex, "hex")) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
  }
  return (crc ^ 0xffff).toString(16).toUpperCase().padStart(4, "0");
}

/** The chip's own number: always the same for the same EPC, with class E2 and a maker in front. */
export function tidHex(epcHex: string): string {
  const random = createRandom(`tid/${epcHex}`);
  const serial = Array.from({ length: 8 }, () => random.whole([0, 255]).toString(16).padStart(2, "0")).join("");
  return `E2801190${serial}`.toUpperCase();
}

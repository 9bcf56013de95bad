/** Check values that makers of readers use. Each is over the bytes from `from` up to but not including `to`. */

/** The sum of all bytes. */
export function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += bytes[at] ?? 0;
  return sum;
}

/** Polynomial 8408 reflected, start FFFF, no final XOR. */
export function crc16Mcrf(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff;
  for (let at = from; at < to; at++) crc = (crc >> 8) ^ (reflected[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return crc;
}

/** CRC-16 of a Gen2 tag over protocol control word and EPC: polynomial 1021, start FFFF, inverted (annex F). */
export function crc16Gen2(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff;
  for (let at = from; at < to; at++) {
    crc = ((crc << 8) & 0xffff) ^ (straight[(crc >> 8) ^ (bytes[at] ?? 0)] ?? 0);
  }
  return crc ^ 0xffff;
}

/** ThingMagic's own: it goes by half bytes, and takes each into the low end of the register. */
export function crc16ThingMagic(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    crc = (((crc << 4) | (byte >> 4)) & 0xffff) ^ (straight[crc >> 12] ?? 0);
    crc = (((crc << 4) | (byte & 15)) & 0xffff) ^ (straight[crc >> 12] ?? 0);
  }
  return crc;
}

const reflected = tableOf(value => (value & 1 ? (value >> 1) ^ 0x8408 : value >> 1), 0);
const straight = tableOf(value => (value & 0x8000 ? (value << 1) ^ 0x1021 : value << 1) & 0xffff, 8);

function tableOf(step: (value: number) => number, shift: number): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let value = byte << shift;
    for (let bit = 0; bit < 8; bit++) value = step(value);
    return value;
  });
}

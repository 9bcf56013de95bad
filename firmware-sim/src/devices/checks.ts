/** Check values of serial readers' frames, each worked out bit by bit as its maker describes it. */

/** The low eight bits of the sum. */
export function sum8(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
}

/** CRC-16 from the low bit on: polynomial 8408, start FFFF. */
export function crc16Reflected(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0x8408;
  }
  return crc;
}

/** ThingMagic's: each half byte is shifted in at the low end, and what falls out at the high end is worked out by polynomial 1021. */
export function crc16Nibbles(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const nibble of [...bytes].flatMap(byte => [byte >> 4, byte & 15])) {
    let fallen = (crc >> 12) << 12;
    for (let bit = 0; bit < 4; bit++)
      fallen = (fallen & 0x8000) === 0 ? fallen << 1 : ((fallen << 1) ^ 0x1021) & 0xffff;
    crc = (((crc << 4) | nibble) & 0xffff) ^ (fallen & 0xffff);
  }
  return crc;
}

/** Two bytes, the high one first. */
export function word(value: number): readonly [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}

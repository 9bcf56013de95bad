import { describe, expect, it } from "vitest";
import { crc16Gen2, crc16Mcrf, crc16ThingMagic, sumOf } from "./checks.ts";

const digits = Buffer.from("123456789");

describe("the check values of a known text", () => {
  it.each([
    ["CRC-16/MCRF4XX", crc16Mcrf, 0x6f91],
    ["CRC-16/GENIBUS, the one of Gen2", crc16Gen2, 0xd64e],
    ["the sum", sumOf, 0x1dd],
  ] as const)("%s", (_, check, expected) => {
    expect(check(digits, 0, digits.length)).toBe(expected);
    expect(check(Buffer.concat([digits, digits]), 9, 18)).toBe(expected);
  });

  it("ThingMagic's is no CRC-16 that others have", () => {
    expect(crc16ThingMagic(Buffer.from("0004", "hex"), 0, 2)).toBe(0x1d0b);
    expect(crc16ThingMagic(Buffer.from("02930005", "hex"), 0, 4)).toBe(0x517d);
  });
});

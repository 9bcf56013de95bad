import fc from "fast-check";
import { expect, test } from "vitest";
import { set82 } from "./arbitraries.ts";
import { type Bits, bitsOfHex, hexOfBitText } from "./bits.ts";
import { readPacked, writePacked } from "./epc-text.ts";

function memory(bits: string): Bits {
  return bitsOfHex(hexOfBitText(bits)) ?? new Uint8Array();
}

test.each([
  ["", "000 00000"],
  ["7", "000 00001 0111"],
  ["007", "000 00011 0000000111"],
  ["AB12", "001 00100 1010 1011 0001 0010"],
  ["ab12", "010 00100 1010 1011 0001 0010"],
  ["rif981", "011 00110 101011 100010 011111 111101 111100 110101"],
  ["32a/b", "100 00101 0110011 0110010 1100001 0101111 1100010"],
  ["A.B:C-1", "101 00111 0000101010100011 1011010111010100 1100000111000001"],
])("%j is packed in the fewest bits: %s", (text, spaced) => {
  const bits = spaced.replaceAll(" ", "");
  expect(writePacked(text, 5)).toBe(bits);
  expect(readPacked(memory(`${bits}1`), 0, 5)).toEqual({ text, end: bits.length });
});

test("any text comes back", () => {
  fc.assert(
    fc.property(set82(90), text => {
      const bits = writePacked(text, 7) ?? "";
      expect(readPacked(memory(bits), 0, 7)).toEqual({ text, end: bits.length });
    }),
  );
});

test.each([
  ["a packing that is not defined", "110 00001 0000000"],
  ["a number with more digits than said", "000 00001 1111"],
  ["a group of URN Code 40 that stands for nothing", "101 00011 0000000000000000"],
  ["a group of URN Code 40 past the last", "101 00011 1111101000000001"],
  ["filling among the characters", "101 00011 0000011001000001"],
  ["characters in the filling", "101 00001 0000101010100011"],
])("%s is no text", (_, bits) => {
  expect(readPacked(memory(bits.replaceAll(" ", "")), 0, 5)).toBeUndefined();
});

test("a text that is too long for its count is not written", () => {
  expect(writePacked("A".repeat(32), 5)).toBeUndefined();
  expect(writePacked("é", 5)).toBeUndefined();
});

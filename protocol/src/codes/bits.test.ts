import fc from "fast-check";
import { expect, test } from "vitest";
import { bitsOfHex, bitText, hexOfBitText, isZeroFrom, readBigint, readNumber } from "./bits.ts";

function hex(digits: string) {
  return bitsOfHex(digits) ?? new Uint8Array();
}

test.each(["", "3", "30G0", "30 0", "０0", "0x30"])("%j is not hexadecimal", text => {
  expect(bitsOfHex(text)).toBeUndefined();
});

test("hex digits of both cases are read", () => {
  expect([...hex("fFa0")]).toEqual([255, 160]);
});

test("any number is read back from the place where it was written", () => {
  const width = fc.integer({ min: 1, max: 52 });
  fc.assert(
    fc.property(fc.nat(60), width, fc.bigInt({ min: 0n, max: 2n ** 52n - 1n }), (at, bits, large) => {
      const value = large % 2n ** BigInt(bits);
      const memory = hex(hexOfBitText(`${"1".repeat(at)}${bitText(value, bits)}1`));
      expect(readNumber(memory, at, bits)).toBe(Number(value));
      expect(readBigint(memory, at, bits)).toBe(value);
    }),
  );
});

test("bits past the end read as zero", () => {
  expect(readNumber(hex("FF"), 4, 8)).toBe(0xf0);
  expect(readBigint(hex("FF"), 4, 70)).toBe(0xfn << 66n);
});

test("zero bits are told from the first one on", () => {
  expect([
    isZeroFrom(hex("F010"), 4),
    isZeroFrom(hex("F010"), 12),
    isZeroFrom(hex("F000"), 4),
    isZeroFrom(hex("F0"), 9),
  ]).toEqual([false, true, true, true]);
});

test("a number that does not fit its field is a programmer error", () => {
  expect(() => bitText(8, 3)).toThrow(RangeError);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDigit, hasCheckDigit } from "./check-digit.ts";

const numbers = ["24012345678905", "2112233789657", "416000336108", "96385074", "123456789012345675", "0614141123452"];

test.each(numbers)("the last digit of %s follows from those before it", number => {
  expect(checkDigit(number.slice(0, -1))).toBe(number.slice(-1));
});

test("any one digit that is read wrong is found", () => {
  const cases = fc.tuple(fc.stringMatching(/^[0-9]{1,17}$/), fc.nat(16), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(cases, ([payload, place, shift]) => {
      const at = place % payload.length;
      const wrong = String((Number(payload[at]) + shift) % 10);
      const changed = payload.slice(0, at) + wrong + payload.slice(at + 1);
      expect(hasCheckDigit(changed + checkDigit(payload))).toBe(false);
    }),
  );
});

test("a payload that is not digits is a programmer error", () => {
  expect(() => checkDigit("12a4")).toThrow(RangeError);
});

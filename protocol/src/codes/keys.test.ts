import { expect, test } from "vitest";
import vectors from "../../fixtures/gs1.json" with { type: "json" };
import { normaliseGtin, parseGln, parseSscc } from "./keys.ts";
import { expandUpce } from "./upc-e.ts";

const parsers = { GTIN: normaliseGtin, SSCC: parseSscc, GLN: parseGln };

const keys = vectors.vectors.flatMap(vector => (vector.kind === "key" ? [vector] : []));
const upces = vectors.vectors.flatMap(vector => (vector.kind === "upce" ? [vector] : []));

test("the vectors have keys and UPC-E numbers", () => {
  expect([keys.length, upces.length]).toEqual([19, 6]);
});

test.each(keys)("key $id is read as its vector says", ({ type = "", value = "", valid, gtin14 }) => {
  const kind = type.startsWith("GTIN") ? "GTIN" : type === "SSCC" ? "SSCC" : "GLN";
  const read = parsers[kind](value);
  expect(read.ok).toBe(valid);
  if (read.ok) expect(read.value).toBe(gtin14 ?? value);
});

test.each(upces)("UPC-E $id is expanded as its vector says", ({ value = "", valid, gtin14 }) => {
  const read = expandUpce(value);
  expect(read.ok).toBe(valid);
  if (read.ok) expect(read.value).toBe(gtin14);
});

test.each([
  ["GTIN of nine digits", normaliseGtin("123456789"), "code.length"],
  ["GTIN with a letter", normaliseGtin("0950600013435A"), "code.charset"],
  ["empty GTIN", normaliseGtin(""), "code.length"],
  ["GTIN with a wrong check digit", normaliseGtin("09506000134353"), "code.check_digit"],
  ["UPC-E of number system 2", expandUpce("2345673"), "code.value"],
  ["UPC-E of five digits", expandUpce("12345"), "code.length"],
  ["SSCC of seventeen digits", parseSscc("12345678901234567"), "code.length"],
  ["GLN with a space", parseGln("061414112345 "), "code.charset"],
])("a %s is refused for what is wrong with it", (_, read, code) => {
  expect(read).toMatchObject({ ok: false, problem: { code } });
});

test("a wrong check digit is named with the right one", () => {
  const read = normaliseGtin("24012345678909");
  expect(read.ok ? "" : read.problem.detail).toBe("Check digit 9, expected 5, in GTIN 24012345678909.");
});

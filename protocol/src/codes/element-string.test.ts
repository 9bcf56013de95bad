import fc from "fast-check";
import { expect, test } from "vitest";
import vectors from "../../fixtures/gs1.json" with { type: "json" };
import { rubbish, set82 } from "./arbitraries.ts";
import { checkRequired } from "./companions.ts";
import { formatDigitalLink } from "./digital-link.ts";
import {
  checkElements,
  formatBracketed,
  formatElementString,
  formatReadable,
  parseBracketed,
  parseElementString,
} from "./element-string.ts";

const cases = vectors.vectors.flatMap(vector => (vector.kind === "elementString" ? [vector] : []));

test("the vectors have element strings", () => {
  expect(cases).toHaveLength(34);
});

test.each(cases)("element string $id is read as its vector says", ({ bracketed = "", valid, wellFormed, elements }) => {
  const read = parseBracketed(bracketed);
  expect(read.ok).toBe(wellFormed);
  expect(read.ok && checkRequired(read.value).ok).toBe(valid);
  if (read.ok) expect(read.value).toEqual(elements);
});

const readable = cases.filter(({ wellFormed }) => wellFormed === true);

test.each(readable)("element string $id is written in each form as its vector says", vector => {
  const { bracketed, raw, hri, digitalLink, elements = [], valid } = vector;
  expect(formatBracketed(elements)).toBe(bracketed);
  expect(formatElementString(elements)).toBe(raw);
  expect(formatReadable(elements)).toBe(hri);
  expect(parseElementString(raw ?? "")).toEqual({ ok: true, value: elements });
  const link = formatDigitalLink(elements);
  if (valid) expect(link.ok ? link.value : undefined).toBe(digitalLink);
});

test.each([
  ["(01)07032069804987", "code.check_digit", "AI 01, position 17"],
  ["(01)0703206980498", "code.length", "AI 01, position 17"],
  ["(99)A~B", "code.charset", "AI 99, position 5"],
  ["(9)AB", "code.charset", "position 0"],
  ["(09)AB", "code.unknown_ai", "position 0"],
  ["(17)251301", "code.date", "AI 17, position 6"],
  ["(8007)BE71096123456768", "code.check_digit", "AI 8007, position 8"],
  ["(426)278", "code.value", "AI 426, position 5"],
  ["", "code.empty", undefined],
  ["(21)A(21)B", "code.repeated", "AI 21"],
  ["(01)12345678901231(255)4012345678901", "code.companions", "AI 01"],
])("%s is refused as %s at %s", (text, code, at) => {
  const read = parseBracketed(text);
  expect(read).toMatchObject({ ok: false, problem: { code } });
  expect(read.ok ? undefined : read.problem.at).toBe(at);
});

test("a problem says what is wrong and where it stands in the data", () => {
  const read = parseElementString("0107032069804987");
  expect(read.ok ? "" : read.problem.detail).toBe("check digit 7, expected 8, in AI 01 at position 15.");
});

test("spaces as in the print under a symbol are not part of a value", () => {
  const elements = [
    { ai: "01", value: "12345678901231" },
    { ai: "10", value: "12345" },
  ];
  expect(parseBracketed("(01) 12345678901231 (10) 12345")).toEqual({ ok: true, value: elements });
});

test.each([
  ["\u001d0112345678901231", 1],
  ["0112345678901231\u001d10A", 2],
  ["10A\u001d0112345678901231\u001d", 2],
])("a separator that is not needed is tolerated: %j", (data, count) => {
  const read = parseElementString(data);
  expect(read.ok ? read.value : []).toHaveLength(count);
});

test("two separators in a row are no value", () => {
  expect(parseElementString("10A\u001d\u001d21B")).toMatchObject({ ok: false, problem: { code: "code.unknown_ai" } });
});

test("what is written in brackets or with separators is read back", () => {
  fc.assert(
    fc.property(set82(20), set82(20), set82(20), (lot, serial, internal) => {
      const elements = [
        { ai: "10", value: lot },
        { ai: "11", value: "250101" },
        { ai: "21", value: serial },
        { ai: "99", value: internal },
      ];
      expect(parseElementString(formatElementString(elements))).toEqual({ ok: true, value: elements });
      expect(parseBracketed(formatBracketed(elements))).toEqual({ ok: true, value: elements });
    }),
  );
});

test("any text is read or refused, and never throws", () => {
  const texts = rubbish("(", ")", "\u001d", "01", "10", "\\(", "3103", "8110");
  fc.assert(
    fc.property(texts, text => {
      expect(parseElementString(text)).toHaveProperty("ok");
      expect(parseBracketed(text)).toHaveProperty("ok");
      expect(checkElements([{ ai: text, value: text }])).toHaveProperty("ok");
    }),
  );
});

test("a very long text is refused as quickly as it is read", () => {
  expect(parseBracketed("(10)".repeat(100_000)).ok).toBe(false);
  expect(parseBracketed(`(10)${"\\(".repeat(100_000)}`).ok).toBe(false);
  expect(parseElementString("2011".repeat(100_000)).ok).toBe(true);
});

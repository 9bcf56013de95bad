import fc from "fast-check";
import { expect, test } from "vitest";
import vectors from "../../fixtures/gs1.json" with { type: "json" };
import { rubbish } from "./arbitraries.ts";
import { parseScan } from "./scan.ts";

const cases = vectors.vectors.flatMap(vector => (vector.kind === "scan" ? [vector] : []));

test("the vectors have scans", () => {
  expect(cases).toHaveLength(25);
});

test.each(cases)("scan $id is read as its vector says", vector => {
  const { raw = "", valid, wellFormed, elements = [], gtin14, plain, aim } = vector;
  const read = parseScan(raw, { symbologyRequired: true });
  expect(read.ok).toBe(wellFormed);
  expect(parseScan(raw, { symbologyRequired: true, companionsRequired: true }).ok).toBe(valid);
  if (!read.ok) return;
  expect(read.value.symbology).toBe(aim);
  expect(read.value.elements).toEqual(gtin14 === undefined ? elements : [{ ai: "01", value: gtin14 }, ...elements]);
  if (plain !== undefined) expect(read.value).toMatchObject({ form: "text", text: plain });
});

const gtin = { ai: "01", value: "05901234123457" };

test.each([
  ["5901234123457", "gtin", [gtin]],
  ["05901234123457", "gtin", [gtin]],
  ["036000291452", "gtin", [{ ai: "01", value: "00036000291452" }]],
  ["96385074", "gtin", [{ ai: "01", value: "00000096385074" }]],
  ["0105901234123457", "elementString", [gtin]],
  ["010590123412345710AB{GS}21C", "elementString", [gtin, { ai: "10", value: "AB" }, { ai: "21", value: "C" }]],
  ["010590123412345710AB<GS>21C", "elementString", [gtin, { ai: "10", value: "AB" }, { ai: "21", value: "C" }]],
  [
    "10AB\u001d21C",
    "elementString",
    [
      { ai: "10", value: "AB" },
      { ai: "21", value: "C" },
    ],
  ],
  ["(01)05901234123457(10)AB", "elementString", [gtin, { ai: "10", value: "AB" }]],
  ["https://id.gs1.org/01/05901234123457", "digitalLink", [gtin]],
  ["5901234123458", "text", []],
  ["10ABC", "text", []],
  ["SHELF-A-01-03", "text", []],
  ["(see label)", "text", []],
  ["https://example.com/foo/123", "text", []],
  ["0105901234123458", "text", []],
])("without a symbology identifier, %j is told by its form: %s", (raw, form, elements) => {
  expect(parseScan(raw)).toMatchObject({ ok: true, value: { form, elements, text: raw } });
});

test.each([
  ["]E0042526140", "code.symbology"],
  ["]E04252614", "code.symbology"],
  ["]E004252613", "code.check_digit"],
  ["]C10105901234123458", "code.check_digit"],
  ["]d2", "code.empty"],
  ["\r\n", "code.empty"],
  ["]Q1https://a/01/05901234123458", "code.check_digit"],
  ["]E02112345678900|]e001123", "code.length"],
  ["]E02112345678900|]e00105901234123457", "code.repeated"],
  ["]C110AB^21C", "code.charset"],
])("%j is refused as %s", (raw, code) => {
  expect(parseScan(raw)).toMatchObject({ ok: false, problem: { code } });
});

test("companions are asked for only where the site wants it, for another barcode may carry them", () => {
  expect(parseScan("]C110AB").ok).toBe(true);
  expect(parseScan("]C110AB", { companionsRequired: true })).toMatchObject({ problem: { code: "code.companions" } });
});

test("eight digits of an EAN/UPC symbol are a UPC-E, for EAN-8 has an identifier of its own", () => {
  expect(parseScan("]E004252614")).toMatchObject({ value: { elements: [{ ai: "01", value: "00042100005264" }] } });
  expect(parseScan("]E402345673")).toMatchObject({ value: { elements: [{ ai: "01", value: "00000002345673" }] } });
});

test("the digits of an add-on symbol are kept apart", () => {
  expect(parseScan("]E3590123412345712345")).toMatchObject({ value: { elements: [gtin], addOn: "12345" } });
});

test("interleaved 2 of 5 that is no ITF-14 is text", () => {
  expect(parseScan("]I005901234123458")).toMatchObject({ value: { form: "text", elements: [] } });
  expect(parseScan("]I1123456")).toMatchObject({ value: { form: "text", text: "123456" } });
});

test("a scanner may send other characters for the separator", () => {
  const read = parseScan("]C110AB^21C~99D", { separators: ["^", "~"] });
  expect(read).toMatchObject({ value: { elements: [{ ai: "10" }, { ai: "21" }, { ai: "99", value: "D" }] } });
});

test("the ends of lines behind the data are not part of it", () => {
  expect(parseScan("]A0BIN 42\r\n")).toMatchObject({ value: { symbology: "]A0", text: "BIN 42" } });
});

test("any text is read or refused, and never throws", () => {
  const head = fc.constantFrom("", "]C1", "]E0", "]E3", "]E4", "]I1", "]Q1", "]Q3", "]zz", "https://", "(01)");
  const tail = rubbish("\u001d", "01", "|]e0", "{GS}", "\n");
  fc.assert(fc.property(head, tail, (symbology, text) => "ok" in parseScan(symbology + text)));
});

test("a very long scan is refused as quickly as it is read", () => {
  expect(parseScan("\n".repeat(500_000)).ok).toBe(false);
  expect(parseScan(`${"\n".repeat(500_000)}x`)).toMatchObject({ value: { form: "text" } });
  expect(parseScan(`]E0${"|]e".repeat(200_000)}`).ok).toBe(false);
});

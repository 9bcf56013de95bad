import fc from "fast-check";
import { expect, test } from "vitest";
import vectors from "../../fixtures/gs1.json" with { type: "json" };
import { rubbish, set82 } from "./arbitraries.ts";
import { checkRequired } from "./companions.ts";
import { formatDigitalLink, parseDigitalLink } from "./digital-link.ts";

const cases = vectors.vectors.flatMap(vector => (vector.kind === "digitalLink" ? [vector] : []));

test("the vectors have Digital Links", () => {
  expect(cases).toHaveLength(21);
});

test.each(cases)("Digital Link $id is read as its vector says", vector => {
  const { uri = "", valid, wellFormed, elements, canonical } = vector;
  const read = parseDigitalLink(uri, { zeroSuppressedGtin: vector.zeroSuppressedGtinAllowed ?? false });
  expect(read.ok).toBe(wellFormed);
  expect(read.ok && checkRequired(read.value).ok).toBe(valid);
  if (!read.ok) return;
  expect(read.value).toEqual(elements);
  expect(formatDigitalLink(read.value)).toEqual({ ok: true, value: canonical });
});

test.each([
  ["ftp://a/01/12312312312333", "code.digital_link"],
  ["https://a/01/12312312312333/21/A/10/B", "code.digital_link"],
  ["https://a/01/12312312312333/235/A/10/B", "code.digital_link"],
  ["https://a/00/006141411234567890/10/A", "code.digital_link"],
  ["https://a/01/12312312312333?21=A", "code.digital_link"],
  ["https://a/01/12312312312333?10=%4", "code.digital_link"],
  ["https://a/01/12312312312333?10=%7e", "code.charset"],
  ["https://a/01/12312312312334", "code.check_digit"],
  ["https://a/01/12312312312333?10", "code.length"],
  ["https://a/01/12312312312333?02=12312312312333", "code.companions"],
  ["https://a/01/12312312312333?17=251301", "code.date"],
  ["https:///01/12312312312333x y", "code.digital_link"],
])("%s is refused as %s", (uri, code) => {
  expect(parseDigitalLink(uri)).toMatchObject({ ok: false, problem: { code } });
});

test("a plus is a plus in the path and a space in the query", () => {
  const read = parseDigitalLink("https://a/01/12312312312333/10/A+B");
  expect(read.ok && read.value[1]?.value).toBe("A+B");
  expect(parseDigitalLink("https://a/01/12312312312333?10=A+B")).toMatchObject({ problem: { code: "code.charset" } });
});

test("the scheme in capitals is the same scheme", () => {
  expect(parseDigitalLink("HTTPS://A/01/12312312312333").ok).toBe(true);
});

test.each([
  [[{ ai: "410", value: "0614141123452" }]],
  [[{ ai: "10", value: "ABC" }]],
  [
    [
      { ai: "00", value: "106141412345678908" },
      { ai: "21", value: "ABC" },
    ],
  ],
])("elements without a place in a Digital Link have none", elements => {
  expect(formatDigitalLink(elements)).toMatchObject({ ok: false, problem: { code: "code.digital_link" } });
});

test("any serial, lot and attribute comes back from the Digital Link it is written in", () => {
  fc.assert(
    fc.property(set82(20), set82(20), set82(20), (lot, serial, internal) => {
      const elements = [
        { ai: "01", value: "12312312312333" },
        { ai: "10", value: lot },
        { ai: "21", value: serial },
        { ai: "99", value: internal },
      ];
      const link = formatDigitalLink(elements);
      expect(parseDigitalLink(link.ok ? link.value : "")).toEqual({ ok: true, value: elements });
    }),
  );
});

test("any text behind https:// is read or refused, and never throws", () => {
  const texts = rubbish("/01/", "12312312312333", "?", "&", "=", "%", "#", "10", "/");
  fc.assert(fc.property(texts, text => "ok" in parseDigitalLink(`https://${text}`)));
});

test("a very long link is refused as quickly as it is read", () => {
  expect(parseDigitalLink(`https://a${"/10/A".repeat(100_000)}`).ok).toBe(false);
  expect(parseDigitalLink(`https://a/01/12312312312333?${"99=A&".repeat(100_000)}`).ok).toBe(true);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { allApplicationIdentifiers, findApplicationIdentifier } from "./application-identifier.ts";
import { valueFor } from "./arbitraries.ts";
import { bitsOfHex, hexOfBitText } from "./bits.ts";
import { findFault } from "./element.ts";
import { formatElementString, parseElementString } from "./element-string.ts";
import { encodeEpc, parseEpc } from "./epc.ts";
import { plusSchemes } from "./epc-plus.ts";
import { valueCodecOf } from "./epc-value-table.ts";
import { identify } from "./identity.ts";

const all = allApplicationIdentifiers();
/** One AI of each form of value. */
const oneOfEach = [...new Map(all.map(entry => [JSON.stringify(entry.components), entry])).values()];

test("every AI takes the values that the dictionary describes, and gives them back", () => {
  for (const entry of oneOfEach) {
    const check = (value: string) => {
      expect(findFault(entry, value)).toBeUndefined();
      const elements = [{ ai: entry.ai, value }];
      expect(parseElementString(formatElementString(elements))).toEqual({ ok: true, value: elements });
    };
    fc.assert(fc.property(valueFor(entry), check), { numRuns: 10 });
  }
});

test("every AI of TDS table F comes back from its bits", () => {
  for (const entry of oneOfEach) {
    const codec = valueCodecOf(entry.ai);
    if (codec === undefined) continue;
    const check = (value: string) => {
      const written = codec.write(value);
      const bits = bitsOfHex(hexOfBitText(`101${written}1`)) ?? new Uint8Array();
      expect(codec.read(bits, 3), `${entry.ai} ${value}`).toEqual({ text: value, end: 3 + (written?.length ?? 0) });
    };
    fc.assert(fc.property(valueFor(entry), check), { numRuns: 20 });
  }
});

test("the AIs that TDS table F does not have are known", () => {
  const missing = all.filter(({ ai }) => valueCodecOf(ai) === undefined).map(({ ai }) => ai);
  expect(missing).toEqual(["03", "3954", "3955", "717", "8014", "8040", "8041", "8042", "8043"]);
});

const more = fc
  .uniqueArray(fc.constantFrom(...all.filter(({ ai }) => valueCodecOf(ai) && Number(ai) > 21)), { maxLength: 3 })
  .chain(entries => fc.tuple(...entries.map(entry => valueFor(entry).map(value => ({ ai: entry.ai, value })))));

const host = fc.constantFrom(
  "example.com",
  "id.example.co.uk",
  "a-b.museum",
  "shop.tech",
  "x.org.au",
  "7.de",
  "qr.www.med",
);

test.each(plusSchemes)("any $name comes back from its bits, with the data that follows it", scheme => {
  const own = scheme.ais.map(ai => {
    const entry = findApplicationIdentifier(ai);
    return entry ? valueFor(entry).map(value => ({ ai, value })) : fc.constant({ ai, value: "" });
  });
  const date = fc.constantFrom("11", "13", "15", "16", "17", "7006").map(ai => [{ ai, value: "260101" }]);
  const cases = fc.record({
    filter: fc.nat(7),
    own: fc.tuple(...own),
    date: scheme.dated ? date : fc.constant([]),
    more,
    host: scheme.hosted ? host : fc.constant(undefined),
  });
  fc.assert(
    fc.property(cases, drawn => {
      const extra = drawn.more.filter(({ ai }) => ![...drawn.own, ...drawn.date].some(element => element.ai === ai));
      const elements = [...drawn.own, ...drawn.date, ...extra].filter(({ ai, value }) => ai !== "254" || value !== "0");
      const hostname = drawn.host === undefined ? {} : { hostname: drawn.host };
      const input = { scheme: scheme.name, filter: drawn.filter, elements, ...hostname };
      const hex = encodeEpc(input);
      fc.pre(hex.ok || hex.problem.code !== "code.companions");
      const read = parseEpc(hex.ok ? hex.value : "");
      expect(read).toMatchObject({ ok: true, value: input });
      expect(read.ok && encodeEpc(read.value)).toEqual(hex);
    }),
  );
});

test("a GLN without an extension has none on a tag either", () => {
  const hex = encodeEpc({ scheme: "SGLN+", elements: [{ ai: "414", value: "0614141123452" }] });
  expect(identify({ epcHex: hex.ok ? hex.value : "" })).toMatchObject({ kind: "place", key: "(414)0614141123452" });
});

test("a leading zero of a serial is kept, which SGTIN-96 cannot", () => {
  const elements = [
    { ai: "01", value: "80614141123458" },
    { ai: "21", value: "007" },
  ];
  const hex = encodeEpc({ scheme: "SGTIN+", elements });
  expect(identify({ epcHex: hex.ok ? hex.value : "" }).key).toBe("(01)80614141123458(21)007");
});

test("data after the EPC that cannot be read keeps its bits, and the tag keeps its name", () => {
  const read = parseEpc("F7B09506000134352624B5F0F0F0F0F0");
  expect(read).toMatchObject({
    ok: true,
    value: { elementString: "(01)09506000134352(21)S1", undecoded: expect.any(String) },
  });
  expect(read.ok && encodeEpc(read.value)).toEqual({ ok: true, value: "F7B09506000134352624B5F0F0F0F0F0" });
});

test.each([
  ["a host name where none has a place", { scheme: "SGTIN+", hostname: "example.com" }, "code.epc_range"],
  ["no host name where one is needed", { scheme: "SGTIN++" }, "code.epc_range"],
  ["a host name that is none", { scheme: "SGTIN++", hostname: "exa mple" }, "code.epc_range"],
  ["no date where one is needed", { scheme: "DSGTIN+" }, "code.companions"],
  ["a filter of 8", { scheme: "SGTIN+", filter: 8 }, "code.epc_range"],
])("an EPC is not made with %s", (_, input, code) => {
  const elements = [
    { ai: "01", value: "80614141123458" },
    { ai: "21", value: "1" },
  ];
  expect(encodeEpc({ ...input, elements })).toMatchObject({ ok: false, problem: { code } });
});

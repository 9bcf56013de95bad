import fc from "fast-check";
import { expect, test } from "vitest";
import vectors from "../../fixtures/epc.json" with { type: "json" };
import { digits, set39, set82 } from "./arbitraries.ts";
import { hexOfBitText } from "./bits.ts";
import { parseDigitalLink } from "./digital-link.ts";
import { formatElementString, parseElementString } from "./element-string.ts";
import { encodeEpc, encodeTagUri, parseEpc } from "./epc.ts";
import { encodeFields } from "./epc-partition.ts";
import { partitionSchemes } from "./epc-scheme.ts";
import { formatPureIdentity, parseEpcUri } from "./epc-uri.ts";
import { identify } from "./identity.ts";

const right = vectors.vectors.filter(({ valid }) => valid);
const wrong = vectors.vectors.filter(({ valid }) => !valid);

test("the vectors have EPCs", () => {
  expect([right.length, wrong.length]).toEqual([52, 15]);
});

test.each(right)("EPC $id says what its vector says", vector => {
  const read = parseEpc(vector.hex);
  const { scheme, filter, partition, companyPrefix, pureIdentity, tagUri, ais = {}, elementString, hostname } = vector;
  expect(read).toMatchObject({ ok: true, value: { hex: vector.hex.toUpperCase(), scheme, ais } });
  if (!read.ok) return;
  const { digitalLink, undecoded, elements: _elements, ais: _ais, hex: _hex, ...forms } = read.value;
  expect(forms).toEqual(
    defined({ scheme, filter, partition, companyPrefix, pureIdentity, tagUri, elementString, hostname }),
  );
  expect(undecoded).toBeUndefined();
  expect(digitalLink === undefined ? undefined : parseDigitalLink(digitalLink)).toEqual(
    vector.digitalLink === undefined ? undefined : parseDigitalLink(vector.digitalLink),
  );
  if (vector.id !== "sgtin198-special") expect(digitalLink).toBe(vector.digitalLink);
});

test("a Digital Link escapes all that RFC 3986 reserves, so that a tag and a barcode give the same one", () => {
  const special = parseEpc(right.find(({ id }) => id === "sgtin198-special")?.hex ?? "");
  expect(special.ok && special.value.digitalLink).toBe(
    "https://id.gs1.org/01/00000010000014/21/%21%22%25%26%27%28%29%2A%2B%2C-.%2F012",
  );
});

test.each(wrong)("EPC $id is refused, for it has $reason", ({ hex }) => {
  expect(parseEpc(hex).ok).toBe(false);
  expect(identify({ epcHex: hex })).toMatchObject({ kind: "other", key: `epc:${hex.toUpperCase()}` });
});

test.each([
  ["3074257BF7194E4000001A8", "code.not_hex"],
  ["3074257BF7194E4000001G85", "code.not_hex"],
  ["E2801160600002054CC2096F", "code.epc_header"],
  ["3074257BF7194E4000001A8500", "code.epc_length"],
  ["3074257BF7194E400000", "code.epc_length"],
  ["307C257BF7194E4000001A85", "code.epc_partition"],
  ["300000181C2CCA93A8B43711", "code.epc_range"],
  ["3174257BF4499602D2000001", "code.epc_padding"],
  ["4074F4E4E40C0E40820000000F6D", "code.epc_padding"],
  ["3674257BF6B7A659B2C2BF100B40000000000000000000000000", "code.epc_range"],
  ["4074F4E4E40C0E41010000000F6C", "code.epc_range"],
  ["3F74F4E4E612640000000000", "code.epc_range"],
  ["2F02E4152414343030000001", "code.epc_range"],
  ["F73795211411234548566CB0AFC4", "code.check_digit"],
  ["F7379521141123453856", "code.epc_length"],
  ["F73795211411234538566CB0AFC4000001", "code.epc_padding"],
  ["FB3A2CDE795211411234538566CB0AFC4000", "code.epc_range"],
  ["F45349FB11DF49FA935AB6FF", "code.epc_range"],
  ["EC39521141123454", "code.epc_header"],
])("%s is refused as %s", (hex, code) => {
  expect(parseEpc(hex)).toMatchObject({ ok: false, problem: { code } });
});

// Published in TDS 2.3 annex E.3, with the headers and host names that the bits need.
test.each([
  ["EF009520123456789123592832F8C3B786CCB6C0", "SSCC++", "(00)095201234567891235"],
  ["ED309521141123454010266AE27FDF3592832F8C3B786CCB6C00", "ITIP++", "(8006)095211411234540102(21)rif981"],
  ["FC342CDE795211411234538566CB0AFC525065F1876F0D996D80", "DSGTIN++", "(01)79521141123453(21)32a/b(17)220630"],
])("%s is a %s", (hex, scheme, elementString) => {
  const read = parseEpc(hex);
  expect(read).toMatchObject({ ok: true, value: { scheme, elementString, hostname: "id.example.com" } });
  expect(read.ok && encodeEpc(read.value)).toEqual({ ok: true, value: hex });
});

const roundTrips = right.filter(({ id }) => id !== "sgtinplus-aidc-batch-expiry");

test.each(roundTrips)("EPC $id is made again from what it says", ({ hex }) => {
  const read = parseEpc(hex);
  if (!read.ok) throw new Error(read.problem.detail);
  const { tagUri, pureIdentity, elements, companyPrefix } = read.value;
  const made = { ok: true, value: hex.toUpperCase() };
  if (elements.length > 0) expect(encodeEpc(read.value)).toEqual(made);
  if (tagUri !== undefined) expect(encodeTagUri(tagUri)).toEqual(made);
  if (tagUri !== undefined) expect(parseEpcUri(tagUri)).toMatchObject({ ok: true, value: { elements } });
  if (pureIdentity !== undefined) expect(parseEpcUri(pureIdentity)).toMatchObject({ ok: true, value: { elements } });
  if (companyPrefix !== undefined) {
    expect(formatPureIdentity(elements, companyPrefix.length)).toEqual({ ok: true, value: pureIdentity });
  }
});

type Parts = { readonly reference: fc.Arbitrary<string>; readonly serial?: fc.Arbitrary<string> };

const gtin = (partition: number) => digits(1 + partition);
const sscc = (partition: number) => digits(5 + partition);
const decimal = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }).map(String);

/** Reference and serial of each scheme by partition, written down a second time. */
const partsOf: Record<string, (partition: number) => Parts> = {
  "SGTIN-96": p => ({ reference: gtin(p), serial: decimal(38) }),
  "SGTIN-198": p => ({ reference: gtin(p), serial: set82(20) }),
  "SSCC-96": p => ({ reference: sscc(p) }),
  "SGLN-96": p => ({ reference: digits(p), serial: decimal(41) }),
  "SGLN-195": p => ({ reference: digits(p), serial: set82(20) }),
  "GRAI-96": p => ({ reference: digits(p), serial: decimal(38) }),
  "GRAI-170": p => ({ reference: digits(p), serial: set82(16) }),
  "GIAI-96": p => ({ reference: decimal([42, 45, 48, 52, 55, 58, 62][p] ?? 0) }),
  "GIAI-202": p => ({ reference: set82(18 + p) }),
  "GSRN-96": p => ({ reference: sscc(p) }),
  "GSRNP-96": p => ({ reference: sscc(p) }),
  "GDTI-96": p => ({ reference: digits(p), serial: decimal(41) }),
  "GDTI-174": p => ({ reference: digits(p), serial: set82(17) }),
  "CPI-96": p => ({
    reference: fc
      .nat([999, 9999, 99_999, 999_999, 9_999_999, 99_999_999, 999_999_999][p] ?? 0)
      .filter(n => n < 2 ** ([11, 14, 17, 21, 24, 27, 31][p] ?? 0))
      .map(String),
    serial: decimal(31).filter(text => text !== "0"),
  }),
  "CPI-var": p => ({ reference: set39(18 + p), serial: decimal(39).filter(text => text !== "0") }),
  "SGCN-96": p => ({ reference: digits(p), serial: fc.nat(12).chain(digits) }),
  "ITIP-110": p => ({ reference: gtin(p), serial: decimal(38) }),
  "ITIP-212": p => ({ reference: gtin(p), serial: set82(20) }),
};

test.each(partitionSchemes)("any $name comes back from its bits, its URIs and its element string", scheme => {
  const cases = fc.integer({ min: 0, max: 6 }).chain(partition => {
    const { reference, serial } = partsOf[scheme.name]?.(partition) ?? { reference: digits(0) };
    return fc.record({
      partition: fc.constant(partition),
      filter: fc.nat(7),
      companyPrefix: digits(12 - partition),
      reference,
      ...(serial ? { serial } : {}),
      ...(scheme.pieces ? { pieces: fc.constantFrom(["01", "02"] as const, ["99", "99"] as const) } : {}),
    });
  });
  fc.assert(
    fc.property(cases, fields => {
      const bits = encodeFields(scheme, fields);
      const hex = hexOfBitText(bits.ok ? bits.value : "");
      const read = parseEpc(hex);
      if (!read.ok) throw new Error(read.problem.detail);
      expect(read.value).toMatchObject({
        scheme: scheme.name,
        filter: fields.filter,
        companyPrefix: fields.companyPrefix,
      });
      const { elements, tagUri = "", pureIdentity = "" } = read.value;
      expect(encodeEpc(read.value)).toEqual({ ok: true, value: hex });
      expect(encodeTagUri(tagUri)).toEqual({ ok: true, value: hex });
      expect(parseEpcUri(pureIdentity)).toMatchObject({ ok: true, value: { elements } });
      const data = formatElementString(elements);
      expect(parseElementString(data)).toEqual({ ok: true, value: elements });
      expect(identify({ scan: `]C1${data}` })).toEqual(identify({ epcHex: hex }));
    }),
  );
});

test("any GID-96 and USDOD-96 comes back from its bits", () => {
  const gid = fc.tuple(fc.nat(2 ** 28 - 1), fc.nat(2 ** 24 - 1), decimal(36)).map(parts => `gid-96:${parts.join(".")}`);
  const cage = fc.stringMatching(/^[0-9A-HJ-NP-Z]{5,6}$/);
  const usdod = fc.tuple(fc.nat(15), cage, decimal(36)).map(parts => `usdod-96:${parts.join(".")}`);
  fc.assert(
    fc.property(fc.oneof(gid, usdod), name => {
      const uri = `urn:epc:tag:${name}`;
      const hex = encodeTagUri(uri);
      expect(parseEpc(hex.ok ? hex.value : "")).toMatchObject({ ok: true, value: { tagUri: uri, elements: [] } });
    }),
  );
});

const item = "80614141123458";

test.each([
  ["a serial with a leading zero", "SGTIN-96", { "01": item, "21": "007" }, "0614141", 0, "code.epc_range"],
  ["a serial that is too large", "SGTIN-96", { "01": item, "21": "274877906944" }, "0614141", 0, "code.epc_range"],
  ["a serial that is text", "SGTIN-96", { "01": item, "21": "A" }, "0614141", 0, "code.epc_range"],
  ["no serial as a number", "SGTIN-96", { "01": item }, "0614141", 0, "code.epc_range"],
  ["no serial as text", "SGTIN-198", { "01": item }, "0614141", 0, "code.epc_range"],
  ["a company prefix that is another's", "SGTIN-96", { "01": item, "21": "1" }, "0614142", 0, "code.epc_range"],
  ["a company prefix of five digits", "SGTIN-96", { "01": item, "21": "1" }, "06141", 0, "code.epc_partition"],
  ["a filter of 8", "SGTIN-96", { "01": item, "21": "1" }, "0614141", 8, "code.epc_range"],
  ["another key", "SSCC-96", { "01": item }, "0614141", 0, "code.companions"],
  ["a lot, which has no place", "SGTIN-96", { "01": item, "21": "1", "10": "A" }, "0614141", 0, "code.epc_range"],
  ["a wrong check digit", "SGTIN-96", { "01": "80614141123459", "21": "1" }, "0614141", 0, "code.check_digit"],
  ["a scheme that is none", "SGTIN-97", { "01": item, "21": "1" }, "0614141", 0, "code.epc_header"],
  ["a scheme without a GS1 key", "GID-96", { "01": item }, "0614141", 0, "code.epc_header"],
])("an EPC is not made with %s", (_, scheme, ais, companyPrefix, filter, code) => {
  const elements = Object.entries(ais).map(([ai, value]) => ({ ai, value }));
  expect(encodeEpc({ scheme, elements, companyPrefix, filter })).toMatchObject({ ok: false, problem: { code } });
});

test("any bytes behind any header are read or refused, and never throw", () => {
  const memory = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 64 }));
  fc.assert(
    fc.property(memory, ([header, bytes]) => {
      const hex = Buffer.from([header, ...bytes]).toString("hex");
      const read = parseEpc(hex);
      if (read.ok) encodeEpc(read.value);
      expect(identify({ epcHex: hex })).toHaveProperty("key");
    }),
    { numRuns: 5000 },
  );
});

function defined(fields: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

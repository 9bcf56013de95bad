import fc from "fast-check";
import { expect, test } from "vitest";
import epcs from "../../fixtures/epc.json" with { type: "json" };
import { rubbish, set82 } from "./arbitraries.ts";
import { identify } from "./identity.ts";

const gs = "\u001d";

test.each([
  ["0109506000134352", "class", "(01)09506000134352", "(01)09506000134352"],
  ["010950600013435210LOT", "class", "(01)09506000134352(10)LOT", "(01)09506000134352"],
  ["01095060001343522112345", "instance", "(01)09506000134352(21)12345", "(01)09506000134352"],
  [`010950600013435210LOT${gs}2112345`, "instance", "(01)09506000134352(21)12345", "(01)09506000134352"],
  ["0109506000134352235XYZ", "instance", "(01)09506000134352(235)XYZ", "(01)09506000134352"],
  ["010950600013435221A(1)", "instance", "(01)09506000134352(21)A\\(1)", "(01)09506000134352"],
  ["00106141412345678908", "unit", "(00)106141412345678908", "(00)106141412345678908"],
  ["00106141412345678908020061414112345237250", "unit", "(00)106141412345678908", "(00)106141412345678908"],
  ["020061414112345237250", "class", "(02)00614141123452", "(01)00614141123452"],
  ["4140614141123452254DOOR", "place", "(414)0614141123452(254)DOOR", "(414)0614141123452"],
  ["4140614141123452", "place", "(414)0614141123452", "(414)0614141123452"],
  ["8003006141411234525678", "instance", "(8003)006141411234525678", "(8003)00614141123452"],
  ["800300614141123452", "class", "(8003)00614141123452", "(8003)00614141123452"],
  ["800406141415678", "instance", "(8004)06141415678", "(8004)06141415678"],
  [`8006040123451234560102${gs}21987`, "instance", "(8006)040123451234560102(21)987", "(8006)040123451234560102"],
  [`8010061414198765${gs}801112345`, "instance", "(8010)061414198765(8011)12345", "(8010)061414198765"],
  ["8010061414198765", "class", "(8010)061414198765", "(8010)061414198765"],
  ["25306141411234525678", "instance", "(253)06141411234525678", "(253)0614141123452"],
  ["255401234567890104711", "instance", "(255)401234567890104711", "(255)4012345678901"],
  ["8018061414112345678902", "other", "(8018)061414112345678902", "(8018)061414112345678902"],
  ["40217312345678901236", "other", "(402)17312345678901236", "(402)17312345678901236"],
  ["21ABC123", "other", "code:21ABC123", "code:21ABC123"],
  ["0109506000134353", "other", "code:0109506000134353", "code:0109506000134353"],
])("the barcode %j is %s %s of %s", (data, kind, key, classKey) => {
  expect(identify({ scan: `]C1${data}` })).toMatchObject({ kind, key, classKey });
});

test.each([
  ["]E09506000134352", "(01)09506000134352"],
  ["9506000134352", "(01)09506000134352"],
  ["]I109506000134352", "(01)09506000134352"],
  ["https://example.com/01/09506000134352/21/12345", "(01)09506000134352(21)12345"],
  ["(01)09506000134352(21)12345", "(01)09506000134352(21)12345"],
  ["]C0SHELF-A-01-03", "code:SHELF-A-01-03"],
  ["SHELF-A-01-03\r\n", "code:SHELF-A-01-03"],
  ["]C0]C0", "code:]C0"],
  ["", "code:"],
])("the scan %j has the key %s", (scan, key) => {
  expect(identify({ scan }).key).toBe(key);
});

const keyed = epcs.vectors.filter(({ valid, ais }) => valid && ais !== undefined);

test.each(keyed)("the tag $id and a barcode and a Digital Link with the same data have the same identity", vector => {
  const tag = identify({ epcHex: vector.hex });
  expect(identify({ epcHex: vector.hex.toLowerCase() })).toEqual(tag);
  const link = identify({ scan: `]Q1${vector.digitalLink}` });
  expect([link.key, link.classKey, link.kind]).toEqual([tag.key, tag.classKey, tag.kind]);
  const data = (vector.elementString ?? "").replace(/\((\d{2,4})\)/g, (_, ai, at) => (at === 0 ? ai : gs + ai));
  expect(identify({ scan: `]C1${data}` })).toEqual(tag);
});

test("a tag that holds no GS1 key is a tag of its own name", () => {
  expect(identify({ epcHex: "e2806894000040017790e471" })).toMatchObject({
    kind: "other",
    key: "epc:E2806894000040017790E471",
    classKey: "epc:E2806894000040017790E471",
    problem: { code: "code.epc_header" },
  });
  expect(identify({ epcHex: "350007AB70425D4000000586" })).toEqual({
    kind: "other",
    key: "epc:350007AB70425D4000000586",
    classKey: "epc:350007AB70425D4000000586",
    elements: [],
  });
});

test("lot, expiry and count come along", () => {
  const code = { scan: `]C1010950600013435217261200301${gs}10LOT-7` };
  expect(identify(code)).toMatchObject({ gtin: "09506000134352", lot: "LOT-7", expiresOn: "2026-12-31", count: 1 });
  expect(identify({ scan: "]C101095060001343527003261231" + "2359" }).expiresOn).toBe("2026-12-31");
  expect(identify({ epcHex: "F7B09506000134352624B510660010B5DB717359F000" })).toMatchObject({
    kind: "instance",
    serial: "S1",
    lot: "ABC123",
    expiresOn: "2026-12-31",
  });
});

test("the century of a date is told from the year of reference", () => {
  const code = { scan: "]C1010950600013435217990101" };
  expect(identify(code).expiresOn).toBe("1999-01-01");
  expect(identify(code, { referenceYear: 2060 }).expiresOn).toBe("2099-01-01");
});

test("a unit says what it contains, and a piece does not pass for its trade item", () => {
  const unit = identify({ scan: `]C100106141412345678908020061414112345237250${gs}10AB` });
  expect(unit).toMatchObject({ sscc: "106141412345678908", gtin: "00614141123452", count: 250, lot: "AB" });
  expect(identify({ scan: `]C18006040123451234560102${gs}21987` })).not.toHaveProperty("gtin");
});

test("text that does not claim to be GS1 data has no problem, data that does has one", () => {
  expect(identify({ scan: "]C0BIN 42" })).not.toHaveProperty("problem");
  expect(identify({ scan: "]C1BIN 42" })).toMatchObject({ key: "code:BIN 42", problem: { code: "code.unknown_ai" } });
});

test("a separator that the site has set up is understood", () => {
  const scan = "]C1010950600013435210LOT^2112345";
  expect(identify({ scan }, { separators: ["^"] }).key).toBe("(01)09506000134352(21)12345");
  expect(identify({ scan }).kind).toBe("other");
});

test("any text and any bytes have an identity", () => {
  fc.assert(
    fc.property(fc.oneof(rubbish("01", "]C1", "(01)"), fc.string({ unit: "binary" })), scan => {
      expect(identify({ scan })).toMatchObject({ key: expect.any(String), classKey: expect.any(String) });
      expect(identify({ epcHex: scan })).toMatchObject({ kind: "other", key: `epc:${scan.toUpperCase()}` });
    }),
  );
});

test("two codes with different keys are never taken for one", () => {
  fc.assert(
    fc.property(set82(20), set82(20), (one, other) => {
      const keys = [one, other].map(text => identify({ scan: `]C1010950600013435221${text}` }).key);
      expect(keys[0] === keys[1]).toBe(one === other);
    }),
  );
});

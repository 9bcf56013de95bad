import fc from "fast-check";
import { expect, test } from "vitest";
import { rubbish } from "../codes/arbitraries.ts";
import { checkIdentifier, type Role } from "./identifiers.ts";

test.each<[uri: string, role: Role]>([
  ["urn:epc:id:sgtin:0614141.107346.2017", "thing"],
  ["urn:epc:id:sscc:0614141.1234567890", "thing"],
  ["urn:epc:id:giai:4000001.12345", "thing"],
  ["urn:epc:id:upui:1234567.089456.51qIgY)%3C%26Jp3*j7`SDB", "thing"],
  ["urn:epc:id:gsin:0614141.123456789", "thing"],
  ["urn:epc:id:ginc:0614141.xyz3311cba", "thing"],
  ["urn:epc:id:bic:CSQU3054383", "thing"],
  ["urn:epc:id:sgln:0614141.07346.1234", "thing"],
  ["urn:epc:id:sgln:0614141.07346.1234", "place"],
  ["urn:epc:id:imovn:9176187", "place"],
  ["urn:epc:id:pgln:9520001.11111", "any"],
  ["urn:epc:idpat:sgtin:4012345.098765.*", "class"],
  ["urn:epc:idpat:grai:4012345.55555.*", "class"],
  ["urn:epc:class:lgtin:4012345.012345.998877", "class"],
  ["https://id.gs1.org/8003/0061414112345212", "thing"],
  ["https://id.gs1.org/01/07032069804988", "class"],
  ["https://brand.example/01/07032069804988/21/A", "thing"],
  ["https://id.gs1.org/417/0614141123452", "any"],
  ["https://shop.example/shelf/414/7", "place"],
  ["https://shop.example/things/9", "thing"],
  ["urn:uuid:3f0c6b1e-8a52-4c7d-9e10-100000000001", "thing"],
])("%s may stand for a %s", (uri, role) => expect(checkIdentifier(uri, role)).toEqual({ ok: true, value: uri }));

test.each<[uri: string, role: Role, code: string]>([
  ["urn:epc:id:sgtin:061414.107346.2017", "thing", "code.epc_range"],
  ["urn:epc:id:sgtin:0614141.107346", "thing", "code.epc_uri"],
  ["urn:epc:id:car:7", "thing", "code.epc_uri"],
  ["urn:epc:id:pgln:9520001.1111", "any", "code.epc_uri"],
  ["urn:epc:id:constructor:1", "any", "code.epc_uri"],
  ["urn:epc:idpat:sgtin:4012345.098765.7", "class", "code.epc_uri"],
  ["urn:epc:tag:sgtin-96:3.0614141.107346.2017", "thing", "epcis.identifier"],
  ["urn:epc:raw:96.x3074257BF7194E4000001A85", "thing", "epcis.identifier"],
  ["urn:epc:idpat:sgtin:4012345.098765.*", "thing", "epcis.identifier"],
  ["urn:epc:id:sgtin:0614141.107346.2017", "class", "epcis.identifier"],
  ["https://id.gs1.org/417/0614141123452", "place", "epcis.identifier"],
  ["https://id.gs1.org/01/07032069804988", "thing", "epcis.identifier"],
  ["https://id.gs1.org/01/07032069804989", "class", "code.check_digit"],
  ["https://brand.example/01/07032069804989/21/A", "thing", "code.check_digit"],
  ["https://id.gs1.org/place/7", "place", "code.digital_link"],
  ["https://id.gs1.org/414/7", "place", "code.length"],
])("%s for a %s is refused as %s", (uri, role, code) => {
  expect(checkIdentifier(uri, role)).toMatchObject({ ok: false, problem: { code } });
});

test("any text is checked, and never throws", () => {
  const texts = rubbish("urn:epc:", "id:", "idpat:", "sgtin:", "pgln:", ".*", "https://id.gs1.org/", "01/", "%");
  fc.assert(
    fc.property(
      texts,
      fc.constantFrom<Role>("thing", "class", "place", "any"),
      (uri, role) => "ok" in checkIdentifier(uri, role),
    ),
  );
});

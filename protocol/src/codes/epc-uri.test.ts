import fc from "fast-check";
import { expect, test } from "vitest";
import { rubbish } from "./arbitraries.ts";
import { encodeTagUri } from "./epc.ts";
import { formatPureIdentity, parseEpcUri } from "./epc-uri.ts";

test.each([
  ["urn:epc:id:sgtin:0614141.812345.6789", "(01)80614141123458(21)6789"],
  ["urn:epc:id:sgtin:0614141.712345.32a%2Fb", "(01)70614141123451(21)32a/b"],
  ["urn:epc:id:sgtin:0614141.712345.a.b", "(01)70614141123451(21)a.b"],
  ["urn:epc:id:sgln:0614141.12345.0", "(414)0614141123452"],
  ["urn:epc:id:sgln:437473647364..0", "(414)4374736473640"],
  ["urn:epc:id:cpi:0614141.PQ%2F7.12", "(8010)0614141PQ/7(8011)12"],
  ["urn:epc:id:gid:31415.271828.1414", ""],
  ["urn:epc:id:usdod:2S194.12345678901", ""],
  ["urn:epc:tag:sgtin-96:3.0614141.812345.6789", "(01)80614141123458(21)6789"],
  ["urn:epc:class:lgtin:4012345.012345.998877", "(01)04012345123456(10)998877"],
  ["urn:epc:idpat:sgtin:0614141.812345.*", "(01)80614141123458"],
])("%s says %s", (uri, expected) => {
  const read = parseEpcUri(uri);
  const text = read.ok ? read.value.elements.map(({ ai, value }) => `(${ai})${value}`).join("") : read.problem.detail;
  expect(text).toBe(expected);
});

test.each([
  ["", "code.epc_uri"],
  ["urn:epc:id:sgtin:0614141.812345", "code.epc_uri"],
  ["urn:epc:id:sgtin:0614141.81234.1", "code.epc_range"],
  ["urn:epc:id:sgtin:06141.81234567.1", "code.epc_partition"],
  ["urn:epc:id:sgtin:0614141.812345.a/b", "code.epc_uri"],
  ["urn:epc:id:sgtin:0614141.812345.a%2", "code.epc_uri"],
  ["urn:epc:id:nothing:1.2.3", "code.epc_uri"],
  ["urn:epc:id:gid:1.2", "code.epc_range"],
  ["urn:epc:idpat:sgtin:0614141.812345.7", "code.epc_uri"],
  ["urn:epc:class:lgtin:0614141.8123456.7", "code.epc_uri"],
  ["urn:epc:tag:sgtin-96:8.0614141.812345.1", "code.epc_uri"],
  ["urn:epc:tag:sgtin-96:0.0614141.812345.A", "code.epc_range"],
  ["urn:epc:tag:usdod-96:16.2S194.1", "code.epc_range"],
])("%j is refused as %s", (uri, code) => {
  expect(parseEpcUri(uri)).toMatchObject({ ok: false, problem: { code } });
});

test("a URI of elements without an EPC scheme is not made", () => {
  expect(formatPureIdentity([{ ai: "10", value: "A" }], 7)).toMatchObject({ problem: { code: "code.companions" } });
  expect(formatPureIdentity([{ ai: "01", value: "80614141123458" }], 7)).toMatchObject({
    problem: { code: "code.epc_range" },
  });
});

test("any text behind urn:epc: is read or refused, and never throws", () => {
  const head = fc.constantFrom(
    "urn:epc:id:sgtin:",
    "urn:epc:tag:itip-110:",
    "urn:epc:id:giai:",
    "urn:epc:class:lgtin:",
    "",
  );
  const body = rubbish(".", "%", "0", "0614141", "*");
  fc.assert(
    fc.property(head, body, (start, text) => {
      expect(parseEpcUri(start + text)).toHaveProperty("ok");
      expect(encodeTagUri(start + text)).toHaveProperty("ok");
    }),
  );
});

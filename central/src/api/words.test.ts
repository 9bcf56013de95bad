import { describe, expect, test } from "vitest";
import { classKeyOf, classKeysOf, splitClassKeys } from "../catalogue/class-keys.ts";
import { Instant } from "./instant.ts";

describe("a time", () => {
  test.each([
    ["2026-11-23T09:30:00Z", "2026-11-23T09:30:00.000000Z"],
    ["2026-11-23t09:30:00.5z", "2026-11-23T09:30:00.500000Z"],
    ["2026-11-23T09:30:00.123456789Z", "2026-11-23T09:30:00.123456Z"],
    ["2026-11-23T00:30:00+01:00", "2026-11-22T23:30:00.000000Z"],
    ["2024-02-29T23:59:59.999999-23:59", "2024-03-01T23:58:59.999999Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"],
  ])("%s is %s", (text, utc) => {
    expect(Instant.parse(text)).toBe(utc);
  });

  test.each([
    "",
    "now",
    "2026-11-23",
    "2026-11-23T09:30Z",
    "2026-11-23T09:30:00",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-23T24:00:01Z",
    "2026-11-23T09:30:60Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "+010000-01-01T00:00:00Z",
  ])("%j is none", text => {
    expect(Instant.safeParse(text).success).toBe(false);
  });
});

describe("the class key of a code", () => {
  test.each([
    ["9506000134352", "(01)09506000134352"],
    ["(01)09506000134352(21)S-1", "(01)09506000134352"],
    ["]C10109506000134352", "(01)09506000134352"],
    ["https://id.gs1.org/01/09506000134352/21/S-1", "(01)09506000134352"],
    ["epc:cafe", "epc:CAFE"],
    ["code:ANY TEXT", "code:ANY TEXT"],
    ["ANY TEXT", "code:ANY TEXT"],
  ])("%s is %s", (code, key) => {
    expect(classKeyOf(code)).toEqual({ ok: true, value: key });
  });

  test.each([
    ["(00)395011010130000002", "code.value"],
    ["(00)395011010130000003", "code.check_digit"],
    ["(01)09506000134353", "code.check_digit"],
    ["(414)9506000134352", "code.value"],
    ["]C10109506000134353", "code.check_digit"],
  ])("of %s there is none: %s", (code, problem) => {
    expect(classKeyOf(code)).toMatchObject({ ok: false, problem: { code: problem } });
  });

  test("comes once for however many codes, and says which code is wrong", () => {
    const at = { gtins: "body.gtins", codes: "body.codes" };
    const same = classKeysOf({ gtins: ["9506000134352", "09506000134352"], codes: ["(01)09506000134352"] }, at);
    expect(same).toEqual({ ok: true, value: ["(01)09506000134352"] });
    expect(classKeysOf({ gtins: ["9506000134352", "1"], codes: [] }, at)).toMatchObject({
      problem: { at: "body.gtins[1]" },
    });
    expect(classKeysOf({ gtins: [], codes: ["]C1"] }, at)).toMatchObject({ problem: { at: "body.codes[0]" } });
  });

  test("is shown as a GTIN where it is one", () => {
    expect(splitClassKeys(["(01)09506000134352", "(8003)0950600013435", "code:X"])).toEqual({
      gtins: ["09506000134352"],
      codes: ["(8003)0950600013435", "code:X"],
    });
  });
});

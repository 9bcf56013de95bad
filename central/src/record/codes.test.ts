import { expect, test } from "vitest";
import type { AskedGoods } from "./ask.ts";
import { codeOf } from "./codes.ts";

const gtin = "(01)09506000134352";
const units = new Map<string, string | null>([
  ["OAT", gtin],
  ["NUT", "code:NUT"],
  ["NONE", null],
]);

test.each<[AskedGoods, string]>([
  [{ sku: "OAT" }, gtin],
  [{ sku: "OAT", lot: "A(1)" }, `${gtin}(10)A\\(1)`],
  [{ sku: "OAT", serial: "S-1" }, `${gtin}(21)S-1`],
  [{ gtin: "9506000134352" }, gtin],
  [{ gtin: "9506000134352", lot: "B7" }, `${gtin}(10)B7`],
  [{ code: "(01)09506000134352(17)270301(10)B7" }, `${gtin}(10)B7`],
  [{ code: "0109506000134352" }, gtin],
  [{ code: "(00)395011010130000002" }, "(00)395011010130000002"],
  [{ code: "code:OLD LABEL" }, "code:OLD LABEL"],
  [{ code: "epc:e2801160600002054cc2096f" }, "epc:E2801160600002054CC2096F"],
  [{ sku: "NUT" }, "code:NUT"],
  [{ sku: "NUT", lot: "B7" }, "item.no_code at lot"],
  [{ sku: "NONE" }, "item.no_code at sku"],
  [{ sku: "NOBODY" }, "item.unknown at sku"],
  [{ gtin: "9506000134353" }, "code.check_digit at gtin"],
  [{ code: "(414)9506000134369" }, "code.value at code"],
  [{ code: "(01)09506000134353" }, "code.check_digit at code"],
  [{ sku: "OAT", lot: "ü" }, "code.charset at lot"],
])("%j moves under %s", (goods, expected) => {
  const code = codeOf(goods, sku => units.get(sku));
  expect(code.ok ? code.value : `${code.problem.code} at ${code.problem.at}`).toBe(expected);
});

import { expect, test } from "vitest";
import { lotOf, thingOf } from "./thing.ts";

test.each([
  ["(01)09506000134352(21)12345", "instance", "(01)09506000134352"],
  ["(01)09506000134352(235)AB", "instance", "(01)09506000134352"],
  ["(01)09506000134352", "class", "(01)09506000134352"],
  ["(01)09506000134352(10)L1", "class", "(01)09506000134352"],
  ["(00)095060001343520008", "unit", "(00)095060001343520008"],
  ["epc:E2801160600002054CC2096F", "instance", "epc:E2801160600002054CC2096F"],
  ["code:SHELF 12", "class", "code:SHELF 12"],
  ["(8003)09506000134352SER1", "instance", "(8003)09506000134352"],
  ["(8004)9506000134352", "instance", "(8004)9506000134352"],
  ["(414)9506000134352", "none", "(414)9506000134352"],
  ["no key at all", "class", "no key at all"],
])("%s is posted as %s of %s", (code, kind, classKey) => {
  expect(thingOf(code)).toEqual({ kind, classKey });
});

test.each([
  ["(01)09506000134352(10)L1", "L1"],
  ["(02)09506000134352(10)L1", "L1"],
  ["(01)09506000134352(10)A\\(1)\\(2)", "A(1)(2)"],
  ["(01)09506000134352", undefined],
  ["(01)09506000134352(21)(10)", undefined],
  ["(00)095060001343520008", undefined],
  ["code:0123456789012345(10)L1", undefined],
])("%s is of the lot %s", (code, lot) => {
  expect(lotOf(code)).toBe(lot);
});

import { expect, test } from "vitest";
import type { PlaceAbove, PlaceKind } from "../db/places/places.ts";
import { checkStanding } from "./hierarchy.ts";

const line = (...codes: string[]): PlaceAbove[] => codes.map((code, index) => ({ id: index + 1, code, kind: "zone" }));

test.each<[what: string, kind: PlaceKind, height: number, above: PlaceAbove[], at: string | undefined]>([
  ["at the top", "zone", 0, [], undefined],
  ["in a zone", "bin", 0, line("a"), undefined],
  ["at the greatest depth", "bin", 0, line("a", "b", "c", "d", "e", "f", "g"), undefined],
  ["one deeper", "bin", 0, line("a", "b", "c", "d", "e", "f", "g", "h"), "body.parent"],
  ["one deeper by what stands in it", "zone", 1, line("a", "b", "c", "d", "e", "f", "g"), "body.parent"],
  ["in itself", "zone", 0, line("own"), "body.parent"],
  ["in what stands in it", "zone", 1, line("child", "own"), "body.parent"],
  ["in a bin", "bin", 0, [{ id: 1, code: "a", kind: "bin" }], "body.parent"],
  ["as a bin with something in it", "bin", 1, [], "body.kind"],
])("a place may stand or not: %s", (_, kind, height, above, at) => {
  const checked = checkStanding({ code: "own", kind, height }, above);
  expect(checked).toMatchObject(at === undefined ? { ok: true } : { problem: { code: "place.hierarchy", at } });
});

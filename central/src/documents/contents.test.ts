import { describe, expect, test } from "vitest";
import { type Contents, linesOf, repeatedUnit } from "./contents.ts";

/** `A:5 B/L1:3` is five of A, and three of the lot L1 of B. */
function contents(text: string): Contents[] {
  return text
    .split(" ")
    .filter(part => part !== "")
    .map(part => {
      const [name = "", quantity] = part.split(":");
      const [sku = "", lot] = name.split("/");
      return { sku, lot, quantity: Number(quantity) };
    });
}

const units = (text: string) =>
  text
    .split(" | ")
    .filter(unit => unit !== "")
    .map((unit, index) => ({ code: `(00)${index}`, contents: contents(unit.replace("-", "")) }));

describe("the lines of a notice", () => {
  test.each([
    ["are those that it names", "A:5", "", "A:5"],
    ["may leave units without contents", "A:5", "- | -", "A:5"],
    ["are the sum of its units, without any", "", "A:5 B:1 | A:2", "A:7 B:1"],
    ["tell lots apart", "", "A/x:5 | A/y:2 A/x:1", "A/x:6 A/y:2"],
    ["may name an item twice", "A:5 A:2", "A:3 | A:4", "A:5 A:2"],
  ])("%s", (_, lines, inUnits, expected) => {
    expect(linesOf({ lines: contents(lines), units: units(inUnits) })).toEqual({ ok: true, value: contents(expected) });
  });

  test.each([
    ["has more in its units than its lines say", "A:5", "A:6", "The lines say 5 of A, and the units have 6 of it"],
    ["has less in its units", "A:5 B:1", "A:5", "The lines say 1 of B, and the units have 0 of it"],
    [
      "has an item in its units that no line names",
      "A:5",
      "A:5 C:1",
      "The lines say 0 of C, and the units have 1 of it",
    ],
    ["has another lot in its units", "A/x:5", "A/y:5", "The lines say 0 of A, lot y, and the units have 5 of it"],
    ["has nothing", "", "-", "The notice has neither lines nor units with contents."],
  ])("are refused of one that %s", (_, lines, inUnits, detail) => {
    const refused = linesOf({ lines: contents(lines), units: units(inUnits) });
    expect(refused).toMatchObject({ ok: false, problem: { code: "document.contents" } });
    expect(!refused.ok && refused.problem.detail).toContain(detail);
  });

  test("name each unit once", () => {
    const [one, two] = units("A:1 | B:1");
    if (one === undefined || two === undefined) throw new Error("there are two units");
    expect(repeatedUnit([one, two])).toBeUndefined();
    expect(repeatedUnit([one, two, one])).toMatchObject({ problem: { code: "document.unit", at: "units[2].sscc" } });
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CountedCode, compare, expectedOf } from "./compare.ts";

const thing = (name: string, units = 1): CountedCode => ({ code: name, units, serialised: true, lot: undefined });
const loose = (units: number, lot?: string): CountedCode => ({
  code: `class ${lot ?? ""}`,
  units,
  serialised: false,
  lot,
});

describe("comparing what was counted with what should be there", () => {
  test.each([
    ["all is there", [loose(5)], [loose(5)], { variance: 0, classes: [] }],
    ["too few", [loose(5)], [loose(3)], { variance: -2, classes: [{ expected: 5, counted: 3 }] }],
    ["nothing at all", [loose(5)], [], { variance: -5, classes: [{ expected: 5, counted: 0 }] }],
    ["something where nothing should be", [], [loose(2)], { variance: 2, classes: [{ expected: 0, counted: 2 }] }],
    [
      "a level below zero, and nothing there",
      [loose(-3)],
      [],
      { variance: 3, classes: [{ expected: -3, counted: 0 }] },
    ],
    ["things, one missing and one too many", [thing("A"), thing("B")], [thing("A"), thing("C")], { variance: 0 }],
    ["a case with a serial number is its content", [thing("CASE", 24)], [], { variance: -24 }],
  ])("%s", (_, expected, counted, result) => {
    expect(compare(expected, counted, false)).toMatchObject(result);
  });

  test("things are told by their codes", () => {
    const { missing, unexpected } = compare([thing("A"), thing("B")], [thing("A"), thing("C")], false);
    expect([missing.map(({ code }) => code), unexpected.map(({ code }) => code)]).toEqual([["B"], ["C"]]);
  });

  test("what was counted by hand stands for things that were not read, if it is all of them", () => {
    const expected = [thing("A"), thing("B"), loose(1)];
    expect(compare(expected, [loose(3)], false)).toMatchObject({
      variance: 0,
      missing: [],
      classes: [],
      unresolved: false,
    });
    expect(compare(expected, [loose(4)], false)).toMatchObject({
      variance: 1,
      missing: [],
      classes: [{ expected: 1, counted: 2 }],
    });
    expect(compare(expected, [thing("A"), loose(2)], false)).toMatchObject({
      variance: 0,
      missing: [],
      unresolved: false,
    });
  });

  test("if it is only some of them, nobody can say which", () => {
    expect(compare([thing("A"), thing("B")], [loose(1)], false)).toMatchObject({ variance: -1, unresolved: true });
    expect(compare([thing("A"), thing("B")], [thing("A")], false)).toMatchObject({ variance: -1, unresolved: false });
  });

  test("a thing that left where it never came to leaves a quantity too few, and comes all the same when it is found", () => {
    const [sums, found] = [[thing("A", -1)], [thing("A")]];
    const before = compare(expectedOf(sums, found, new Set()), found, false);
    expect(before).toMatchObject({ variance: 2, unexpected: [{ code: "A" }], classes: [{ expected: -1, counted: 0 }] });
    // The thing was brought, which evened its own sum out, and one was found.
    const after = compare(expectedOf([loose(1)], found, new Set(["A"])), found, false);
    expect(after).toMatchObject({ variance: 0, unexpected: [], missing: [], classes: [] });
  });

  test("lots are compared each, where they are tracked", () => {
    const [expected, counted] = [
      [loose(5, "L1"), loose(5, "L2")],
      [loose(7, "L1"), loose(3, "L2")],
    ];
    expect(compare(expected, counted, false).classes).toEqual([]);
    expect(compare(expected, counted, true).classes).toEqual([
      { lot: "L1", expected: 5, counted: 7 },
      { lot: "L2", expected: 5, counted: 3 },
    ]);
  });

  test("whatever is compared, what follows comes to the variance", () => {
    const codes = fc.uniqueArray(
      fc.oneof(
        fc.constantFrom(thing("A"), thing("B"), thing("C"), thing("CASE", 24)),
        fc
          .record({ units: fc.integer({ min: -5, max: 9 }), lot: fc.constantFrom(undefined, "L1", "L2") })
          .map(({ units, lot }) => loose(units, lot)),
      ),
      { selector: ({ code }) => code },
    );
    const found = codes.map(list => list.map(each => ({ ...each, units: Math.abs(each.units) })));
    fc.assert(
      fc.property(codes, found, fc.boolean(), (expected, counted, tracksLots) => {
        const { variance, missing, unexpected, classes, unresolved } = compare(expected, counted, tracksLots);
        const sum = (list: readonly { readonly units: number }[]) =>
          list.reduce((total, { units }) => total + units, 0);
        const byClass = classes.reduce((total, each) => total + each.counted - each.expected, 0);
        if (!unresolved) expect(sum(unexpected) - sum(missing) + byClass).toBe(variance);
      }),
      { numRuns: 2000 },
    );
  });
});

import { describe, expect, test } from "vitest";
import { change, type Families, type ItemEdit, type Known } from "./change.ts";
import { blank, type Item } from "./item.ts";
import { resolvePacks } from "./packs.ts";

const families: Families = sku => ({ SHIRT: ["colour", "size"], "OAT-1L": null })[sku];
const none = { pack: "", of: null, gtins: [], codes: [] };

function item(edit: Partial<Item> = {}): Item {
  return { ...blank, sku: "A", name: "a", ...edit };
}

function known(edit: Partial<Item> = {}, more: Partial<Known> = {}): Known {
  return { item: item(edit), hasStock: false, hasVariants: false, ...more };
}

interface Row {
  readonly what: string;
  readonly known?: Known;
  readonly edit: ItemEdit;
  /** The code and what its detail says; absent: it is taken. */
  readonly refused?: readonly [code: string, detail: RegExp];
}

const variant = { family: "SHIRT", attributes: { colour: "red", size: "M" } };
const box = { ...none, pack: "case", contains: 12, units: 12, gtins: ["19506000134359"] };

const rows: readonly Row[] = [
  { what: "a new item needs a name", edit: {}, refused: ["request.invalid", /needs a name/] },
  { what: "a variant has a value for each name", edit: { name: "a", ...variant } },
  {
    what: "a value that is missing is named",
    edit: { name: "a", ...variant, attributes: { colour: "red" } },
    refused: ["item.hierarchy", /colour, size; size is missing/],
  },
  {
    what: "a value that only an object has is missing too",
    edit: { name: "a", family: "SHIRT", attributes: {} },
    refused: ["item.hierarchy", /is missing/],
  },
  { what: "nothing is in itself", edit: { name: "a", family: "A" }, refused: ["item.hierarchy", /in itself/] },
  {
    what: "a family is in no other",
    edit: { name: "a", family: "SHIRT", variant_by: ["colour"] },
    refused: ["item.hierarchy", /one level/],
  },
  { what: "a family must be there", edit: { name: "a", family: "NOPE" }, refused: ["item.unknown", /add the family/] },
  {
    what: "nothing is in an item",
    edit: { name: "a", family: "OAT-1L" },
    refused: ["item.hierarchy", /is no family/],
  },
  {
    what: "a family is no stock",
    edit: { name: "a", variant_by: ["x"], gtins: ["1"] },
    refused: ["item.family", /no gtins/],
  },
  {
    what: "a family has no serials",
    edit: { name: "a", variant_by: ["x"], tracking: "serial" },
    refused: ["item.family", /no tracking/],
  },
  { what: "an item stays one", known: known(), edit: { variant_by: ["x"] }, refused: ["item.hierarchy", /stays one/] },
  {
    what: "a family stays one",
    known: known({ variant_by: ["x"] }),
    edit: { variant_by: null },
    refused: ["item.hierarchy", /stays one/],
  },
  { what: "a family without variants may change", known: known({ variant_by: ["x"] }), edit: { variant_by: ["y"] } },
  {
    what: "a family with variants may not",
    known: known({ variant_by: ["x"] }, { hasVariants: true }),
    edit: { variant_by: ["y"] },
    refused: ["item.hierarchy", /differ by x/],
  },
  { what: "no name twice", edit: { name: "a", variant_by: ["x", "x"] }, refused: ["item.hierarchy", /twice/] },
  { what: "the unit may change before anything is counted", known: known(), edit: { uom: "KGM" } },
  {
    what: "the unit may not change afterwards",
    known: known({}, { hasStock: true }),
    edit: { uom: "KGM" },
    refused: ["item.counted", /counted in H87/],
  },
  { what: "a pack may be taken away", known: known({ packs: [box] }), edit: { packs: [] } },
  {
    what: "what is in a pack never changes",
    known: known({ packs: [box] }),
    edit: { packs: [{ ...box, contains: 10 }] },
    refused: ["item.pack", /case has 12 units/],
  },
  {
    what: "what a code counts as never changes",
    known: known({ packs: [box] }),
    edit: { packs: [{ ...box, pack: "crate", contains: 10 }] },
    refused: ["item.pack", /counts as 12/],
  },
  {
    what: "nor does that of one unit become a pack's",
    known: known({ gtins: ["19506000134359"] }),
    edit: { gtins: [], packs: [box] },
    refused: ["item.pack", /counts as 1 of/],
  },
  {
    what: "a code means one thing",
    edit: { name: "a", gtins: ["19506000134359"], packs: [box] },
    refused: ["item.pack", /two things/],
  },
];

describe("a change of an item", () => {
  test.each(rows)("$what", ({ known, edit, refused }) => {
    const done = change({ sku: "A", known, edit, at: "body" }, families);
    if (refused === undefined) expect(done.ok && done.value).toMatchObject({ ...edit });
    else
      expect(done).toMatchObject({
        ok: false,
        problem: { code: refused[0], detail: expect.stringMatching(refused[1]) },
      });
  });

  test("leaves what it does not name", () => {
    const before = known({ description: "d", gtins: ["1"], packs: [box], attributes: { brand: "b" }, status: "draft" });
    const done = change({ sku: "A", known: before, edit: { name: "b" }, at: "body" }, families);
    expect(done).toEqual({ ok: true, value: { ...before.item, name: "b" } });
  });
});

describe("packs", () => {
  test("count down to the units of the item", () => {
    const given = [
      { ...none, pack: "pallet", contains: 40, of: "case" },
      { ...none, pack: "case", contains: 6, of: "inner" },
      { ...none, pack: "inner", contains: 4 },
    ];
    const packs = resolvePacks(given, "body.packs");
    expect(packs.ok && packs.value.map(({ pack, units }) => [pack, units])).toEqual([
      ["pallet", 960],
      ["case", 24],
      ["inner", 4],
    ]);
  });

  test.each([
    [
      "of each other",
      [
        { contains: 2, of: "b" },
        { contains: 2, of: "a" },
      ],
      /contain each other: a → b → a/,
    ],
    ["of themselves", [{ contains: 2, of: "a" }], /contain each other: a → a/],
    ["of what is not there", [{ contains: 2, of: "x" }], /There is no pack x/],
    [
      "of more than can be counted",
      [
        { contains: 1000, of: "b" },
        { contains: 1000, of: null },
      ],
      /1000000 units/,
    ],
  ])("are refused: %s", (_what, given, detail) => {
    const packs = given.map((pack, index) => ({ ...none, ...pack, pack: "ab"[index] ?? "" }));
    expect(resolvePacks(packs, "body.packs")).toMatchObject({
      ok: false,
      problem: { detail: expect.stringMatching(detail) },
    });
  });
});

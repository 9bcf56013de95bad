import { expect, test } from "vitest";
import { type LinterName, linters } from "./linters.ts";

/** Each rule with values that it takes and values that it refuses, of the type and length that the dictionary gives. */
const cases: Record<LinterName, readonly [right: readonly string[], wrong: readonly string[]]> = {
  csum: [["24012345678905", "123456789012345675"], ["24012345678909"]],
  csumalpha: [["1987654Ad4X4bL5ttr2310c2K"], ["1987654Ad4X4bL5ttr2310cXK"]],
  gcppos1: [
    ["0614141123452", "9520ABC"],
    ["952A123", "952", "A520123"],
  ],
  gcppos2: [["10614141123452"], ["1061A"]],
  yymmdd: [
    ["200229", "991231"],
    ["210229", "201301", "200001", "200100", "200431"],
  ],
  yymmd0: [
    ["200229", "210500"],
    ["000000", "211300", "210532"],
  ],
  yyyymmdd: [
    ["20000229", "19991231"],
    ["19000229", "20011301", "20010100"],
  ],
  hhmi: [
    ["0000", "2359"],
    ["2400", "0060"],
  ],
  hh: [["23"], ["24"]],
  mi: [["59"], ["60"]],
  ss: [["59"], ["60"]],
  iso3166: [
    ["276", "004"],
    ["000", "999", "278"],
  ],
  iso3166999: [["276", "999"], ["998"]],
  iso3166alpha2: [
    ["DE", "ZW"],
    ["AA", "de"],
  ],
  iso4217: [
    ["978", "999"],
    ["000", "003"],
  ],
  iso5218: [
    ["0", "1", "2", "9"],
    ["3", "8"],
  ],
  yesno: [["0", "1"], ["2"]],
  winding: [["0", "1", "9"], ["2"]],
  zero: [["0"], ["1"]],
  nonzero: [["001"], ["0000"]],
  nozeroprefix: [
    ["1", "90"],
    ["0", "01"],
  ],
  hasnondigit: [["12A"], ["123"]],
  hyphen: [["-"], ["X"]],
  importeridx: [
    ["A", "_", "-", "z"],
    ["/", "AA"],
  ],
  mediatype: [
    ["01", "10", "80", "99"],
    ["00", "11", "79"],
  ],
  packagetype: [
    ["1A", "PPE", "8"],
    ["1Z", "0"],
  ],
  latitude: [["0000000000", "1800000000"], ["1800000001"]],
  longitude: [["3600000000"], ["3600000001"]],
  pcenc: [
    ["", "A%20B", "%fF"],
    ["%g0", "A%2", "%"],
  ],
  pieceoftotal: [
    ["0101", "0203"],
    ["0302", "0001", "0100"],
  ],
  posinseqslash: [
    ["1/2", "9/9"],
    ["3/2", "0/1", "1/0", "12", "1/"],
  ],
  iban: [
    ["FR7630006000011234567890189", "BE71096123456769"],
    ["FR7630006000011234567890188", "XX71096123456769", "BE71"],
  ],
  couponcode: [
    ["012345612345611110123", "012345612345611110123101101239", "0123456123456111101233200229"],
    [
      "712345612345611110123",
      "0123456123456111101233201310",
      "0123456123456111101233200010",
      "01234561234561111012",
      "A",
    ],
  ],
  couponposoffer: [["001234561234560123456"], ["201234561234560123456", "0012345612345601234567", "001234561234560"]],
};

const rows = Object.entries(linters).flatMap(([name, lint]) => {
  const [right, wrong] = Object.entries(cases).find(([key]) => key === name)?.[1] ?? [[], []];
  return [
    ...right.map(text => ({ name, lint, text, ok: true })),
    ...wrong.map(text => ({ name, lint, text, ok: false })),
  ];
});

test.each(rows)("$name on '$text' is fine: $ok", ({ lint, text, ok }) => {
  expect(lint(text) === undefined).toBe(ok);
});

test("a coupon that ends before it starts is refused", () => {
  expect(linters.couponcode("0123456123456111101233200229" + "4200228")).toBeUndefined();
  expect(linters.couponcode("0123456123456111101233200229" + "4200301")).toMatchObject({ code: "code.date" });
});

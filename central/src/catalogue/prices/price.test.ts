import { describe, expect, test } from "vitest";
import { exponentOf } from "./currency.ts";
import { type KnownPrice, type Price, place } from "./price.ts";

const day = (n: number) => `2026-01-${String(n).padStart(2, "0")}T00:00:00.000000Z`;

function price(from: number | null, until: number | null, amount = 100): Price {
  const [valid_from, valid_until] = [from, until].map(n => (n === null ? null : day(n)));
  const key = { sku: "A", list: "standard", currency: "EUR", customer_group: null, quantity_from: 1 };
  return { ...key, amount, valid_from: valid_from ?? null, valid_until: valid_until ?? null };
}

const known = (id: number, from: number | null, until: number | null): KnownPrice => ({ ...price(from, until), id });

interface Row {
  readonly what: string;
  readonly there: readonly KnownPrice[];
  readonly price: Price;
  /** The number of the price that is written anew; 0: it is a new one; undefined: nothing is written. */
  readonly writes?: number;
  readonly ends?: number;
  readonly refused?: string;
}

const rows: readonly Row[] = [
  { what: "the first one", there: [], price: price(1, null), writes: 0 },
  { what: "one behind another", there: [known(7, 1, 5)], price: price(5, 9), writes: 0 },
  { what: "one before another", there: [known(7, 5, null)], price: price(1, 5), writes: 0 },
  {
    what: "one that ends the one without an end",
    there: [known(7, 1, null)],
    price: price(5, null),
    writes: 0,
    ends: 7,
  },
  {
    what: "one that ends the one that always held",
    there: [known(7, null, null)],
    price: price(5, 9),
    writes: 0,
    ends: 7,
  },
  { what: "the same again", there: [known(7, 1, 5)], price: price(1, 5) },
  { what: "another amount", there: [known(7, 1, 5)], price: price(1, 5, 99), writes: 7 },
  { what: "an earlier end", there: [known(7, 1, 5)], price: price(1, 4), writes: 7 },
  {
    what: "a later end, over the next",
    there: [known(7, 1, 5), known(8, 5, 9)],
    price: price(1, 6),
    refused: "price.overlaps",
  },
  { what: "one within another", there: [known(7, 1, 9)], price: price(3, 4), refused: "price.overlaps" },
  { what: "one around another", there: [known(7, 3, 4)], price: price(1, 9), refused: "price.overlaps" },
  {
    what: "one without an end before another",
    there: [known(7, 5, null)],
    price: price(1, null),
    refused: "price.overlaps",
  },
  { what: "one that ends before it begins", there: [], price: price(5, 5), refused: "request.invalid" },
];

describe("the place of a price", () => {
  test.each(rows)("$what", ({ there, price, writes, ends, refused }) => {
    const placed = place(price, there, "body");
    if (refused !== undefined) return expect(placed).toMatchObject({ ok: false, problem: { code: refused } });
    expect(placed.ok && [placed.value.write && (placed.value.write.id ?? 0), placed.value.ended?.id]).toEqual([
      writes,
      ends,
    ]);
  });
});

test("currencies have the minor units of ISO 4217", () => {
  expect(["EUR", "JPY", "KWD", "HUF", "ISK"].map(exponentOf)).toEqual([2, 0, 3, 2, 0]);
  expect(["eur", "XXX", "XAU", "", "EURO"].map(exponentOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

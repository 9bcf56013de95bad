import fc from "fast-check";
import { expect, test } from "vitest";
import { plan } from "./plan.ts";
import { recorded, TestBooks } from "./testing.ts";
import { lotOf } from "./thing.ts";

const accounts = ["dock", "shelf", "supplier", "customer", "loss"];
const codes = ["(01)1", "(01)2"].map(start => start.padEnd(18, "0"));
const move = fc
  .record({
    code: fc.constantFrom(...codes.flatMap(code => [code, `${code}(10)A`, `${code}(10)B\\(1)`, `${code}(21)A`])),
    from: fc.constantFrom(...accounts),
    to: fc.constantFrom(...accounts),
    quantity: fc.integer({ min: 1, max: 9 }),
    site: fc.integer({ min: 1, max: 2 }),
    at: fc.nat({ max: 5 }),
  })
  .filter(({ from, to }) => from !== to);

test("I6: a lot's stock is the sum of the lines whose codes name it, and part of its item's", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), fc.constantFrom("recorded", "bound"), (moves, why) => {
      const books = codes.reduce((known, code, index) => known.bind(code, index + 1), new TestBooks());
      const movements = moves.map(({ site, at, ...given }, index) => {
        const quantity = given.code.includes("(21)") ? 1 : given.quantity;
        return recorded(index + 1, given.code, `${given.from} > ${given.to} @${site} t${at}`, quantity);
      });
      const { rows, further, lots, stock } = plan({ movements, books, tags: new Map(), histories: new Map(), why });
      const model = new Map<string, number>();
      const take = (code: string, itemId: number, from: number, to: number, quantity: number) => {
        const lot = lotOf(code);
        if (lot === undefined) return;
        for (const [place, sign] of [
          [from, -1],
          [to, 1],
        ] as const) {
          const key = `${itemId} ${place} ${lot}`;
          model.set(key, (model.get(key) ?? 0) + sign * quantity);
        }
      };
      for (const {
        recorded: { movement },
        posting,
      } of rows) {
        if (posting !== undefined) take(movement.code, posting.itemId, posting.from, posting.to, movement.quantity);
      }
      for (const {
        recorded: { movement },
        itemId,
        from,
        to,
        quantity,
      } of further) {
        take(movement.code, itemId, from, to, quantity);
      }
      const expected = [...model].filter(([, sum]) => sum !== 0).map(([key, sum]) => `${key}: ${sum}`);
      expect(
        lots.map(({ itemId, placeId, lot, quantity }) => `${itemId} ${placeId} ${lot}: ${quantity}`).sort(),
      ).toEqual(expected.sort());
      const keys = lots.map(({ itemId, placeId, lot }) => [itemId, placeId, lot] as const);
      expect(keys).toEqual(keys.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1)));
      expect(lots.reduce((sum, lot) => sum + lot.quantity, 0)).toBe(0);
      expect(stock.reduce((sum, level) => sum + level.quantity, 0)).toBe(0);
    }),
    { numRuns: 1_000 },
  );
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CandidatePrice, PriceQuestion, PricingEngine } from "./engine.ts";

const price: fc.Arbitrary<CandidatePrice> = fc.record({
  id: fc.integer({ min: 1, max: 9 }),
  sku: fc.constantFrom("SHIRT-M", "SHIRT"),
  customer_group: fc.constantFrom(null, "club"),
  quantity_from: fc.constantFrom(1, 10, 1_000_000_000),
  amount: fc.constantFrom(0, 1, 249, 1_000_000_000_000),
  valid_from: fc.constantFrom(null, "2026-01-01T00:00:00.000000Z"),
  valid_until: fc.constantFrom(null, "2027-01-01T00:00:00.000000Z"),
});

const question: fc.Arbitrary<PriceQuestion> = fc.record({
  sku: fc.constant("SHIRT-M"),
  quantity: fc.constantFrom(1, 9, 10, 1_000_000_000),
  list: fc.constantFrom("standard", "sale"),
  currency: fc.constantFrom("EUR", "JPY"),
  exponent: fc.constantFrom(0, 2),
  customer_group: fc.constantFrom(null, "club"),
  at: fc.constant("2026-11-23T09:30:00.000000Z"),
  prices: fc.uniqueArray(price, { selector: ({ id }) => id, maxLength: 6 }),
});

/** What every pricing engine keeps to, whatever it is asked. Call it in a test of your own plug-in. */
export function pricingEngineContract(what: string, open: () => Promise<PricingEngine> | PricingEngine): void {
  describe(`${what} as a pricing engine`, () => {
    test("has a name", async () => {
      expect((await open()).name).toMatch(/\S/);
    });

    test("says whole amounts of at least nothing and why, of a price that it was told of, the same each time, or nothing", async () => {
      const engine = await open();
      await fc.assert(
        fc.asyncProperty(question, async asked => {
          const before = JSON.stringify(asked);
          const answer = await engine.quote(asked);
          expect(JSON.stringify(asked)).toBe(before);
          expect(await engine.quote(asked)).toEqual(answer);
          if (answer === undefined) return;
          const { unit_amount, price_id, why } = answer;
          expect(Number.isSafeInteger(unit_amount) && unit_amount >= 0).toBe(true);
          expect([null, ...asked.prices.map(({ id }) => id)]).toContain(price_id);
          expect(why).toMatch(/\S/);
        }),
      );
    });

    test("answers questions that come side by side, each its own", async () => {
      const engine = await open();
      const [ask] = fc.sample(question, { numRuns: 1, seed: 1 });
      if (ask === undefined) throw new Error("there is a question");
      const asked = Array.from({ length: 50 }, (_, n) => ({ ...ask, quantity: n + 1 }));
      const alone: unknown[] = [];
      for (const one of asked) alone.push(await engine.quote(one));
      expect(await Promise.all(asked.map(one => engine.quote(one)))).toEqual(alone);
    });
  });
}

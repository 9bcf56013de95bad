import fc from "fast-check";
import { expect, test } from "vitest";
import { firstExpiry, freeLots } from "./first-expiry.ts";
import type { Candidate } from "./policy.ts";

const dates = ["2026-12-01", "2026-12-02", "2027-01-01", undefined];
const place = fc.record({
  // What is there of each date, of none, and of what has expired.
  lots: fc.array(fc.record({ date: fc.constantFrom(...dates), quantity: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 4,
  }),
  expired: fc.nat({ max: 5 }),
  without: fc.nat({ max: 5 }),
  promised: fc.nat({ max: 12 }),
});

/** The dates of the single units that may be promised at a place, the first to expire first: the plain model. */
function unitsOf({
  lots,
  without,
  promised,
}: typeof place extends fc.Arbitrary<infer T> ? T : never): (string | undefined)[] {
  const units = lots.flatMap(({ date, quantity }) => Array.from({ length: quantity }, () => date));
  return [...units, ...Array.from({ length: without }, () => undefined)].sort(byDate).slice(promised);
}

function byDate(a: string | undefined, b: string | undefined): number {
  const [first, second] = [a ?? "9999", b ?? "9999"];
  return first < second ? -1 : first > second ? 1 : 0;
}

test("what expires first is promised first, wherever it is, and never what has expired or was promised before", () => {
  fc.assert(
    fc.property(
      fc.array(place, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      (places, quantity) => {
        const candidates: Candidate[] = places.map((given, index) => {
          const there = given.lots
            .toSorted((a, b) => byDate(a.date, b.date))
            .map(lot => {
              return { expiresOn: lot.date, quantity: lot.quantity, isExpired: false };
            });
          const old =
            given.expired === 0 ? [] : [{ expiresOn: "2026-11-01", quantity: given.expired, isExpired: true }];
          const onHand = given.expired + given.without + given.lots.reduce((sum, lot) => sum + lot.quantity, 0);
          const lots = freeLots([...old, ...there], { there: onHand, promised: given.promised });
          const available = lots.reduce((sum, lot) => sum + lot.quantity, 0);
          expect(available).toBe(unitsOf(given).length);
          return { placeId: index + 1, siteId: 1, available, lots };
        });
        const wanted = places.flatMap(unitsOf).sort(byDate);
        const picks = firstExpiry.choose(quantity, candidates, []);
        if (wanted.length < quantity) {
          expect(picks).toBeUndefined();
          return;
        }
        const promised = (picks ?? []).flatMap(({ placeId, quantity: taken }) => {
          const units = places[placeId - 1];
          return units === undefined ? [] : unitsOf(units).slice(0, taken);
        });
        expect(promised.sort(byDate)).toEqual(wanted.slice(0, quantity));
        expect(new Set(picks?.map(pick => pick.placeId)).size).toBe(picks?.length);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("lots that add up to more than is there promise no more than there is", () => {
  const lots = [{ expiresOn: "2026-12-01", quantity: 10, isExpired: false }];
  expect(freeLots(lots, { there: 4, promised: 1 })).toEqual([{ expiresOn: "2026-12-01", quantity: 3 }]);
  expect(
    freeLots([{ ...lots[0], quantity: 10, expiresOn: "2026-11-01", isExpired: true }], { there: 4, promised: 0 }),
  ).toEqual([]);
});

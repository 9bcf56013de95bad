import type { FreeLot, Pick, Policy } from "./policy.ts";
import { takeInOrder } from "./policy.ts";

/**
 * First expiry, first out: what expires first is promised first, wherever it is, and what has expired is not promised at all. Goods of which
 * no date is known come last. A hold is of a place, so who picks takes the lot there that expires first.
 */
export const firstExpiry: Policy = {
  summary: "each line from what expires first, wherever it is; nothing that has expired",
  takesSites: false,
  takesLots: true,
  choose(quantity, candidates) {
    const slices = candidates.flatMap(
      ({ placeId, siteId, available, lots = [{ expiresOn: undefined, quantity: available }] }) =>
        lots.map(lot => ({ placeId, siteId, available: lot.quantity, expiresOn: lot.expiresOn })),
    );
    const picks = takeInOrder(quantity, slices.toSorted(byExpiry));
    return picks === undefined ? undefined : byPlace(picks);
  },
};

interface Slice {
  readonly placeId: number;
  readonly available: number;
  readonly expiresOn: string | undefined;
}

/** Dates as `YYYY-MM-DD` are ordered as their texts; of one date the place with the most comes first. */
function byExpiry(a: Slice, b: Slice): number {
  if (a.expiresOn !== b.expiresOn) return (a.expiresOn ?? "9999-99-99") < (b.expiresOn ?? "9999-99-99") ? -1 : 1;
  return b.available - a.available || a.placeId - b.placeId;
}

/** One pick for each place, in the order in which places were first chosen. */
function byPlace(picks: readonly Pick[]): readonly Pick[] {
  const sums = new Map<number, number>();
  for (const { placeId, quantity } of picks) sums.set(placeId, (sums.get(placeId) ?? 0) + quantity);
  return [...sums].map(([placeId, quantity]) => ({ placeId, quantity }));
}

/** A lot at a place, as it is there. */
export interface LotThere extends FreeLot {
  readonly isExpired: boolean;
}

/**
 * What may still be taken at a place of the lots there. What is promised says nothing of lots, so it is taken to have been promised from
 * those that expire first; what has expired is left out.
 *
 * @param lots in the order of their dates, those without one last; without the blocked ones
 * @param there what is on hand and not blocked, of all lots and of none
 */
export function freeLots(
  lots: readonly LotThere[],
  { there, promised }: { readonly there: number; readonly promised: number },
): readonly FreeLot[] {
  const ofLots = lots.reduce((sum, { quantity }) => sum + quantity, 0);
  const unexpired = lots.filter(lot => !lot.isExpired);
  const free: FreeLot[] = [];
  let taken = promised;
  // Lots may add up to more than is there, where some left without their lot being read.
  let left = there - lots.filter(lot => lot.isExpired).reduce((sum, { quantity }) => sum + quantity, 0);
  for (const { expiresOn, quantity } of [
    ...unexpired,
    { expiresOn: undefined, quantity: Math.max(there - ofLots, 0) },
  ]) {
    const part = Math.min(quantity, Math.max(left, 0));
    left -= part;
    const rest = Math.max(part - taken, 0);
    taken -= part - rest;
    if (rest > 0) free.push({ expiresOn, quantity: rest });
  }
  return free;
}

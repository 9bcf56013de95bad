import { mostFirst, type Policy } from "./policy.ts";

/** The place with the most of it: what is physically there may be less, and there the difference hurts least. */
export const onePlace: Policy = {
  summary: "each line at one place, the one that has the most of it",
  takesSites: false,
  choose(quantity, candidates) {
    const [first, ...others] = candidates;
    if (first === undefined) return undefined;
    const best = others.reduce((most, each) => (mostFirst(each, most) < 0 ? each : most), first);
    return best.available < quantity ? undefined : [{ placeId: best.placeId, quantity }];
  },
};

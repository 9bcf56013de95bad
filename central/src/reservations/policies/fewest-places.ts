import { mostFirst, type Policy, takeInOrder } from "./policy.ts";

/** The places with the most first: no other choice comes out with fewer of them. */
export const fewestPlaces: Policy = {
  summary: "each line at as few places as hold it",
  takesSites: false,
  choose: (quantity, candidates) => takeInOrder(quantity, candidates.toSorted(mostFirst)),
};

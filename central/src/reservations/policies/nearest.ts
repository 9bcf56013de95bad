import { mostFirst, type Policy, takeInOrder } from "./policy.ts";

/** The caller knows what is near to whom; the first site that has some comes first, and in a site as few places as hold it. */
export const nearest: Policy = {
  summary: "each line from the sites given, in their order; within a site at as few places as hold it",
  takesSites: true,
  choose(quantity, candidates, siteIds) {
    const rank = new Map(siteIds.map((siteId, index) => [siteId, index]));
    const rankOf = ({ siteId }: { readonly siteId: number }) => rank.get(siteId) ?? siteIds.length;
    return takeInOrder(
      quantity,
      candidates.toSorted((a, b) => rankOf(a) - rankOf(b) || mostFirst(a, b)),
    );
  },
};

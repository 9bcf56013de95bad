/** What is asked: what so many units cost, and all prices that might hold. */
export interface PriceQuestion {
  readonly sku: string;
  readonly quantity: number;
  readonly list: string;
  readonly currency: string;
  /** Digits of the currency's minor unit (ISO 4217). */
  readonly exponent: number;
  readonly customer_group: string | null;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The prices of the item, and of its family, that are valid then on this list in this currency: for everyone and for the group. */
  readonly prices: readonly CandidatePrice[];
}

export interface CandidatePrice {
  readonly id: number;
  /** The item's, or its family's. */
  readonly sku: string;
  readonly customer_group: string | null;
  readonly quantity_from: number;
  /** Of one unit, in the currency's minor unit. */
  readonly amount: number;
  readonly valid_from: string | null;
  readonly valid_until: string | null;
}

export interface PriceAnswer {
  /** Of one unit, in the currency's minor unit: a whole number of at least 0. */
  readonly unit_amount: number;
  /** The price that it comes from, where it is one of those asked about. */
  readonly price_id: number | null;
  /** Why it is this one, for people. */
  readonly why: string;
}

/** Says what things cost. One body of it is chosen in central.yaml; {@link defaultEngine} holds without one. */
export interface PricingEngine {
  readonly name: string;
  /** Undefined: nothing is said, and the default engine answers. */
  quote(question: PriceQuestion): PriceAnswer | undefined | Promise<PriceAnswer | undefined>;
}

/**
 * The item's own prices come before its family's, those for the caller's group before those for everyone, and of what is left the one
 * with the largest quantity that is reached holds.
 */
export const defaultEngine = {
  name: "default",
  quote({ sku, quantity, prices }: PriceQuestion): PriceAnswer | undefined {
    const rank = (price: CandidatePrice) => [
      Number(price.sku === sku),
      Number(price.customer_group !== null),
      price.quantity_from,
    ];
    const reached = prices.filter(price => price.quantity_from <= quantity);
    const [best] = reached.toSorted((a, b) => compareRanks(rank(b), rank(a)));
    if (best === undefined) return undefined;
    return { unit_amount: best.amount, price_id: best.id, why: why(best, sku) };
  },
} as const satisfies PricingEngine;

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

function why(
  { id, sku, customer_group, quantity_from, valid_from, valid_until }: CandidatePrice,
  asked: string,
): string {
  const whose = sku === asked ? "the item's own price" : `the price of its family ${sku}`;
  const whom = customer_group === null ? "for everyone" : `for the group ${customer_group}`;
  const when = `from ${valid_from ?? "ever"} until ${valid_until ?? "further notice"}`;
  return `Price ${id}: ${whose}, ${whom}, from a quantity of ${quantity_from} on, valid ${when}.`;
}

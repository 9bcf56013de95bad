import { ok, type Result, refuse } from "@tallygate/protocol";
import { z } from "zod";

/** Which price it is: of what, on which list, for whom, and from which quantity on. */
export interface PriceKey {
  readonly sku: string;
  readonly list: string;
  readonly currency: string;
  /** Null: for everyone. */
  readonly customer_group: string | null;
  readonly quantity_from: number;
}

const time = z.string().nullable();

/** A price of one unit, in the currency's minor unit. Times are RFC 3339 in UTC to the microsecond, so that they compare as text. */
export const Price = z.object({
  sku: z.string(),
  list: z.string(),
  currency: z.string(),
  customer_group: z.string().nullable(),
  quantity_from: z.int(),
  amount: z.int(),
  /** From then on; null: always before `valid_until`. */
  valid_from: time,
  /** Up to then, which it is not valid at any more; null: without an end. */
  valid_until: time,
});
export type Price = z.infer<typeof Price> & PriceKey;

export type KnownPrice = Price & { readonly id: number };

export function keyOf({ sku, list, currency, customer_group, quantity_from }: PriceKey): string {
  return JSON.stringify([sku, list, currency, customer_group, quantity_from]);
}

/** What a price makes of those that are there for the same key. */
export interface Placed {
  /** Undefined where it is there already, just so. */
  readonly write: { readonly price: Price; readonly id: number | undefined } | undefined;
  /** The earlier price without an end, which ends where this one begins. */
  readonly ended: KnownPrice | undefined;
}

/**
 * Finds the place of a price among those of its key. One with the same beginning is changed. The one before, where it has no end, ends
 * where this one begins. Every other overlap is refused: at each moment one price holds.
 */
export function place(price: Price, others: readonly KnownPrice[], at: string): Result<Placed> {
  const { valid_from: from, valid_until: until } = price;
  if (from !== null && until !== null && until <= from) {
    return refuse("request.invalid", `It ends at ${until}, and only begins at ${from}.`, { at: `${at}.valid_until` });
  }
  const same = others.find(other => other.valid_from === from);
  const before = others.find(other => other !== same && other.valid_until === null && isBefore(other.valid_from, from));
  const overlapping = others.find(other => other !== same && other !== before && overlaps(other, price));
  if (overlapping !== undefined) {
    const { id, valid_from, valid_until } = overlapping;
    const range = `from ${valid_from ?? "ever"} until ${valid_until ?? "further notice"}`;
    const detail = `The price ${id} of ${price.sku} holds ${range}, and at each moment one price does; end one of them earlier.`;
    return refuse("price.overlaps", detail, { at: `${at}.valid_from` });
  }
  const isThere = same !== undefined && same.amount === price.amount && same.valid_until === until;
  return ok({ write: isThere ? undefined : { price, id: same?.id }, ended: before });
}

function isBefore(a: string | null, b: string | null): boolean {
  return b !== null && (a === null || a < b);
}

function overlaps(a: Price, b: Price): boolean {
  const startsBeforeEnd = (one: Price, other: Price) =>
    one.valid_from === null || other.valid_until === null || one.valid_from < other.valid_until;
  return startsBeforeEnd(a, b) && startsBeforeEnd(b, a);
}

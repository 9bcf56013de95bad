import type { Level } from "@tallygate/protocol";

/** What one movement takes from a place. */
export interface Take {
  readonly sku: string;
  readonly site: string;
  readonly place: string;
  /** Whether it goes to a customer, for whom it must be available; what is blocked may still be moved, sent back or scrapped. */
  readonly sold: boolean;
}

/** The level that takes have led to. */
export interface LeftLevel extends Pick<Level, "onHand" | "reserved" | "blocked"> {
  /** Whether what is at the place is available at all. */
  readonly available: boolean;
}

/**
 * Why a take was more than was there to take; undefined: it was not. Judged by what is left once all movements of a request are
 * posted: what is promised must still be there, and nothing that is blocked may have been sold.
 */
export function shortBy({ sku, site, place, sold }: Take, left: LeftLevel): string | undefined {
  const { onHand, reserved, blocked } = left;
  const where = `${site}/${place}`;
  if (onHand < 0) return `This would leave ${onHand} of ${sku} at ${where}: less is there than is to be taken.`;
  if (sold && !left.available) return `What is at ${where} is not available; move it to another place first.`;
  if (onHand >= reserved + (sold ? blocked : 0)) return undefined;
  const held = sold && blocked > 0 ? `${reserved} are reserved and ${blocked} blocked` : `${reserved} are reserved`;
  return `This would leave ${onHand} of ${sku} at ${where}, of which ${held}.`;
}

/** Above what somebody must approve a count. Each limit that is set must hold; without any, nothing is approved by itself. */
export interface ApprovalLimits {
  /** Of all lines together, what was found and what was lost alike, in the currency's minor unit. Lines without a price have no value. */
  readonly value?: number | undefined;
  /** Of each line, in units of the item. */
  readonly units?: number | undefined;
  /** Of each line, of what should be there. Where nothing should be, anything is above it. */
  readonly percent?: number | undefined;
}

/** A line as far as its approval goes. */
export interface Variance {
  readonly expected: number;
  readonly variance: number;
  /** Of one unit, in the minor unit of its currency. */
  readonly price: number | undefined;
}

/** What is above the limits, in a sentence; nothing if the lines may be posted without asking anyone. */
export function aboveLimits(lines: readonly Variance[], limits: ApprovalLimits): string | undefined {
  const differing = lines.filter(({ variance }) => variance !== 0);
  if (differing.length === 0) return undefined;
  const { value, units, percent } = limits;
  if (value === undefined && units === undefined && percent === undefined) {
    return `${differing.length} lines differ, and no limit is set below which that is posted by itself`;
  }
  const worth = differing.reduce((sum, { variance, price = 0 }) => sum + Math.abs(variance) * price, 0);
  if (value !== undefined && worth > value) return `what differs is worth ${worth}, and the limit is ${value}`;
  const most = Math.max(...differing.map(({ variance }) => Math.abs(variance)));
  if (units !== undefined && most > units) return `a line differs by ${most} units, and the limit is ${units}`;
  const share = Math.max(...differing.map(shareOf));
  if (percent === undefined || share <= percent) return undefined;
  const shown = Number.isFinite(share) ? `${Math.round(share * 10) / 10} %` : "all, since nothing should be there";
  return `a line differs by ${shown}, and the limit is ${percent} %`;
}

function shareOf({ variance, expected }: Variance): number {
  return expected <= 0 ? Number.POSITIVE_INFINITY : (Math.abs(variance) / expected) * 100;
}

/** Four eyes: whoever counted, or handed the count in, does not approve it. */
export function mayApprove(actor: string, counters: Iterable<string>): boolean {
  for (const counter of counters) if (counter === actor) return false;
  return true;
}

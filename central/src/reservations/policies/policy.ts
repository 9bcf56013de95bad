/** A place that has some of what is asked for. */
export interface Candidate {
  readonly placeId: number;
  readonly siteId: number;
  /** More than 0. */
  readonly available: number;
  /** What of it may be taken, by expiry; only for a policy that asks for lots. */
  readonly lots?: readonly FreeLot[];
}

/** What is available of one expiry date; absent: of goods of which no date is known. */
export interface FreeLot {
  readonly expiresOn: string | undefined;
  readonly quantity: number;
}

export interface Pick {
  readonly placeId: number;
  readonly quantity: number;
}

/** How a line is spread over places. One file, and one line in `index.ts`. Pure: it sees what is available and takes nothing. */
export interface Policy {
  readonly summary: string;
  /** Whether the request gives sites in an order of preference; then it takes from no other. */
  readonly takesSites: boolean;
  /** Whether it looks at lots; they are read for it alone. */
  readonly takesLots?: boolean;
  /** Picks that add up to the quantity; undefined when the policy cannot hold so much. */
  readonly choose: (
    quantity: number,
    candidates: readonly Candidate[],
    siteIds: readonly number[],
  ) => readonly Pick[] | undefined;
}

/** Takes from the candidates in their order until the quantity is reached. */
export function takeInOrder(quantity: number, candidates: readonly Candidate[]): readonly Pick[] | undefined {
  const picks: Pick[] = [];
  let missing = quantity;
  for (const { placeId, available } of candidates) {
    if (missing === 0) break;
    const taken = Math.min(missing, available);
    picks.push({ placeId, quantity: taken });
    missing -= taken;
  }
  return missing === 0 ? picks : undefined;
}

/** The one with the most; of equals the one that is older in the database, so that the choice does not depend on their order. */
export function mostFirst(a: Candidate, b: Candidate): number {
  return b.available - a.available || a.placeId - b.placeId;
}

/** What decides whether there is a shortage at a place. */
export interface Promised {
  readonly onHand: number;
  readonly reserved: number;
  readonly blocked: number;
}

/** Of which item and where, in the words of the outside. */
export interface LevelNames {
  readonly sku: string;
  readonly site: string;
  readonly place: string;
}

/** More is promised than is there: goods went that were meant for someone else. Without a promise, nobody is short. */
export function isShort({ onHand, reserved, blocked }: Promised): boolean {
  return reserved > 0 && onHand - reserved - blocked < 0;
}

/** Which exception a level's shortage is. */
export function shortageKey({ sku, site, place }: LevelNames): string {
  return `${sku} ${site}/${place}`;
}

export function shortageDetail({ sku, site, place }: LevelNames, { onHand, reserved, blocked }: Promised): string {
  const missing = reserved + blocked - onHand;
  return `${reserved} of ${sku} are promised at ${site}/${place}, where ${onHand} are on hand and ${blocked} blocked: ${missing} are missing. Bring some there, or release a reservation.`;
}

/** A level that was and is now. */
export interface LevelStep extends LevelNames {
  readonly before: Promised;
  readonly after: Promised;
}

/** The exception of a level's step that closes with it: it was short, and is so no more. */
export function shortageOf({ before, after, ...names }: LevelStep): { readonly closed?: string } {
  return isShort(before) && !isShort(after) ? { closed: shortageKey(names) } : {};
}

/** What decides whether there is a shortage at a place. */
export interface Promised {
  readonly onHand: number;
  readonly reserved: number;
  readonly blocked: number;
}

/** A level that was and is now, in the words of the outside. */
export interface LevelStep {
  readonly sku: string;
  readonly site: string;
  readonly place: string;
  readonly before: Promised;
  readonly after: Promised;
}

export interface Shortage {
  readonly key: string;
  readonly detail: string;
}

/** More is promised than is there: goods went that were meant for someone else. Without a promise, nobody is short. */
export function isShort({ onHand, reserved, blocked }: Promised): boolean {
  return reserved > 0 && onHand - reserved - blocked < 0;
}

/** The exception of a level's step: `opened` while it gets shorter, `closed` once it is short no more, else nothing. */
export function shortageOf(step: LevelStep): { readonly opened?: Shortage; readonly closed?: string } {
  const { sku, site, place, before, after } = step;
  const key = `${sku} ${site}/${place}`;
  const available = after.onHand - after.reserved - after.blocked;
  if (!isShort(after)) return isShort(before) ? { closed: key } : {};
  if (isShort(before) && available >= before.onHand - before.reserved - before.blocked) return {};
  const detail = `${after.reserved} of ${sku} are promised at ${site}/${place}, where ${after.onHand} are on hand and ${after.blocked} blocked: ${-available} are missing. Bring some there, or release a reservation.`;
  return { opened: { key, detail } };
}

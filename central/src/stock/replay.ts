import { type Books, type Recorded, takenFrom } from "./model.ts";

/** A quantity taken from one account to another at an event time. */
export interface Taken {
  readonly itemId: number;
  readonly code: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly quantity: number;
}

/**
 * The ledger as it would be had everything been heard in the order in which it happened: each thing goes from where it is to where
 * the next movement puts it. Movements come in the order in which they were posted, which decides between equal event times.
 * What tests compare the ledger with; too slow for anything else.
 */
export function replay(movements: readonly Recorded[], books: Books): readonly Taken[] {
  const places = new Map<string, number>();
  const inOrder = movements.toSorted((a, b) => a.movement.eventTimeMs - b.movement.eventTimeMs);
  return inOrder.flatMap(({ siteId, movement, thing }) => {
    const meaning = books.meaning(thing.classKey);
    if (meaning === undefined || (thing.kind !== "class" && thing.kind !== "instance")) return [];
    const { code, quantity, eventTimeMs: at } = movement;
    const to = books.account(siteId, movement.to).id;
    const place = thing.kind === "instance" ? places.get(code) : undefined;
    const from = place === undefined ? books.account(siteId, movement.from).id : takenFrom(books, place, siteId);
    if (thing.kind === "instance") places.set(code, to);
    return [{ itemId: meaning.itemId, code, from, to, at, quantity: quantity * meaning.units }];
  });
}

/** What lines up to and including an event time add up to, by item and place; zeros are left out. */
export function sumsAsOf(lines: readonly Omit<Taken, "code">[], at: number): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, quantity: number) => sums.set(key, (sums.get(key) ?? 0) + quantity);
  for (const line of lines) {
    if (line.at > at) continue;
    add(`item ${line.itemId} at place ${line.from}`, -line.quantity);
    add(`item ${line.itemId} at place ${line.to}`, line.quantity);
  }
  for (const [key, quantity] of sums) if (quantity === 0) sums.delete(key);
  return sums;
}

import { Levels, type ReservedChange } from "./levels.ts";
import { type Hold, type Reservation, remaining, type StockRow, stateAt } from "./model.ts";

/** Goods that were held and have moved: the hold ends, or goes with them to another place where they can be promised. */
export interface Take {
  readonly reservationId: string;
  readonly siteId: number;
  readonly itemId: number;
  readonly fromPlaceId: number;
  readonly toPlaceId: number | undefined;
  readonly quantity: number;
}

export interface Taken {
  readonly changed: readonly Reservation[];
  /** By item and place. */
  readonly stock: readonly ReservedChange[];
}

/**
 * Lets holds go that goods have left, each take after those before it. Never refuses, since the goods have gone: it takes what is still
 * held, first where they left, then elsewhere at the site. A hold that goes with its goods keeps its line. Pure.
 */
export function takeHeld({
  takes,
  reservations,
  stock,
  nowMs,
}: {
  readonly takes: readonly Take[];
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly stock: readonly StockRow[];
  readonly nowMs: number;
}): Taken {
  const levels = new Levels(stock);
  const changed = new Map<string, Reservation>();
  for (const take of takes) {
    const before = changed.get(take.reservationId) ?? reservations.get(take.reservationId);
    if (before === undefined || stateAt(before, nowMs) !== "held") continue;
    const holds = takeFrom(before.holds, take, levels);
    const hasEnded = holds.every(hold => remaining(hold) === 0);
    const end = hasEnded ? { state: "fulfilled" as const, endedMs: nowMs } : {};
    changed.set(before.id, { ...before, holds, ...end });
  }
  return { changed: [...changed.values()], stock: levels.changes() };
}

function takeFrom(before: readonly Hold[], take: Take, levels: Levels): readonly Hold[] {
  const { siteId, itemId, fromPlaceId, toPlaceId } = take;
  let holds = before;
  let left = take.quantity;
  const isWhere = (hold: Hold) => Number(hold.placeId === fromPlaceId);
  const own = before.filter(hold => hold.itemId === itemId && hold.siteId === siteId && hold.placeId !== toPlaceId);
  for (const hold of own.toSorted((a, b) => isWhere(b) - isWhere(a) || a.line - b.line || a.placeId - b.placeId)) {
    const quantity = Math.min(left, remaining(hold));
    if (quantity === 0) continue;
    left -= quantity;
    levels.reserve(itemId, hold.placeId, -quantity);
    if (toPlaceId === undefined) {
      holds = replaced(holds, { ...hold, fulfilled: hold.fulfilled + quantity });
      continue;
    }
    levels.reserve(itemId, toPlaceId, quantity);
    const there = holds.find(({ line, placeId }) => line === hold.line && placeId === toPlaceId);
    const known = there ?? { ...hold, placeId: toPlaceId, quantity: 0, fulfilled: 0, released: 0 };
    holds = replaced(replaced(holds, { ...hold, quantity: hold.quantity - quantity }), {
      ...known,
      quantity: known.quantity + quantity,
    });
  }
  return holds;
}

/** A hold that holds nothing, and never ended, is none. */
function replaced(holds: readonly Hold[], hold: Hold): readonly Hold[] {
  const others = holds.filter(({ line, placeId }) => line !== hold.line || placeId !== hold.placeId);
  return hold.quantity === 0 ? others : [...others, hold];
}

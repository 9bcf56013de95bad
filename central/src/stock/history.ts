import assert from "node:assert/strict";
import { type Books, type Line, type Stay, takenFrom } from "./model.ts";

/**
 * Places a late movement into the history of a serialised thing. The history is what the ledger's lines add up to: the thing
 * goes from stay to stay in the order of event time. A stay put between two of them takes the thing from the one before, and
 * the one after then takes it from there: the second line, at the time of the stay after, moves the difference. So the sums as
 * of any time are those of a ledger that had heard everything in the order in which it happened.
 *
 * Before the first stay there is only the movement's word for where the thing came from.
 *
 * @param history all stays around `late.at`, in order: the last at or before it if there is one, and the next after it
 * @returns the lines, the first of which tells where the thing was, and the history with the new stay
 */
export function placeLate(
  history: readonly Stay[],
  late: Stay,
  books: Books,
): { readonly lines: readonly Line[]; readonly history: readonly Stay[] } {
  const next = firstAfter(history, late.at);
  const after = history[next];
  assert(after !== undefined, "a late movement has a later one in the history");
  const before = history[next - 1];
  const from = before === undefined ? late.fromId : takenFrom(books, before.placeId, late.siteId);
  const lines: Line[] = [{ from, to: late.placeId, at: late.at }];
  const afterFrom = before === undefined ? after.fromId : takenFrom(books, before.placeId, after.siteId);
  const afterFromNow = takenFrom(books, late.placeId, after.siteId);
  if (afterFromNow !== afterFrom) lines.push({ from: afterFromNow, to: afterFrom, at: after.at });
  return { lines, history: history.toSpliced(next, 0, late) };
}

/** The index of the first stay later than `at`. Of stays at the same time, the one that was recorded first is the earlier. */
function firstAfter(history: readonly Stay[], at: number): number {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const stay = history[middle];
    assert(stay !== undefined);
    if (stay.at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { Board, type LineState, wanted } from "./board.ts";
import { followLimits } from "./limits.ts";
import {
  type BoundList,
  type CountedThing,
  type DocumentLine,
  type HoldTake,
  type Known,
  keyOf,
  type Match,
  type Misfit,
  type Moved,
  type MovementKey,
  type Step,
  type Why,
} from "./model.ts";
import { stageOf, stageOfList, stepOf, waysOf } from "./ways.ts";

/** What follows from movements for documents, in the order of the movements. */
export interface Matched {
  readonly matches: readonly Match[];
  readonly misfits: readonly Misfit[];
  readonly holds: readonly HoldTake[];
  /** Serialised things that are counted now, and that are counted no more. */
  readonly counted: readonly CountedThing[];
  readonly uncounted: readonly CountedThing[];
  /** Movements that were taken back. */
  readonly reversed: readonly MovementKey[];
}

/**
 * THE rule by which a movement finds its documents, as docs/matching.md tells it. Pure; each movement after those before it. One that
 * takes another back takes back what that one carried out. Any other is tried by these, the first of which decides:
 *
 * 1. the list that was open at its read point at its event time, and in whose stage it is;
 * 2. the notice that announced it: as contents of a logistic unit that moved, or by its own serial number;
 * 3. the documents that await the item at the site: what the very thing was picked for, then what was announced in logistic units,
 *    then the others.
 *
 * Within each of them the earliest due goes first, then the earliest made, then the lower line. A movement's quantity is split over as
 * many lines as it fills. A serialised thing counts once for each step of a document.
 */
export function match(moved: readonly Moved[], known: Known): Matched {
  const matcher = new Matcher(known);
  for (const one of moved) matcher.follow(one);
  return matcher.result();
}

/** By what a movement found its lines. */
interface Rank {
  readonly why: Why;
  readonly list: BoundList | undefined;
}

interface Filled {
  readonly left: number;
  /** The line that was filled last. */
  readonly last: LineState | undefined;
  /** Whether nothing was filled because the thing was counted before. */
  readonly repeated: boolean;
}

class Matcher {
  private readonly known: Known;
  private readonly board: Board;
  private readonly misfits: Misfit[] = [];
  private readonly holds: HoldTake[] = [];
  private readonly reversed: MovementKey[] = [];
  private readonly takenBack: Set<string>;

  constructor(known: Known) {
    this.known = known;
    this.board = new Board(known);
    this.takenBack = new Set(known.reversed);
  }

  result(): Matched {
    const { misfits, holds, reversed } = this;
    return { ...this.board.result(), misfits, holds, reversed };
  }

  follow(moved: Moved): void {
    const list = this.listOf(moved);
    if (moved.reverses !== undefined) this.takeBack(moved, moved.reverses);
    else if (list !== undefined) this.byList(moved, list);
    else if (!this.comesBack(moved) && !this.byNotice(moved)) this.byAwaited(moved);
  }

  /** A reversal takes back what the reversed movement carried out, once, whatever became of the documents since. */
  private takeBack(moved: Moved, reverses: MovementKey): void {
    const key = keyOf(reverses);
    const before = this.board.matchesOf(key);
    if (before.length === 0 || this.takenBack.has(key)) return;
    this.takenBack.add(key);
    this.reversed.push(reverses);
    for (const { documentId, line, step, quantity, listId } of before) {
      // A thing that came back in through the gate is taken off already.
      const stands = this.board.isCounted(moved.code, documentId, step) === quantity > 0;
      if (moved.serialised && !stands) continue;
      this.board.write(moved, { documentId, line, step, quantity: -quantity, listId, why: "reversal" });
    }
  }

  /** The list that was open by its own clock goes before one that was opened a moment later; then the antenna's before the device's. */
  private listOf(moved: Moved): BoundList | undefined {
    const stage = stageOf(moved);
    if (stage === undefined) return undefined;
    const fitting = this.board.listsAt(moved).filter(list => [undefined, stage].includes(stageOfList(list.step)));
    const openBefore = (list: BoundList) => Number(list.openedMs <= moved.eventTimeMs);
    return fitting.sort(
      (a, b) =>
        openBefore(b) - openBefore(a) ||
        b.readPoint.length - a.readPoint.length ||
        b.openedMs - a.openedMs ||
        (a.id < b.id ? -1 : 1),
    )[0];
  }

  /** At an open list's read point, what passes in its stage is its own: what it has no line for, or too much of, is for a person. */
  private byList(moved: Moved, list: BoundList): void {
    const named = this.board.linesOnList(list, moved.itemId);
    const lines = named.filter(({ line }) => stepOf(moved, line) !== undefined);
    // A transfer to another site counts when its goods leave this one; until then they may be picked, and are its own all the same.
    if (lines.length === 0 && stageOf(moved) === "within" && named.some(({ line }) => line.kind === "transfer")) return;
    const rank: Rank = { why: "list", list };
    if (lines.length > 0) this.fillOver(moved, lines, rank);
    else this.misfits.push({ problem: "document.unexpected", moved, quantity: moved.quantity, line: undefined, list });
  }

  /** A serialised thing that comes back in through the gate of the list that counted it is taken off that list's document again. */
  private comesBack(moved: Moved): boolean {
    if (!moved.serialised || stageOf(moved) !== "entering") return false;
    const lists = this.board.listsAt(moved).filter(list => stageOfList(list.step) === "leaving");
    for (const { documentId, line, step } of this.board.thingsOf(moved.code)) {
      const list = lists.find(one => one.documentIds.includes(documentId));
      if (list === undefined || this.board.kindOf(documentId) === undefined) continue;
      if (step !== (this.board.kindOf(documentId) === "order" ? "done" : "picked")) continue;
      this.board.write(moved, { documentId, line, step, quantity: -moved.quantity, listId: list.id, why: "list" });
      return true;
    }
    return false;
  }

  private byNotice(moved: Moved): boolean {
    const lines = this.board
      .announced(moved)
      .filter(({ line }) => stepOf(moved, line) !== undefined && isOpenAt(line, moved.eventTimeMs));
    if (lines.length === 0) return false;
    this.fillOver(moved, lines, { why: "unit", list: undefined });
    return true;
  }

  private byAwaited(moved: Moved): void {
    const rank: Rank = { why: "awaited", list: undefined };
    const { left, last, repeated } = this.fill(moved, this.awaiting(moved), rank);
    // Who picks may take more than an order wants, for whatever purpose; what crosses the site's border must have one.
    if (left === 0 || repeated || stageOf(moved) === "within") return;
    if (last === undefined) this.fitsNothing(moved);
    else this.over(moved, left, last, rank);
  }

  /** Lazily, since a movement seldom needs more than the first. */
  private *awaiting(moved: Moved): Generator<LineState> {
    const isFit = ({ line }: LineState) =>
      stepOf(moved, line) !== undefined && line.madeMs - followLimits.clockSlackMs <= moved.eventTimeMs;
    const own = new Set(this.board.pickedFor(moved).filter(isFit));
    yield* own;
    for (const way of waysOf(moved)) {
      for (const state of this.board.awaiting(way, moved)) if (isFit(state) && !own.has(state)) yield state;
    }
  }

  private fitsNothing(moved: Moved): void {
    const { quantity, siteId } = moved;
    const complete = this.known.complete.find(line => stepOf(moved, line) !== undefined);
    if (complete !== undefined) {
      this.misfits.push({ problem: "document.over", moved, quantity, line: complete, list: undefined });
    } else if (waysOf(moved).some(({ kind }) => this.known.working.has(`${siteId}/${kind}`))) {
      this.misfits.push({ problem: "document.none", moved, quantity, line: undefined, list: undefined });
    }
  }

  /** Fills lines, and the last of them beyond what it wants. */
  private fillOver(moved: Moved, lines: readonly LineState[], rank: Rank): void {
    const { left, last = lines.at(-1), repeated } = this.fill(moved, lines, rank);
    if (left > 0 && !repeated && last !== undefined) this.over(moved, left, last, rank);
  }

  /** Fills lines one after the other. */
  private fill(moved: Moved, lines: Iterable<LineState>, rank: Rank): Filled {
    let left = moved.quantity;
    let last: LineState | undefined;
    let isKnown = false;
    for (const state of lines) {
      const step = stepOf(moved, state.line);
      if (step === undefined) continue;
      if (moved.serialised && this.board.isCounted(moved.code, state.line.documentId, step)) {
        isKnown = true;
        continue;
      }
      const quantity = Math.min(left, wanted(state, step));
      if (quantity <= 0) continue;
      this.carryOut(moved, state.line, step, quantity, rank);
      left -= quantity;
      last = state;
      if (left === 0) break;
    }
    return { left, last, repeated: isKnown && last === undefined };
  }

  /** More than was wanted: it is counted all the same, since it happened, and is for a person. */
  private over(moved: Moved, left: number, { line }: LineState, rank: Rank): void {
    const step = stepOf(moved, line);
    if (step === undefined) return;
    this.carryOut(moved, line, step, left, rank);
    this.misfits.push({ problem: "document.over", moved, quantity: left, line, list: rank.list });
  }

  private carryOut(moved: Moved, line: DocumentLine, step: Step, quantity: number, { why, list }: Rank): void {
    this.board.write(moved, { documentId: line.documentId, line: line.line, step, quantity, listId: list?.id, why });
    const take = holdTaken(moved, line, { step, quantity }, this.known.isAvailable);
    if (take !== undefined) this.holds.push(take);
  }
}

/**
 * What is held no more, or goes with the goods, once they carry out a line: where they left a place that promises are made from. Goods that
 * are picked to another such place stay held; those of a transfer to another site were let go when they left.
 */
export function holdTaken(
  { siteId, itemId, from, to }: Moved,
  line: DocumentLine,
  { step, quantity }: { readonly step: Step; readonly quantity: number },
  isAvailable: (placeId: number) => boolean,
): HoldTake | undefined {
  const { reservationId } = line;
  if (reservationId === undefined || from.outside !== undefined || !isAvailable(from.placeId)) return undefined;
  if (line.kind === "transfer" && step === "done" && line.siteId !== line.toSiteId) return undefined;
  const staysHeld = line.kind === "order" && step === "picked" && isAvailable(to.placeId);
  const toPlaceId = staysHeld ? to.placeId : undefined;
  return { reservationId, siteId, itemId, fromPlaceId: from.placeId, toPlaceId, quantity };
}

function isOpenAt({ madeMs, endedMs }: DocumentLine, atMs: number): boolean {
  return madeMs - followLimits.clockSlackMs <= atMs && atMs < (endedMs ?? Number.POSITIVE_INFINITY);
}

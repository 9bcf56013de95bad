import { followLimits } from "./limits.ts";
import {
  type BoundList,
  type CountedThing,
  type DocumentLine,
  type Known,
  keyOf,
  lineKey,
  type Match,
  type Moved,
  type Step,
  thingKey,
} from "./model.ts";
import type { Way } from "./ways.ts";

/** A line, and how far it is by all that was matched so far. */
export interface LineState {
  readonly line: DocumentLine;
  picked: number;
  done: number;
}

/** What a line still wants of a step: what has reached its end has left its shelf as well. */
export function wanted({ line, picked, done }: LineState, step: Step): number {
  return line.quantity - (step === "picked" ? Math.max(picked, done) : done);
}

/** The order of lines of equal trust: the earliest due, without a time last; then the earliest made; then as they stand. */
export function byTrust(a: DocumentLine, b: DocumentLine): number {
  return (
    (a.dueMs ?? Number.MAX_SAFE_INTEGER) - (b.dueMs ?? Number.MAX_SAFE_INTEGER) ||
    a.madeMs - b.madeMs ||
    (a.documentId === b.documentId ? a.line - b.line : a.documentId < b.documentId ? -1 : 1)
  );
}

/** The lines that wait for one item in one way; `start` is behind those that want nothing more of it. */
interface Queue {
  readonly states: readonly LineState[];
  start: number;
}

/** Lines, lists and things as they are after the movements so far, and what was written of them. */
export class Board {
  private readonly known: Known;
  private readonly states = new Map<string, LineState>();
  private readonly documents = new Map<string, LineState[]>();
  private readonly lists = new Map<string, BoundList[]>();
  private readonly onLists = new Map<string, readonly LineState[]>();
  private readonly queues = new Map<string, Queue>();
  private readonly things = new Map<string, Map<string, CountedThing>>();
  private readonly before = new Map<string, Match[]>();
  private readonly matches = new Map<string, Match>();
  private readonly changed = new Map<string, { readonly thing: CountedThing; readonly isCounted: boolean }>();

  constructor(known: Known) {
    this.known = known;
    for (const line of known.lines) this.stateOf(line);
    for (const [key, lines] of known.awaited) {
      const ordered = [...lines].sort((a, b) => Number(b.inUnit) - Number(a.inUnit) || byTrust(a, b));
      this.queues.set(key, { states: ordered.map(line => this.stateOf(line)), start: 0 });
    }
    for (const list of known.lists) push(this.lists, `${list.siteId}/${list.readPoint}`, list);
    for (const thing of known.counted) this.thingMap(thing.code).set(thingKey(thing), thing);
    for (const [key, matches] of known.before) this.before.set(key, [...matches]);
  }

  result() {
    const changed = [...this.changed.values()];
    return {
      matches: [...this.matches.values()].filter(({ quantity }) => quantity !== 0),
      counted: changed.flatMap(({ thing, isCounted }) => (isCounted ? [thing] : [])),
      uncounted: changed.flatMap(({ thing, isCounted }) => (isCounted ? [] : [thing])),
    };
  }

  /** Lists that were open at the movement's read point, or at its device, when it happened. */
  listsAt({ siteId, readPoint, eventTimeMs }: Moved): BoundList[] {
    const device = readPoint.split("/", 1)[0] ?? readPoint;
    return [...new Set([readPoint, device])]
      .flatMap(point => this.lists.get(`${siteId}/${point}`) ?? [])
      .filter(
        ({ openedMs, closedMs = Number.POSITIVE_INFINITY }) =>
          openedMs - followLimits.clockSlackMs <= eventTimeMs && eventTimeMs < closedMs,
      );
  }

  linesOnList({ id, documentIds }: BoundList, itemId: number): readonly LineState[] {
    const key = `${id}/${itemId}`;
    const known = this.onLists.get(key);
    if (known !== undefined) return known;
    const lines = documentIds
      .flatMap(documentId => this.documents.get(documentId) ?? [])
      .filter(({ line }) => line.itemId === itemId)
      .sort((a, b) => byTrust(a.line, b.line));
    this.onLists.set(key, lines);
    return lines;
  }

  /** The lines by which notices announced the movement, in order. */
  announced({ announced, code }: Moved): readonly LineState[] {
    const states = announced === undefined ? [] : [this.states.get(lineKey(announced))];
    const told = (this.known.announced.get(code) ?? []).toSorted(byTrust).map(line => this.stateOf(line));
    return [...states, ...told].filter(state => state !== undefined);
  }

  /** The lines of documents that the very thing left a shelf, or a site, for. */
  pickedFor({ code, itemId }: Moved): readonly LineState[] {
    return this.thingsOf(code)
      .filter(({ step }) => step === "picked")
      .flatMap(({ documentId }) => this.documents.get(documentId) ?? [])
      .filter(({ line }) => line.itemId === itemId)
      .sort((a, b) => byTrust(a.line, b.line));
  }

  /** The lines that await the movement in one way, in order, but for those at the front that want no more. */
  *awaiting(way: Way, moved: Moved): Generator<LineState> {
    const queue = this.queues.get(awaitedKey(way, moved));
    if (queue === undefined) return;
    for (let index = queue.start; index < queue.states.length; index++) {
      const state = queue.states[index];
      if (state === undefined) return;
      if (wanted(state, way.step) > 0) yield state;
      else if (index === queue.start) queue.start += 1;
    }
  }

  kindOf(documentId: string) {
    return this.documents.get(documentId)?.[0]?.line.kind;
  }

  thingsOf(code: string): readonly CountedThing[] {
    return [...(this.things.get(code)?.values() ?? [])];
  }

  isCounted(code: string, documentId: string, step: Step): boolean {
    return this.things.get(code)?.has(thingKey({ code, documentId, step })) ?? false;
  }

  /** What a movement has carried out, by its key. */
  matchesOf(key: string): readonly Match[] {
    return this.before.get(key) ?? [];
  }

  write(moved: Moved, part: Omit<Match, "moved" | "eventTimeMs">): void {
    const { epochId, seq, eventTimeMs, code } = moved;
    const { documentId, line, step, quantity } = part;
    const state = this.states.get(lineKey(part));
    if (state !== undefined) state[step] += quantity;
    const written = { ...part, moved: { epochId, seq }, eventTimeMs };
    push(this.before, keyOf(moved), written);
    const key = `${keyOf(moved)} ${lineKey(part)} ${step}`;
    this.matches.set(key, { ...written, quantity: quantity + (this.matches.get(key)?.quantity ?? 0) });
    if (moved.serialised) this.count({ code, documentId, step, line }, quantity > 0);
  }

  private count(thing: CountedThing, isCounted: boolean): void {
    const key = thingKey(thing);
    this.changed.set(key, { thing, isCounted });
    if (isCounted) this.thingMap(thing.code).set(key, thing);
    else this.thingMap(thing.code).delete(key);
  }

  private thingMap(code: string): Map<string, CountedThing> {
    let things = this.things.get(code);
    if (things === undefined) {
      things = new Map();
      this.things.set(code, things);
    }
    return things;
  }

  private stateOf(line: DocumentLine): LineState {
    const key = lineKey(line);
    const known = this.states.get(key);
    if (known !== undefined) return known;
    const state = { line, picked: line.picked, done: line.done };
    this.states.set(key, state);
    push(this.documents, line.documentId, state);
    return state;
  }
}

/** Where lines that await a movement in one way are found. */
export function awaitedKey({ kind, step, side }: Way, { siteId, itemId }: Pick<Moved, "siteId" | "itemId">): string {
  return `${kind}/${step}/${side}/${siteId}/${itemId}`;
}

function push<T>(into: Map<string, T[]>, key: string, value: T): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [value]);
  else known.push(value);
}

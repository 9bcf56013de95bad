import type { BizStep, SiteList } from "@tallygate/protocol";
import type { StoredMovement } from "../store/outbox-rows.ts";
import type { Store } from "../store/store.ts";
import { limits } from "./limits.ts";
import { ListProgress, type OwnMovement, type OwnProgress, type Passing, sumOf, type Unexpected } from "./progress.ts";

/** An item of a list: the centre's count, and what this site has done beyond it. */
export interface ListItemView {
  readonly sku: string;
  readonly name: string | undefined;
  readonly wanted: number;
  readonly confirmed: number;
  readonly pending: number;
}

/** What is still to be done of a line, where. */
export interface ListLineView {
  readonly document: string;
  readonly line: number;
  readonly sku: string;
  readonly name: string | undefined;
  readonly place: string | undefined;
  readonly quantity: number;
}

export interface ListView {
  readonly id: string;
  readonly readPoint: string | undefined;
  readonly step: BizStep;
  readonly openedMs: number;
  readonly documents: SiteList["documents"];
  readonly items: readonly ListItemView[];
  /** In walking order. */
  readonly lines: readonly ListLineView[];
  readonly unexpected: readonly (Unexpected & { readonly name: string | undefined })[];
}

export interface ListsView {
  /** When the centre told them; undefined before the first time. */
  readonly atMs: number | undefined;
  /** There are more, or longer ones, than a site is told. */
  readonly cut: boolean;
  /** The oldest first. */
  readonly lists: readonly ListView[];
}

/**
 * The site's open lists with their progress: the centre's count, and beyond it this site's own movements that the count has not got yet,
 * by the same cursors that the count came with. So a movement counts from its commit here on, once, whether the centre has confirmed it,
 * counted it or not heard of it. Kept in step by {@link take} with each commit and by {@link refresh} with what the centre tells.
 */
export class SiteLists {
  readonly #store: Store;
  #progress = new ListProgress([]);
  #kept: ReturnType<Store["lists"]>;
  readonly #names = new Map<string, string | undefined>();

  constructor(store: Store) {
    this.#store = store;
    this.#kept = store.lists();
    this.refresh();
  }

  /** The centre told of lists or items: everything is counted anew from what is kept. */
  refresh(): void {
    this.#kept = this.#store.lists();
    this.#names.clear();
    this.#progress = new ListProgress(this.#kept.lists);
    for (const movement of this.#movements()) this.#count(movement);
  }

  /** Takes movements that were committed; whether a list changed. */
  take(movements: readonly StoredMovement[]): boolean {
    if (this.#kept.lists.length === 0) return false;
    return movements.map(movement => this.#count(movement)).includes(true);
  }

  /** Whether it counts movements that the centre's count has not got. */
  get isAhead(): boolean {
    return this.#progress.isAhead;
  }

  view(): ListsView {
    const { lists, atMs, cut } = this.#kept;
    return { atMs, cut, lists: lists.map(list => this.#viewOf(list)) };
  }

  /**
   * What the open list where goods passed says of them: undefined where no list is open, where it does not tell all its items, and for a
   * logistic unit, whose contents it names.
   */
  listedAt(passing: Passing, classKey: string | undefined): { list: SiteList; isNamed: boolean } | undefined {
    if (classKey === undefined) return undefined;
    const found = this.#progress.listAt(passing);
    if (found?.list.items === undefined) return undefined;
    const sku = this.#store.skuOf(classKey);
    return { list: found.list, isNamed: sku !== undefined && found.names(sku) };
  }

  /** The movements that may be on a list, the oldest first. */
  #movements(): StoredMovement[] {
    const { lists } = this.#kept;
    if (lists.length === 0) return [];
    const sinceMs = Math.min(...lists.map(({ openedMs }) => openedMs)) - limits.clockSlackMs;
    const found: StoredMovement[] = [];
    while (found.length < limits.movementsMax) {
      const last = found.at(-1);
      const before = last && { before: { epoch: last.epoch, seq: last.seq } };
      const page = this.#store.movements({ ...before, limit: limits.movementsAtOnce });
      found.push(...page);
      // What waits on disk may be of any time; what the centre has counted and is all older than the lists has nothing before it.
      const isOld = page.every(each => each.movement.eventTimeMs < sinceMs && this.#isFollowed(each));
      if (page.length < limits.movementsAtOnce || isOld) break;
    }
    return found.reverse();
  }

  #isFollowed({ epoch, seq, confirmed }: StoredMovement): boolean {
    const { followed } = this.#kept;
    return followed === undefined ? confirmed : seq <= (followed.get(epoch) ?? 0);
  }

  #count(stored: StoredMovement): boolean {
    const { movement, classKey } = stored;
    // A logistic unit is on no list: what is in it moves after it, at the centre.
    if (classKey === undefined) return false;
    const { code, from, to, bizStep, readPoint, eventTimeMs, epcHex, quantity, reverses } = movement;
    const own: OwnMovement = {
      code,
      sku: this.#store.skuOf(classKey),
      quantity: quantity * this.#store.unitsOf(classKey),
      from,
      to,
      bizStep,
      readPoint,
      eventTimeMs,
      isThing: epcHex !== undefined || this.#store.tagPlace(code) !== undefined,
      isReversal: reverses !== undefined,
      isFollowed: this.#isFollowed(stored),
    };
    return this.#progress.take(own);
  }

  #viewOf(list: SiteList): ListView {
    const { id, readPoint, step, openedMs, documents } = list;
    const progress = this.#progress.of(id);
    return {
      id,
      readPoint,
      step,
      openedMs,
      documents,
      items: this.#itemsOf(list, progress),
      lines: this.#linesOf(list, progress),
      unexpected: progress.unexpected.map(each => ({ ...each, name: each.sku && this.#nameOf(each.sku) })),
    };
  }

  #itemsOf({ items, lines }: SiteList, { own }: OwnProgress): ListItemView[] {
    const told = items ?? lines.map(({ sku, quantity }) => ({ sku, wanted: quantity, done: 0 }));
    const found = new Map<string, ListItemView>();
    for (const { sku, wanted, done } of told) {
      const before = found.get(sku);
      found.set(sku, {
        sku,
        name: this.#nameOf(sku),
        wanted: wanted + (before?.wanted ?? 0),
        confirmed: done + (before?.confirmed ?? 0),
        pending: sumOf(own.get(sku)),
      });
    }
    return [...found.values()];
  }

  /** What was done here leaves the line of the place that it left, and else the first that wants it. */
  #linesOf({ lines }: SiteList, { own }: OwnProgress): ListLineView[] {
    const left = lines.map(({ quantity }) => quantity);
    for (const [sku, places] of own) {
      for (const [from, quantity] of places) {
        let rest = takeFrom(left, quantity, index => lines[index]?.sku === sku && lines[index]?.place === from);
        rest = takeFrom(left, rest, index => lines[index]?.sku === sku);
        // What came back is wanted again, and nobody has said where it is.
        const first = lines.findIndex(line => line.sku === sku);
        if (rest < 0 && first >= 0) left[first] = (left[first] ?? 0) - rest;
      }
    }
    return lines.flatMap(({ document, line, sku, place }, index) => {
      const quantity = left[index] ?? 0;
      return quantity <= 0 ? [] : [{ document, line, sku, name: this.#nameOf(sku), place, quantity }];
    });
  }

  #nameOf(sku: string): string | undefined {
    if (!this.#names.has(sku)) this.#names.set(sku, this.#store.nameOf(sku));
    return this.#names.get(sku);
  }
}

/** Takes a quantity off the places of an array that fit, in their order; what is left of it is returned. */
function takeFrom(left: number[], quantity: number, isFit: (index: number) => boolean): number {
  let rest = quantity;
  for (const [index, here] of left.entries()) {
    if (rest <= 0 || !isFit(index)) continue;
    const taken = Math.min(rest, here);
    left[index] = here - taken;
    rest -= taken;
  }
  return rest;
}

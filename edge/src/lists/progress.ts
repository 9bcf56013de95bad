import { type BizStep, isOutside, type SiteList } from "@tallygate/protocol";
import { limits } from "./limits.ts";

/** A movement of this site as its lists see it. */
export interface OwnMovement {
  readonly code: string;
  /** Absent for what no item of the catalogue has. */
  readonly sku: string | undefined;
  /** In units of the item. */
  readonly quantity: number;
  readonly from: string;
  readonly to: string;
  readonly bizStep: BizStep;
  readonly readPoint: string;
  readonly eventTimeMs: number;
  /** A thing with a serial number, which counts once on a list, however often it is read. */
  readonly isThing: boolean;
  /** It takes another one back. */
  readonly isReversal: boolean;
  /** The centre's count has it. */
  readonly isFollowed: boolean;
}

/** Goods that passed a list's read point and are none of its items. */
export interface Unexpected {
  readonly sku: string | undefined;
  readonly code: string;
  readonly quantity: number;
}

/** What this site's movements add to a list beyond the centre's count. */
export interface OwnProgress {
  /** By SKU, and there by the place that they left; less than nothing where something came back. */
  readonly own: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly unexpected: readonly Unexpected[];
}

type Stage = "leaving" | "entering" | "within";

const pickingSteps: readonly string[] = ["picking", "packing", "staging_outbound"];

/** Movements as the lists' stages see them: the same rule as the centre's, docs/matching.md. */
function stageOf(from: string, to: string): Stage | undefined {
  if (!isOutside(from)) return isOutside(to) ? "leaving" : "within";
  return isOutside(to) ? undefined : "entering";
}

function stageOfList(step: string): Stage | undefined {
  if (pickingSteps.includes(step)) return "within";
  if (["loading", "shipping", "departing"].includes(step)) return "leaving";
  if (["receiving", "unloading", "arriving"].includes(step)) return "entering";
  return undefined;
}

/** Where and how goods move, as far as it says which list they are on. */
export type Passing = Pick<OwnMovement, "from" | "to" | "bizStep" | "readPoint" | "eventTimeMs">;

interface Followed {
  readonly list: SiteList;
  readonly items: ReadonlyMap<string, { readonly wanted: number; readonly done: number }>;
  readonly own: Map<string, Map<string, number>>;
  readonly unexpected: Map<string, Unexpected>;
  /** Things that it counts, by the place that they left. */
  readonly things: Map<string, string>;
}

/**
 * What movements of this site do to its open lists, before the centre has said so. Movements are taken in their order, those that the
 * centre's count has as well: a thing that is counted counts no second time. It is the centre's rule as far as a site can know it; what
 * differs is put right by the centre's next count.
 */
export class ListProgress {
  readonly #lists: readonly Followed[];

  constructor(lists: readonly SiteList[]) {
    this.#lists = lists.map(list => {
      return { list, items: itemsOf(list), own: new Map(), unexpected: new Map(), things: new Map() };
    });
  }

  /** Takes a movement; whether it changed anything. */
  take(moved: OwnMovement): boolean {
    const { isReversal, from, to } = moved;
    // What is taken back went the other way, at the same read point.
    const passing = isReversal ? { ...moved, from: to, to: from } : moved;
    const bound = this.#boundTo(passing);
    const followed = bound ?? this.#pickedFor(passing, moved.sku, isReversal);
    if (followed === undefined) return this.#comesBack(moved);
    const { items, things } = followed;
    if (moved.sku === undefined || !items.has(moved.sku)) return bound !== undefined && misfit(followed, moved);
    if (moved.isThing) {
      if (things.has(moved.code) !== isReversal) return false;
      if (isReversal) things.delete(moved.code);
      else things.set(moved.code, from);
    }
    if (moved.isFollowed) return false;
    add(followed, moved.sku, passing.from, isReversal ? -moved.quantity : moved.quantity);
    return true;
  }

  /** Whether anything counts beyond the centre's count. */
  get isAhead(): boolean {
    return this.#lists.some(({ own }) => own.size > 0);
  }

  of(id: string): OwnProgress {
    const found = this.#lists.find(({ list }) => list.id === id);
    if (found === undefined) return { own: new Map(), unexpected: [] };
    return { own: found.own, unexpected: [...found.unexpected.values()].filter(({ quantity }) => quantity !== 0) };
  }

  /** The open list that goods belong to which pass a read point so, and whether an item is on it. */
  listAt(passing: Passing): { readonly list: SiteList; readonly names: (sku: string) => boolean } | undefined {
    const found = this.#boundTo(passing);
    return found && { list: found.list, names: sku => found.items.has(sku) };
  }

  /** The list that was open goes before one that was opened a moment later; then the antenna's before the device's. */
  #boundTo({ from, to, bizStep, readPoint, eventTimeMs }: Passing): Followed | undefined {
    const stage = stageOf(from, to);
    if (stage === undefined) return undefined;
    // Who picks at once for the customer works on a picking list all the same.
    const stages = [undefined, stage, ...(pickingSteps.includes(bizStep) && stage === "leaving" ? ["within"] : [])];
    const openBefore = ({ list }: Followed) => Number(list.openedMs <= eventTimeMs);
    return this.#lists
      .filter(({ list }) => isAt(list.readPoint, readPoint) && stages.includes(stageOfList(list.step)))
      .filter(({ list }) => list.openedMs - limits.clockSlackMs <= eventTimeMs)
      .sort(
        (a, b) =>
          openBefore(b) - openBefore(a) ||
          (b.list.readPoint?.length ?? 0) - (a.list.readPoint?.length ?? 0) ||
          b.list.openedMs - a.list.openedMs,
      )[0];
  }

  /** Goods that are picked anywhere are for the oldest list that still wants some. */
  #pickedFor(passing: Passing, sku: string | undefined, isReversal: boolean): Followed | undefined {
    if (sku === undefined || !pickingSteps.includes(passing.bizStep) || isOutside(passing.from)) return undefined;
    return this.#lists.find(followed => {
      const { list, items, own } = followed;
      if (stageOfList(list.step) !== "within" || list.openedMs - limits.clockSlackMs > passing.eventTimeMs)
        return false;
      const item = items.get(sku);
      if (item === undefined) return false;
      return isReversal || item.done + sumOf(own.get(sku)) < item.wanted;
    });
  }

  /** A thing that comes back in through the gate of the list that counted it is on the lorry no more. */
  #comesBack({ isThing, isFollowed, code, sku, readPoint, from, to }: OwnMovement): boolean {
    if (!isThing || sku === undefined || stageOf(from, to) !== "entering") return false;
    const followed = this.#lists.find(({ list, things }) => isAt(list.readPoint, readPoint) && things.has(code));
    const left = followed?.things.get(code);
    if (followed === undefined || left === undefined || stageOfList(followed.list.step) !== "leaving") return false;
    followed.things.delete(code);
    if (!isFollowed) add(followed, sku, left, -1);
    return !isFollowed;
  }
}

/** An older centre tells only what is missing. */
function itemsOf({ items, lines }: SiteList): Followed["items"] {
  if (items !== undefined) return new Map(items.map(({ sku, ...count }) => [sku, count]));
  const missing = new Map<string, { wanted: number; done: number }>();
  for (const { sku, quantity } of lines) {
    missing.set(sku, { wanted: (missing.get(sku)?.wanted ?? 0) + quantity, done: 0 });
  }
  return missing;
}

/** A list of a device has what passes any of its antennas. */
function isAt(bound: string | undefined, readPoint: string): boolean {
  return bound !== undefined && (readPoint === bound || readPoint.startsWith(`${bound}/`));
}

function misfit(
  { unexpected, things }: Followed,
  { code, sku, quantity, isThing, isReversal, from }: OwnMovement,
): boolean {
  if (isThing && things.has(code) !== isReversal) return false;
  if (isThing && isReversal) things.delete(code);
  else if (isThing) things.set(code, from);
  const key = sku ?? code;
  const before = unexpected.get(key)?.quantity ?? 0;
  unexpected.set(key, { sku, code, quantity: before + (isReversal ? -quantity : quantity) });
  return true;
}

function add({ own }: Followed, sku: string, from: string, quantity: number): void {
  const places = own.get(sku) ?? new Map<string, number>();
  own.set(sku, places);
  places.set(from, (places.get(from) ?? 0) + quantity);
}

export function sumOf(places: ReadonlyMap<string, number> | undefined): number {
  return [...(places?.values() ?? [])].reduce((sum, quantity) => sum + quantity, 0);
}

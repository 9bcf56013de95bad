import { type Account, type Identity, limits, type Problem, type Reading } from "@tallygate/protocol";
import { type Draft, draftTag, touch } from "../draft.ts";
import { isHistory, type Label, moveThing, placeAt, pushMovement, type Sighting } from "../move.ts";
import type { ActiveTag } from "../state.ts";
import type { Goods } from "./scanner-state.ts";
import { remember } from "./undo.ts";
import { except } from "./upkeep.ts";

/** Goods were moved, were not for a reason that is no fault, or could not be. */
export type Moved =
  | { readonly did: "moved" | "stayed" | "repeated"; readonly quantity: number }
  | { readonly did: "refused"; readonly problem: Problem };

/** A tag is one thing even if its code is no GS1 key; a barcode without a serial number is a class of things. */
export function goodsOf(identity: Identity, epcHex: string | undefined): Goods {
  const { key, classKey, kind } = identity;
  const isThing = kind === "unit" || kind === "instance" || epcHex !== undefined;
  return {
    key,
    ...(kind === "unit" ? {} : { classKey }),
    ...(epcHex === undefined ? {} : { epcHex }),
    // The count on a logistic unit is that of its content.
    quantity: isThing ? 1 : (identity.count ?? 1),
    isThing,
    ...(kind === "instance" && identity.lot !== undefined ? { lot: identity.lot } : {}),
    ...(identity.expiresOn === undefined || kind === "unit" ? {} : { expiresOn: identity.expiresOn }),
  };
}

/** A quantity that was scanned before the goods counts labels: three of a case of 24 are 72. */
export function times(goods: Goods, quantity: number | undefined): Goods {
  if (quantity === undefined) return goods;
  return { ...goods, quantity: goods.isThing ? quantity : goods.quantity * quantity };
}

/** Why these goods cannot be moved in this quantity, if so. */
export function quantityFault({ key, quantity, isThing }: Goods): Problem | undefined {
  if (isThing) {
    if (quantity === 1) return undefined;
    const detail = `${key} is one thing of its own, but the quantity was set to ${quantity}; nothing was moved: scan it again`;
    return { code: "movement.meaningless", detail };
  }
  if (quantity >= 1 && quantity <= limits.quantityMax) return undefined;
  const detail = `${key} was scanned with a count of ${quantity}; nothing was moved: count by hand`;
  return { code: "movement.meaningless", detail };
}

/** Moves goods as the sighting's rule says, and remembers it for the scanner. */
export function moveGoods(draft: Draft, goods: Goods, sighting: Sighting): Moved {
  const { reading } = sighting.timed;
  const fault = quantityFault(goods);
  if (fault !== undefined) {
    except(draft, reading, fault, goods.key);
    return { did: "refused", problem: fault };
  }
  const before = draft.movements.length;
  const did = goods.isThing ? moveOne(draft, goods, sighting) : moveClass(draft, goods, sighting);
  remember(draft, reading.deviceId, before, goods.isThing);
  return { did, quantity: did === "moved" ? goods.quantity : 0 };
}

function moveOne(draft: Draft, goods: Goods, sighting: Sighting): "moved" | "stayed" {
  const { key, classKey, epcHex } = goods;
  const before = draft.movements.length;
  scanThing(draft, draftTag(draft, { key, classKey, epcHex }), sighting, labelOf(goods));
  return draft.movements.length > before ? "moved" : "stayed";
}

/** Someone points a scanner at a thing, so each scan is an act. One thing of its own moves once. */
function scanThing(draft: Draft, tag: ActiveTag, sighting: Sighting, label: Label): void {
  if (isHistory(draft, tag, sighting)) return;
  touch(draft, tag, sighting.timeMs);
  placeAt(draft, tag, sighting.rule.place, sighting.timeMs);
  moveThing(draft, tag, sighting, label);
}

/** What the label says besides whose it is. */
function labelOf({ lot, expiresOn }: Goods): Label {
  return { ...(lot === undefined ? {} : { lot }), ...(expiresOn === undefined ? {} : { expiresOn }) };
}

/** A code that stands for a class of things: one more of them moved, or as many as the code says. */
function moveClass(draft: Draft, goods: Goods, sighting: Sighting): "moved" | "repeated" {
  if (isRepeat(draft, goods.key, sighting)) return "repeated";
  const { key: code, classKey, quantity } = goods;
  const { from } = sighting.rule;
  pushMovement(draft, sighting, { code, classKey, quantity, from, timeMs: sighting.timeMs, label: labelOf(goods) });
  return "moved";
}

/** A hand that trembles scans twice: the same class within `repeatMs` is one act, where the read point says so. */
export function isRepeat(draft: Draft, key: string, { rule, timeMs, timed }: Sighting): boolean {
  if (rule.repeatMs === 0) return false;
  const scan = `${timed.reading.deviceId} ${key}`;
  const before = draft.changes.classScans.get(scan) ?? draft.state.classScans.get(scan);
  if (before !== undefined && Math.abs(timeMs - before) < rule.repeatMs) return true;
  draft.changes.classScans.set(scan, timeMs);
  return false;
}

/** The goods of a finished sequence move together, from the one scanned place to the other. */
export function moveWaiting(
  draft: Draft,
  waiting: readonly Goods[],
  from: Account,
  to: Account,
  sighting: Sighting,
): number {
  // They were told from repeats when they were scanned.
  const rule = { ...sighting.rule, place: to, from, to, bizStep: "storing" as const, repeatMs: 0 };
  let moved = 0;
  for (const goods of waiting) {
    const timed = { ...sighting.timed, reading: readingOf(goods, sighting.timed.reading) };
    const { did } = moveGoods(draft, goods, { ...sighting, rule, timed });
    if (did === "moved") moved++;
  }
  return moved;
}

/** A tag that was read before its place was scanned is still what moved. */
function readingOf({ epcHex }: Goods, { scan, ...reading }: Reading): Reading {
  return epcHex === undefined ? { ...reading, ...(scan === undefined ? {} : { scan }) } : { ...reading, epcHex };
}

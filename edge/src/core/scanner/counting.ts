import type { PlaceCode } from "@tallygate/protocol";
import type { Draft } from "../draft.ts";
import { readPointOf, type Sighting } from "../move.ts";
import type { CountedGoods } from "../types.ts";
import { isRepeat } from "./goods.ts";
import { type Goods, scannerLimits } from "./scanner-state.ts";

/**
 * What one device counts at one place: from its first scan there until it counts elsewhere, or rests for longer than `forgetMs`. In
 * memory alone: after a restart a tag is told once more, and the centre knows it by its code.
 */
export interface Sweep {
  readonly place: string;
  readonly session: string;
  lastMs: number;
  /** Things of their own, of which each counts once. */
  readonly things: Set<string>;
  /** What was counted of each class. */
  readonly sums: Map<string, number>;
  /** What can be taken back, the latest last. */
  done: readonly CountedGoods[];
}

/** What a tick changes in a device's sweep. Without `sweep`, it begins one. */
export interface SweepChange extends Omit<Sweep, "things" | "sums"> {
  readonly sweep: Sweep | undefined;
  /** Whether each thing that the tick met is counted after it. */
  readonly things: Map<string, boolean>;
  readonly sums: Map<string, number>;
}

/** Counts goods at the sighting's place. `sum` is what the sweep has counted of their class by now. */
export function countGoods(
  draft: Draft,
  goods: Goods,
  sighting: Sighting,
): { readonly did: "counted" | "repeated"; readonly sum: number } {
  const sweep = sweepAt(draft, sighting);
  const { key, quantity, isThing, classKey = key } = goods;
  if (isThing ? isCounted(sweep, key) : isRepeat(draft, key, sighting))
    return { did: "repeated", sum: sumOf(sweep, classKey) };
  if (isThing) sweep.things.set(key, true);
  const { place, session } = sweep;
  const readPoint = readPointOf(sighting.timed.reading);
  const counted = { place: place as PlaceCode, code: key, quantity, eventTimeMs: sighting.timeMs, readPoint, session };
  const told = { ...counted, classKey, isThing };
  draft.observations.push(told);
  sweep.done = [...sweep.done, told].slice(-scannerLimits.undoMax);
  return { did: "counted", sum: add(sweep, classKey, quantity) };
}

/** Takes back the latest that was counted in the sweep at the sighting's place; nothing if there is none. */
export function takeBackCounted(
  draft: Draft,
  sighting: Sighting,
): (CountedGoods & { readonly sum: number }) | undefined {
  const sweep = sweepAt(draft, sighting);
  const last = sweep.done.at(-1);
  if (last === undefined) return undefined;
  sweep.done = sweep.done.slice(0, -1);
  if (last.isThing) sweep.things.set(last.code, false);
  draft.observations.push({ ...last, quantity: -last.quantity, eventTimeMs: sighting.timeMs });
  return { ...last, sum: add(sweep, last.classKey, -last.quantity) };
}

/** Takes over what a committed tick changed. */
export function applySweep(sweeps: Map<string, Sweep>, deviceId: string, change: SweepChange): void {
  const { place, session, lastMs, done } = change;
  const sweep = change.sweep ?? {
    place,
    session,
    lastMs,
    done,
    things: new Set<string>(),
    sums: new Map<string, number>(),
  };
  sweep.lastMs = lastMs;
  sweep.done = done;
  for (const [key, counted] of change.things) {
    if (counted) sweep.things.add(key);
    else sweep.things.delete(key);
  }
  for (const [classKey, sum] of change.sums) sweep.sums.set(classKey, sum);
  sweeps.set(deviceId, sweep);
}

function sweepAt(draft: Draft, { rule, timed, timeMs }: Sighting): SweepChange {
  const { deviceId } = timed.reading;
  const changed = draft.changes.sweeps.get(deviceId);
  const forgetMs = rule.scan?.forgetMs ?? 0;
  const goesOn = (sweep: Pick<Sweep, "place" | "lastMs"> | undefined) =>
    sweep?.place === rule.place && Math.abs(timeMs - sweep.lastMs) <= forgetMs;
  if (changed !== undefined && goesOn(changed)) {
    changed.lastMs = Math.max(changed.lastMs, timeMs);
    return changed;
  }
  const known = changed === undefined ? draft.state.sweeps.get(deviceId) : undefined;
  const sweep =
    known !== undefined && goesOn(known) && known.things.size < scannerLimits.sweepThingsMax ? known : undefined;
  const change: SweepChange = {
    sweep,
    place: rule.place,
    session: sweep?.session ?? `${deviceId}/${timeMs}`,
    lastMs: Math.max(timeMs, sweep?.lastMs ?? timeMs),
    things: new Map(),
    sums: new Map(),
    done: sweep?.done ?? [],
  };
  draft.changes.sweeps.set(deviceId, change);
  return change;
}

function isCounted({ things, sweep }: SweepChange, key: string): boolean {
  return things.get(key) ?? sweep?.things.has(key) ?? false;
}

function sumOf({ sums, sweep }: SweepChange, classKey: string): number {
  return sums.get(classKey) ?? sweep?.sums.get(classKey) ?? 0;
}

function add(change: SweepChange, classKey: string, quantity: number): number {
  const sum = sumOf(change, classKey) + quantity;
  change.sums.set(classKey, sum);
  return sum;
}

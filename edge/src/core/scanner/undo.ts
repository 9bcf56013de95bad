import type { Account, Movement, Problem } from "@tallygate/protocol";
import { type Draft, draftTag, touch } from "../draft.ts";
import type { Sighting } from "../move.ts";
import { readPointOf } from "../move.ts";
import { type Done, type MovementRef, scannerLimits } from "./scanner-state.ts";

/** Notes the tick's movements from `first` on as the scanner's own. */
export function remember(draft: Draft, deviceId: string, first: number, isThing: boolean): void {
  if (first === draft.movements.length) return;
  const made = draft.movements
    .slice(first)
    .map((moved, index): Done => ({ ref: { decided: first + index }, moved, isThing }));
  draft.changes.done.set(deviceId, [...doneOf(draft, deviceId), ...made].slice(-scannerLimits.undoMax));
}

function doneOf(draft: Draft, deviceId: string): readonly Done[] {
  return draft.changes.done.get(deviceId) ?? draft.state.done.get(deviceId) ?? [];
}

/** Takes the place of positions in the tick once it is committed: its movements have the numbers from `first` on. */
export function identified(done: readonly Done[], first: MovementRef | undefined): readonly Done[] {
  return done.map(each => {
    if (!("decided" in each.ref)) return each;
    if (first === undefined || "decided" in first) throw new Error("the commit gave its movements no identity");
    return { ...each, ref: { epoch: first.epoch, seq: first.seq + each.ref.decided } };
  });
}

export type Undone =
  | { readonly ok: true; readonly movement: Movement; readonly classKey: string | undefined }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Makes the movement that reverses the scanner's last one that is not undone yet. A thing that is no longer where that one brought it
 * stays where it is: the movement is left alone, and the next undo takes the one before it.
 */
export function undoLast(draft: Draft, sighting: Sighting): Undone {
  const { deviceId } = sighting.timed.reading;
  const done = doneOf(draft, deviceId);
  const last = done.at(-1);
  if (last === undefined || isOfAnotherEpoch(draft, last.ref)) {
    const detail = "The scanner moved nothing since the edge started, or all of it is undone.";
    return { ok: false, problem: { code: "undo.nothing", detail } };
  }
  draft.changes.done.set(deviceId, done.slice(0, -1));
  const { movement, classKey } = last.moved;
  const timeMs = last.isThing ? bringBack(draft, last, sighting) : sighting.timeMs;
  if (timeMs === undefined) {
    const detail = `${movement.code} is not at ${movement.to} any more; move it from where it is`;
    return { ok: false, problem: { code: "undo.moved_on", detail } };
  }
  pushReversal(draft, last, sighting, timeMs);
  return { ok: true, movement, classKey };
}

function isOfAnotherEpoch({ lookup }: Draft, ref: MovementRef): boolean {
  return "epoch" in ref && ref.epoch !== lookup.epoch.epoch;
}

/** The thing is again where it came from; gives the time of that, or nothing if it has moved on. */
function bringBack(draft: Draft, { moved }: Done, { timeMs, rule }: Sighting): number | undefined {
  const { code, from, to } = moved.movement;
  const tag = draftTag(draft, { key: code, classKey: moved.classKey, epcHex: undefined });
  if (tag.account !== to) return undefined;
  const backMs = Math.max(timeMs, tag.movedMs);
  touch(draft, tag, backMs);
  if (tag.at !== undefined) draft.presence.push({ kind: "departed", key: code, place: tag.at, timeMs: backMs });
  tag.at = undefined;
  tag.hearings = tag.hearings.filter(hearing => hearing.rule.place !== rule.place);
  tag.movedMs = backMs;
  tag.account = from;
  draft.tagPlaces.set(code, { key: code, account: from, eventTimeMs: tag.knownMs });
  return backMs;
}

function pushReversal(draft: Draft, { ref, moved }: Done, { timed }: Sighting, timeMs: number): void {
  const { movement, classKey } = moved;
  const { reverses: _, ...same } = movement;
  const from: Account = movement.to;
  const reversal: Movement = {
    ...same,
    from,
    to: movement.from,
    bizStep: "other",
    readPoint: readPointOf(timed.reading),
    eventTimeMs: timeMs,
    cause: "scan",
    ...("epoch" in ref ? { reverses: ref } : {}),
  };
  draft.movements.push({
    movement: reversal,
    ...(classKey === undefined ? {} : { classKey }),
    ...("decided" in ref ? { reversesDecided: ref.decided } : {}),
  });
}

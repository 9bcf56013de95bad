import { type Identity, limits } from "@tallygate/protocol";
import { type Draft, touch } from "../draft.ts";
import { isHistory, moveThing, placeAt, pushMovement, type Sighting } from "../move.ts";
import type { ActiveTag } from "../state.ts";

/** A scanner in a fixed mode: someone points it at a thing, so each scan is an act. One thing of its own moves once. */
export function scanThing(draft: Draft, tag: ActiveTag, sighting: Sighting): void {
  if (isHistory(draft, tag, sighting)) return;
  touch(draft, tag, sighting.timeMs);
  placeAt(draft, tag, sighting.rule.place, sighting.timeMs);
  moveThing(draft, tag, sighting);
}

/** A code that stands for a class of things: one more of them moved, or as many as the code says. */
export function scanClass(draft: Draft, identity: Identity, sighting: Sighting): void {
  const { rule, timed, timeMs } = sighting;
  if (isSentAgain(draft, identity.key, sighting) || isRepeat(draft, identity.key, sighting)) return;
  const quantity = identity.count ?? 1;
  if (quantity < 1 || quantity > limits.quantityMax) {
    draft.exceptions.push({
      problem: "movement.meaningless",
      detail: `${identity.key} was scanned with a count of ${quantity}; nothing was moved: count by hand`,
      deviceId: timed.reading.deviceId,
      key: identity.key,
      bytes: Buffer.from(timed.reading.scan ?? timed.reading.epcHex ?? ""),
      timeMs: draft.nowMs,
    });
    return;
  }
  const { key: code, classKey } = identity;
  pushMovement(draft, sighting, { code, classKey, quantity, from: rule.from, timeMs });
}

/** A hand that trembles scans twice: the same class within `repeatMs` is one act, where the read point says so. */
function isRepeat(draft: Draft, key: string, { rule, timeMs, timed }: Sighting): boolean {
  if (rule.repeatMs === 0) return false;
  const scan = `${timed.reading.deviceId} ${key}`;
  const before = draft.changes.classScans.get(scan) ?? draft.state.classScans.get(scan);
  if (before !== undefined && Math.abs(timeMs - before) < rule.repeatMs) return true;
  draft.changes.classScans.set(scan, timeMs);
  return false;
}

/**
 * A message that was committed but whose answer was lost comes again, perhaps after a restart. It is told from a second scan by the
 * device's own time: with a counter beside it, or where it has milliseconds (a clock of whole seconds proves nothing).
 */
function isSentAgain(draft: Draft, key: string, { timed: { reading } }: Sighting): boolean {
  const { readerTimeMs, sequence } = reading;
  if (readerTimeMs === undefined || (sequence === undefined && readerTimeMs % 1000 === 0)) return false;
  const fingerprint = `${reading.deviceId} ${readerTimeMs} ${sequence ?? ""} ${key}`;
  if (draft.scansSeen.has(fingerprint) || draft.lookup.scanSeen(fingerprint)) return true;
  draft.scansSeen.add(fingerprint);
  return false;
}

import { applySweep } from "./scanner/counting.ts";
import type { MovementRef } from "./scanner/scanner-state.ts";
import { identified } from "./scanner/undo.ts";
import type { Changes, CoreDecision, CoreState } from "./state.ts";
import { slotOf } from "./sweep.ts";

const classScansMax = 10_000;

/**
 * Takes over a decision that was committed. The decision must have been made on this very state.
 *
 * @param first the identity that the commit gave to the first of its movements
 */
export function apply(state: CoreState, decision: CoreDecision, first?: MovementRef): void {
  const { changes } = decision;
  if (changes.version !== state.version) throw new Error("the decision was made on another state");
  state.version++;
  for (const [deviceId, clock] of changes.clocks) state.clocks.set(deviceId, clock);
  for (const { deviceId, skewMs } of decision.clocks) state.knownSkews.set(deviceId, skewMs);
  applyTags(state, changes);
  applyDue(state, decision);
  for (const key of changes.gone) forget(state, key);
  applyClassScans(state, decision);
  for (const [deviceId, scanner] of changes.scanners) state.scanners.set(deviceId, scanner);
  for (const [deviceId, done] of changes.done) state.done.set(deviceId, identified(done, first));
  for (const [deviceId, change] of changes.sweeps) applySweep(state.sweeps, deviceId, change);
}

function applyTags(state: CoreState, { slots, copies, fresh, keyOfEpc }: Changes): void {
  let index = 0;
  for (const slot of slots) {
    slot.tag = copies[index++] ?? slot.tag;
    slot.copy = undefined;
    slot.copyOf = undefined;
  }
  for (const [key, tag] of fresh) state.tags.set(key, { tag, copy: undefined, copyOf: undefined });
  for (const [epcHex, key] of keyOfEpc) {
    const slot = state.tags.get(key);
    if (slot !== undefined) state.tagOfEpc.set(epcHex, slot);
  }
}

function applyDue(state: CoreState, { changes, nowMs }: CoreDecision): void {
  for (const slot of changes.slotsDone) state.due.delete(slot);
  for (const [key, dueMs] of changes.due) {
    const slot = slotOf(dueMs) + 1;
    const keys = state.due.get(slot);
    if (keys === undefined) state.due.set(slot, [key]);
    else keys.push(key);
  }
  state.lastSlot = slotOf(nowMs);
}

function forget(state: CoreState, key: string): void {
  const slot = state.tags.get(key);
  if (slot === undefined) return;
  for (const epcHex of slot.tag.epcs) state.tagOfEpc.delete(epcHex);
  state.tags.delete(key);
}

/** Bounded: the oldest are forgotten, which at worst counts a trembling hand twice. */
function applyClassScans(state: CoreState, { changes }: CoreDecision): void {
  for (const [scan, timeMs] of changes.classScans) {
    state.classScans.delete(scan);
    state.classScans.set(scan, timeMs);
  }
  for (const scan of state.classScans.keys()) {
    if (state.classScans.size <= classScansMax) break;
    state.classScans.delete(scan);
  }
}

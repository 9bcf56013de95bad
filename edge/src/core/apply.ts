import type { CoreDecision, CoreState } from "./state.ts";
import { slotOf } from "./sweep.ts";

const classScansMax = 10_000;

/** Takes over a decision that was committed. The decision must have been made on this very state. */
export function apply(state: CoreState, decision: CoreDecision): void {
  const { changes } = decision;
  if (changes.version !== state.version) throw new Error("the decision was made on another state");
  state.version++;
  for (const [deviceId, clock] of changes.clocks) state.clocks.set(deviceId, clock);
  for (const { deviceId, skewMs } of decision.clocks) state.knownSkews.set(deviceId, skewMs);
  for (const [epcHex, key] of changes.keyOfEpc) state.keyOfEpc.set(epcHex, key);
  for (const [key, tag] of changes.tags) state.tags.set(key, tag);
  applyDue(state, decision);
  for (const key of changes.gone) forget(state, key);
  applyClassScans(state, decision);
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
  const tag = state.tags.get(key);
  if (tag === undefined) return;
  for (const epcHex of tag.epcs) state.keyOfEpc.delete(epcHex);
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

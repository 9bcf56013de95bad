import { type Draft, draftTag, seenIn } from "./draft.ts";
import { conclude } from "./modes/gate.ts";
import { type Hearing, isAlive } from "./presence.ts";
import { sweepScanners } from "./scanner/upkeep.ts";
import type { ActiveTag, CoreState } from "./state.ts";

/** Tags are looked at in slots of this length. */
const slotMs = 100;

/** The slot that has begun for sure when the time has come. */
export function slotAfter(dueMs: number): number {
  return Math.floor(dueMs / slotMs) + 1;
}

export function slotOf(nowMs: number): number {
  return Math.floor(nowMs / slotMs);
}

/** When the core next has something to do although nothing is read, if ever: then a tick without readings is due. */
export function nextDueMs(state: CoreState): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const slot of state.due.keys()) first = Math.min(first, slot);
  return Number.isFinite(first) ? first * slotMs : undefined;
}

/**
 * Looks at the tags whose time has come: gates that have listened long enough decide, and tags that are not heard any more leave
 * memory. A tick costs what it touched and what is due, not what is known.
 */
export function sweep(draft: Draft): void {
  const { state, changes } = draft;
  for (const tag of changes.copies) plan(draft, tag);
  for (const tag of changes.fresh.values()) plan(draft, tag);
  const nowSlot = slotOf(draft.nowMs);
  for (const slot of dueSlots(state, nowSlot)) {
    changes.slotsDone.push(slot);
    for (const key of state.due.get(slot) ?? []) look(draft, key, slot);
  }
  sweepScanners(draft);
}

function dueSlots({ due, lastSlot }: CoreState, nowSlot: number): number[] {
  if (nowSlot - lastSlot > due.size) return [...due.keys()].filter(slot => slot <= nowSlot).sort((a, b) => a - b);
  const slots: number[] = [];
  for (let slot = lastSlot; slot <= nowSlot; slot++) if (due.has(slot)) slots.push(slot);
  return slots;
}

function look(draft: Draft, key: string, slot: number): void {
  const memory = draft.state.tags.get(key);
  if (memory === undefined || draft.changes.gone.has(key)) return;
  const known = seenIn(draft, memory);
  if (slotAfter(known.dueMs) !== slot) return;
  if (known.leavesMs <= draft.nowMs) {
    leave(draft, known);
    return;
  }
  const tag = draftTag(draft, { key, classKey: known.classKey, epcHex: undefined });
  const listening = strongestListening(tag, draft.nowMs);
  if (listening !== undefined && listening.firstMs + listening.rule.settleMs <= draft.nowMs)
    settle(draft, tag, listening);
  tag.dueMs = Number.POSITIVE_INFINITY;
  plan(draft, tag);
}

/** Puts the tag into the slot of its next look, unless it stands in that one or an earlier one. */
function plan(draft: Draft, tag: ActiveTag): void {
  const listening = strongestListening(tag, draft.nowMs);
  const settlesMs = listening === undefined ? 0 : listening.firstMs + listening.rule.settleMs;
  const dueMs = settlesMs > draft.nowMs ? Math.min(settlesMs, tag.leavesMs) : tag.leavesMs;
  if (tag.dueMs <= dueMs) return;
  tag.dueMs = dueMs;
  draft.changes.due.set(tag.key, dueMs);
}

/** Of the gates that hear the tag and take their time before they decide, the one that hears it best. */
function strongestListening(tag: ActiveTag, nowMs: number): Hearing | undefined {
  if (tag.at !== undefined) return undefined;
  let strongest: Hearing | undefined;
  for (const hearing of tag.hearings) {
    if (hearing.rule.settleMs === 0 || !isAlive(hearing, nowMs)) continue;
    if (strongest === undefined || hearing.meanDbm > strongest.meanDbm) strongest = hearing;
  }
  return strongest;
}

function settle(draft: Draft, tag: ActiveTag, hearing: Hearing): void {
  const { rule, last: timed } = hearing;
  if (timed === undefined) return;
  conclude(draft, tag, hearing, { rule, timed, timeMs: Math.max(hearing.lastMs, hearing.firstMs + rule.settleMs) });
}

function leave(draft: Draft, tag: ActiveTag): void {
  const { changes } = draft;
  changes.gone.add(tag.key);
  if (tag.at !== undefined) draft.presence.push({ kind: "departed", key: tag.key, place: tag.at, timeMs: tag.knownMs });
  // What is known of it goes to disk with the time when it was last heard, so that an older reading stays history.
  if (tag.account !== undefined && Number.isFinite(tag.knownMs)) {
    draft.tagPlaces.set(tag.key, { key: tag.key, account: tag.account, eventTimeMs: tag.knownMs });
  }
}

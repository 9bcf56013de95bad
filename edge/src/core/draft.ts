import type { ScanAnswer } from "./scanner/scanner-state.ts";
import type { ActiveTag, Changes, CoreState, TagSlot } from "./state.ts";
import type {
  CountedGoods,
  DecidedMovement,
  ExceptionInput,
  Lookup,
  PresenceChange,
  TagPlace,
  TimedReading,
} from "./types.ts";

/** A tick being decided: the state as it is, and copies of what changes. */
export interface Draft {
  readonly state: CoreState;
  readonly nowMs: number;
  readonly lookup: Lookup;
  readonly changes: Changes;
  readonly readings: TimedReading[];
  readonly movements: DecidedMovement[];
  readonly observations: CountedGoods[];
  readonly tagPlaces: Map<string, TagPlace>;
  readonly presence: PresenceChange[];
  readonly exceptions: ExceptionInput[];
  readonly scansSeen: Set<string>;
  /** What each scan, by its reading, and each order is answered. */
  readonly answers: Map<object, ScanAnswer>;
}

export function beginDraft(state: CoreState, nowMs: number, lookup: Lookup): Draft {
  return {
    state,
    nowMs,
    lookup,
    changes: {
      version: state.version,
      slots: [],
      copies: [],
      fresh: new Map(),
      gone: new Set(),
      keyOfEpc: new Map(),
      clocks: new Map(),
      classScans: new Map(),
      due: new Map(),
      slotsDone: [],
      scanners: new Map(),
      done: new Map(),
      sweeps: new Map(),
    },
    readings: [],
    movements: [],
    observations: [],
    tagPlaces: new Map(),
    presence: [],
    exceptions: [],
    scansSeen: new Set(),
    answers: new Map(),
  };
}

/** What a reading identified as one thing of its own is called. */
export interface Thing {
  readonly key: string;
  readonly classKey: string | undefined;
  readonly epcHex: string | undefined;
}

/** Beyond this, an event time that is later than now is not believed: some clock was wrong. */
const futureMs = 60_000;

/** Whether a time may be true, by our clock: later than this, some clock was wrong when it was noted. */
export function isBelievable(timeMs: number, nowMs: number): boolean {
  return timeMs <= nowMs + futureMs;
}

/** The draft's own copy of the tag with this EPC, if it is in memory or was heard in this tick. */
export function draftTagOfEpc(draft: Draft, epcHex: string): ActiveTag | undefined {
  const slot = draft.state.tagOfEpc.get(epcHex);
  if (slot !== undefined) return copyIn(draft, slot);
  const key = draft.changes.keyOfEpc.get(epcHex);
  return key === undefined ? undefined : draftTag(draft, { key, classKey: undefined, epcHex });
}

/** The draft's own copy of a tag: from memory, from the tick itself, from disk, or new. */
export function draftTag(draft: Draft, thing: Thing): ActiveTag {
  const { changes, state } = draft;
  const { key, epcHex } = thing;
  const slot = state.tags.get(key);
  const tag = slot === undefined ? (changes.fresh.get(key) ?? findTag(draft, thing)) : copyIn(draft, slot);
  if (epcHex === undefined || tag.epcs.includes(epcHex)) return tag;
  tag.epcs = [...tag.epcs, epcHex];
  changes.keyOfEpc.set(epcHex, key);
  return tag;
}

/** What the draft has of a tag in memory: its own copy, if it made one. */
export function seenIn(draft: Draft, slot: TagSlot): ActiveTag {
  return slot.copy !== undefined && slot.copyOf === draft.changes ? slot.copy : slot.tag;
}

function copyIn(draft: Draft, slot: TagSlot): ActiveTag {
  const { changes } = draft;
  if (slot.copy !== undefined && slot.copyOf === changes) return slot.copy;
  const copy = slot.tag.leavesMs > draft.nowMs ? copyTag(slot.tag) : comeBack(draft, slot.tag);
  slot.copy = copy;
  slot.copyOf = changes;
  changes.slots.push(slot);
  changes.copies.push(copy);
  return copy;
}

/** The hearings themselves are shared: `hear` copies the one that it changes. */
function copyTag(tag: ActiveTag): ActiveTag {
  return { ...tag, hearings: tag.hearings.slice() };
}

/** Heard again when it was about to leave memory: it left, and begins anew, as if the tick before had swept it out. */
function comeBack(draft: Draft, tag: ActiveTag): ActiveTag {
  if (tag.at !== undefined) draft.presence.push({ kind: "departed", key: tag.key, place: tag.at, timeMs: tag.knownMs });
  return { ...tag, at: undefined, doubted: false, movedMs: Number.NEGATIVE_INFINITY, hearings: [] };
}

/** A tag stays in memory at least so long after it was last heard by our clock, however old its readings were. */
const lingerMs = 10_000;

/** Notes that something was heard of the tag, by a read point that keeps it in mind for so long. */
export function touch(draft: Draft, tag: ActiveTag, timeMs: number, windowMs = 0): void {
  tag.leavesMs = Math.max(tag.leavesMs, draft.nowMs + lingerMs, timeMs + windowMs);
  if (timeMs > tag.knownMs || !isBelievable(tag.knownMs, draft.nowMs)) tag.knownMs = timeMs;
}

function findTag(draft: Draft, { key, classKey }: Thing): ActiveTag {
  const place = draft.lookup.tagPlace(key);
  const believable = place !== undefined && isBelievable(place.eventTimeMs, draft.nowMs);
  const tag: ActiveTag = {
    key,
    classKey,
    epcs: [],
    account: place?.account,
    knownMs: believable ? place.eventTimeMs : Number.NEGATIVE_INFINITY,
    movedMs: Number.NEGATIVE_INFINITY,
    at: undefined,
    doubted: false,
    leavesMs: draft.nowMs + lingerMs,
    dueMs: Number.POSITIVE_INFINITY,
    hearings: [],
  };
  draft.changes.fresh.set(key, tag);
  return tag;
}

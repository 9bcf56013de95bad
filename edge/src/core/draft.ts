import type { ActiveTag, Changes, CoreState } from "./state.ts";
import type { DecidedMovement, ExceptionInput, Lookup, PresenceChange, TagPlace, TimedReading } from "./types.ts";

/** A tick being decided: the state as it is, and copies of what changes. */
export interface Draft {
  readonly state: CoreState;
  readonly nowMs: number;
  readonly lookup: Lookup;
  readonly changes: Changes;
  readonly readings: TimedReading[];
  readonly movements: DecidedMovement[];
  readonly tagPlaces: Map<string, TagPlace>;
  readonly presence: PresenceChange[];
  readonly exceptions: ExceptionInput[];
  readonly scansSeen: Set<string>;
}

export function beginDraft(state: CoreState, nowMs: number, lookup: Lookup): Draft {
  return {
    state,
    nowMs,
    lookup,
    changes: {
      version: state.version,
      tags: new Map(),
      gone: new Set(),
      keyOfEpc: new Map(),
      clocks: new Map(),
      classScans: new Map(),
      due: new Map(),
      slotsDone: [],
    },
    readings: [],
    movements: [],
    tagPlaces: new Map(),
    presence: [],
    exceptions: [],
    scansSeen: new Set(),
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

/** The draft's own copy of a tag: from the draft, from memory, from disk, or new. */
export function draftTag(draft: Draft, thing: Thing): ActiveTag {
  const { changes, state } = draft;
  let tag = changes.tags.get(thing.key);
  if (tag === undefined) {
    const known = state.tags.get(thing.key);
    if (known === undefined) tag = findTag(draft, thing);
    else tag = leavesAtMs(known) > draft.nowMs ? copyTag(known) : comeBack(draft, known);
    changes.tags.set(thing.key, tag);
  }
  const { epcHex } = thing;
  if (epcHex === undefined || tag.epcs.includes(epcHex)) return tag;
  tag.epcs = [...tag.epcs, epcHex];
  changes.keyOfEpc.set(epcHex, thing.key);
  return tag;
}

/** A tag stays in memory at least so long after it was last heard by our clock, however old its readings were. */
const lingerMs = 10_000;

export function leavesAtMs(tag: ActiveTag): number {
  let leavesMs = tag.touchedMs + lingerMs;
  for (const hearing of tag.hearings) leavesMs = Math.max(leavesMs, hearing.lastMs + hearing.rule.windowMs);
  return leavesMs;
}

/** Heard again when it was about to leave memory: it left, and begins anew, as if the tick before had swept it out. */
function comeBack(draft: Draft, tag: ActiveTag): ActiveTag {
  if (tag.at !== undefined) draft.presence.push({ kind: "departed", key: tag.key, place: tag.at, timeMs: tag.knownMs });
  return { ...tag, at: undefined, doubted: false, movedMs: Number.NEGATIVE_INFINITY, hearings: [] };
}

function copyTag(tag: ActiveTag): ActiveTag {
  return { ...tag, hearings: tag.hearings.map(hearing => ({ ...hearing })) };
}

function findTag(draft: Draft, thing: Thing): ActiveTag {
  const place = draft.lookup.tagPlace(thing.key);
  const believable = place !== undefined && isBelievable(place.eventTimeMs, draft.nowMs);
  return {
    key: thing.key,
    classKey: thing.classKey,
    epcs: [],
    account: place?.account,
    knownMs: believable ? place.eventTimeMs : Number.NEGATIVE_INFINITY,
    movedMs: Number.NEGATIVE_INFINITY,
    at: undefined,
    doubted: false,
    touchedMs: draft.nowMs,
    dueMs: Number.POSITIVE_INFINITY,
    hearings: [],
  };
}

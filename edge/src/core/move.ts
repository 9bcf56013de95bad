import type { Account, Movement, Reading } from "@tallygate/protocol";
import { type Draft, isBelievable, touch } from "./draft.ts";
import type { ActiveTag } from "./state.ts";
import type { ReadPointRule, TimedReading } from "./types.ts";

/** One reading where its rule is known. */
export interface Sighting {
  readonly rule: ReadPointRule;
  readonly timed: TimedReading;
  readonly timeMs: number;
}

/** Readings of live devices come out of order by so much. */
const jitterMs = 1000;
/** What comes later than this after its event time is a replay. */
const lateMs = 5000;

/** Whether something newer is known of the tag, from another place: then the reading changes nothing today. */
export function isHistory(draft: Draft, tag: ActiveTag, { rule, timed, timeMs }: Sighting): boolean {
  if (timeMs >= tag.knownMs) return false;
  if (rule.place === tag.at || (tag.at === undefined && rule.to === tag.account)) return false;
  if (!isBelievable(tag.knownMs, draft.nowMs)) return false;
  const late = timed.reading.receivedTimeMs - timeMs > lateMs;
  return late || timeMs < tag.knownMs - jitterMs;
}

/** The tag is present at this place from now on. */
export function placeAt(draft: Draft, tag: ActiveTag, place: string, timeMs: number): void {
  const from = tag.at;
  if (from === place) return;
  tag.at = place;
  const where = { key: tag.key, place, timeMs };
  draft.presence.push(from === undefined ? { kind: "arrived", ...where } : { kind: "moved", from, ...where });
}

/** Takes a thing to where its read point's rule says; nothing if it is there already. */
export function moveThing(draft: Draft, tag: ActiveTag, sighting: Sighting, label: Label = {}): void {
  const { rule } = sighting;
  const from = tag.account ?? rule.from;
  if (from === rule.to) return;
  // Of two places that a tag crosses within the jitter, the one that is concluded later has it later.
  const after = isBelievable(tag.movedMs, draft.nowMs) ? tag.movedMs : sighting.timeMs;
  const timeMs = Math.max(sighting.timeMs, after);
  touch(draft, tag, timeMs);
  tag.movedMs = timeMs;
  tag.account = rule.to;
  draft.tagPlaces.set(tag.key, { key: tag.key, account: rule.to, eventTimeMs: tag.knownMs });
  pushMovement(draft, sighting, { code: tag.key, classKey: tag.classKey, quantity: 1, from, timeMs, label });
}

/** What a label says of the goods besides their code. */
export type Label = Pick<Movement, "lot" | "expiresOn">;

interface Moved {
  readonly code: string;
  readonly classKey: string | undefined;
  readonly quantity: number;
  readonly from: Account;
  readonly timeMs: number;
  readonly label: Label;
}

export function pushMovement(draft: Draft, { rule, timed }: Sighting, moved: Moved): void {
  const { reading } = timed;
  const movement: Movement = {
    code: moved.code,
    ...(reading.epcHex === undefined ? {} : { epcHex: reading.epcHex }),
    quantity: moved.quantity,
    from: moved.from,
    to: rule.to,
    bizStep: rule.bizStep,
    readPoint: readPointOf(reading),
    eventTimeMs: moved.timeMs,
    cause: reading.scan === undefined ? "reading" : "scan",
    ...moved.label,
  };
  draft.movements.push(moved.classKey === undefined ? { movement } : { movement, classKey: moved.classKey });
}

export function readPointOf({ deviceId, antenna }: Reading): string {
  return antenna === undefined ? deviceId : `${deviceId}/${antenna}`;
}

import type { ReadPointRule, TimedReading } from "./types.ts";

/**
 * Where a tag is heard. A place hears it with a moving mean of signal strength. Another place takes it over only when it hears
 * it better by a margin, and the margin shrinks while the tag's own place is silent: so a tag between two places stays where it is,
 * and one that was carried away moves at once.
 */
export interface Hearing {
  rule: ReadPointRule;
  reads: number;
  meanDbm: number;
  rssiCount: number;
  firstMs: number;
  lastMs: number;
  /** The last reading, kept only where a decision without a new one may come. */
  last: TimedReading | undefined;
}

export const presenceLimits = {
  meanOf: 8,
  marginDb: 6,
  /** The margin stays whole for so long after the place last heard the tag, then falls, below zero in the end. */
  marginHoldMs: 500,
  marginFallDbPerMs: 0.02,
  /** Two places within this hear a tag equally well … */
  doubtDb: 2,
  /** … if both heard it often enough to take it from one to the other … */
  doubtReads: 3,
  /** … and not longer ago than this. */
  doubtRecentMs: 2000,
  hearingsMax: 8,
} as const;

/** What one more reading at a place concludes. `rival` is the place that hears the tag equally well. */
export type Verdict =
  | { readonly kind: "nothing" }
  | { readonly kind: "here" }
  | { readonly kind: "doubt"; readonly rival: Hearing };

const nothing: Verdict = { kind: "nothing" };
const here: Verdict = { kind: "here" };

/**
 * Adds a reading to the hearing of its place and returns it; the list holds one hearing a place. The list is changed, a hearing that
 * stood in it is not: another one takes its place.
 */
export function hear(hearings: Hearing[], rule: ReadPointRule, timed: TimedReading): Hearing {
  const { rssiDbm, readCount } = timed.reading;
  const timeMs = timed.eventTimeMs;
  const hearing = ownCopy(hearings, rule.place) ?? begin(hearings, rule, timed);
  if (timeMs - hearing.lastMs > hearing.rule.windowMs) Object.assign(hearing, unheard(rule, timed));
  hearing.rule = rule;
  if (rule.settleMs > 0) hearing.last = timed;
  hearing.reads += readCount ?? 1;
  hearing.lastMs = Math.max(hearing.lastMs, timeMs);
  if (rssiDbm !== undefined) {
    hearing.rssiCount = Math.min(hearing.rssiCount + 1, presenceLimits.meanOf);
    hearing.meanDbm += (rssiDbm - hearing.meanDbm) / hearing.rssiCount;
  }
  return hearing;
}

/** Whether the tag, now at `at`, is to be taken to where `hearing` hears it. */
export function judge(hearings: readonly Hearing[], at: string | undefined, hearing: Hearing, timeMs: number): Verdict {
  const { rule } = hearing;
  if (rule.place === at) return nothing;
  if (hearing.reads < rule.minReads || timeMs - hearing.firstMs < rule.settleMs) return nothing;
  const current = hearings.find(known => known.rule.place === at && isAlive(known, timeMs));
  if (current !== undefined) return judgeMove(current, hearing, timeMs);
  for (const rival of hearings) {
    if (rival === hearing || rival.rule.to === rule.to || !isAlive(rival, timeMs)) continue;
    if (isDoubtful(rival, hearing, timeMs, 1)) return { kind: "doubt", rival };
    if (rival.reads >= rival.rule.minReads && levelOf(rival, hearing) > levelOf(hearing, rival)) return nothing;
  }
  return here;
}

function ownCopy(hearings: Hearing[], place: string): Hearing | undefined {
  for (let index = 0; index < hearings.length; index++) {
    const known = hearings[index];
    if (known === undefined || known.rule.place !== place) continue;
    const copy = { ...known };
    hearings[index] = copy;
    return copy;
  }
  return undefined;
}

export function isAlive(hearing: Hearing, timeMs: number): boolean {
  return timeMs - hearing.lastMs <= hearing.rule.windowMs;
}

function judgeMove(current: Hearing, hearing: Hearing, timeMs: number): Verdict {
  const margin = marginDb(timeMs - current.lastMs);
  // While its own place may still hear the tag, one reading elsewhere is a reflection as likely as a move.
  const enough = margin > 0 ? Math.max(2, hearing.rule.minReads) : hearing.rule.minReads;
  if (hearing.reads >= enough && levelOf(hearing, current) > levelOf(current, hearing) + margin) return here;
  if (current.rule.to !== hearing.rule.to && isDoubtful(current, hearing, timeMs, presenceLimits.doubtReads))
    return { kind: "doubt", rival: current };
  return nothing;
}

/** The margin by which another place must be better, `silentMs` after the tag's own place last heard it. */
export function marginDb(silentMs: number): number {
  const falling = Math.max(0, silentMs - presenceLimits.marginHoldMs);
  return presenceLimits.marginDb - falling * presenceLimits.marginFallDbPerMs;
}

function isDoubtful(one: Hearing, other: Hearing, timeMs: number, readsMin: number): boolean {
  const { doubtDb, doubtRecentMs } = presenceLimits;
  const fewer = Math.min(one.reads, other.reads);
  return (
    fewer >= readsMin &&
    fewer * 2 >= Math.max(one.reads, other.reads) &&
    timeMs - Math.min(one.lastMs, other.lastMs) <= doubtRecentMs &&
    Math.abs(levelOf(one, other) - levelOf(other, one)) < doubtDb
  );
}

/** The mean strength; where one of the two gives none they count as equal. */
function levelOf(hearing: Hearing, other: Hearing): number {
  return hearing.rssiCount === 0 || other.rssiCount === 0 ? 0 : hearing.meanDbm;
}

function begin(hearings: Hearing[], rule: ReadPointRule, timed: TimedReading): Hearing {
  const hearing = unheard(rule, timed);
  if (hearings.length < presenceLimits.hearingsMax) hearings.push(hearing);
  else hearings[oldest(hearings)] = hearing;
  return hearing;
}

function unheard(rule: ReadPointRule, timed: TimedReading): Hearing {
  const timeMs = timed.eventTimeMs;
  return { rule, reads: 0, meanDbm: 0, rssiCount: 0, firstMs: timeMs, lastMs: timeMs, last: undefined };
}

function oldest(hearings: readonly Hearing[]): number {
  let found = 0;
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const [index, hearing] of hearings.entries()) {
    if (hearing.lastMs >= oldestMs) continue;
    found = index;
    oldestMs = hearing.lastMs;
  }
  return found;
}

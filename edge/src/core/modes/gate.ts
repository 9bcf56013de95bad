import { type Draft, touch } from "../draft.ts";
import { isHistory, moveThing, placeAt, type Sighting } from "../move.ts";
import { type Hearing, hear, isAlive, judge, presenceLimits } from "../presence.ts";
import type { ActiveTag } from "../state.ts";

/** A gate hears tags pass or stand. Arriving there makes the movement; being heard again there makes none. */
export function hearAtGate(draft: Draft, tag: ActiveTag, sighting: Sighting): void {
  const { rule, timed, timeMs } = sighting;
  const { reading } = timed;
  if (rule.minRssiDbm !== undefined && reading.rssiDbm !== undefined && reading.rssiDbm < rule.minRssiDbm) return;
  if (isHistory(draft, tag, sighting)) return;
  const hearing = hear(tag.hearings, rule, timed);
  touch(draft, tag, timeMs, rule.windowMs);
  conclude(draft, tag, hearing, sighting);
}

/** Judges where the tag is, and acts on it. Also called when a gate's time to listen is over. */
export function conclude(draft: Draft, tag: ActiveTag, hearing: Hearing, sighting: Sighting): void {
  const { rule, timeMs } = sighting;
  const verdict = judge(tag.hearings, tag.at, hearing, timeMs);
  if (verdict.kind === "doubt") doubt(draft, tag, hearing, verdict.rival, sighting);
  if (verdict.kind !== "here") return;
  placeAt(draft, tag, rule.place, timeMs);
  moveThing(draft, tag, sighting);
}

/** Says once an episode that two places hear it equally well. A tag that stood at one of them before stays there without doubt. */
function doubt(draft: Draft, tag: ActiveTag, hearing: Hearing, rival: Hearing, { timed, timeMs }: Sighting): void {
  const fresh = timeMs - tag.movedMs <= rival.rule.windowMs;
  const settled = tag.account === rival.rule.to || tag.account === hearing.rule.to;
  if (tag.doubted || (settled && !fresh)) return;
  tag.doubted = true;
  const heard = tag.hearings.filter(known => isAlive(known, timeMs)).map(describe);
  draft.exceptions.push({
    problem: "crossing.doubtful",
    detail: `${hearing.rule.place} and ${rival.rule.place} hear ${tag.key} within ${presenceLimits.doubtDb} dB of each other; say where it is`,
    deviceId: timed.reading.deviceId,
    key: tag.key,
    bytes: Buffer.from(JSON.stringify({ key: tag.key, account: tag.account, heard })),
    timeMs: draft.nowMs,
  });
}

function describe(hearing: Hearing) {
  const { rule, reads, firstMs, lastMs } = hearing;
  const meanDbm = hearing.rssiCount === 0 ? undefined : Math.round(hearing.meanDbm * 10) / 10;
  return { place: rule.place, reads, meanDbm, firstMs, lastMs };
}

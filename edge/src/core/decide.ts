import { type Identity, limits, type Reading } from "@tallygate/protocol";
import { type Clock, eventTimeOf, observe, openClock } from "./clock-skew.ts";
import { beginDraft, type Draft, draftTag, draftTagOfEpc, type Thing } from "./draft.ts";
import { modes } from "./modes/index.ts";
import { scanClass } from "./modes/scanner.ts";
import type { Sighting } from "./move.ts";
import { findReadPoint } from "./read-points.ts";
import type { CoreDecision, CoreState } from "./state.ts";
import { sweep } from "./sweep.ts";
import type { ClockSkew, ExceptionInput, Lookup, TimedReading } from "./types.ts";

/**
 * What the readings of a tick mean. It changes nothing: neither the state nor what `lookup` answers. The same input always gives
 * the same decision. `apply` takes it over once it is on disk.
 *
 * @param refused what could not be read, to be kept with the tick
 */
export function decide(
  state: CoreState,
  readings: readonly Reading[],
  nowMs: number,
  lookup: Lookup,
  refused: readonly ExceptionInput[] = [],
): CoreDecision {
  const draft = beginDraft(state, nowMs, lookup);
  for (const refusal of refused) draft.exceptions.push(refusal);
  for (const reading of readings) learnClock(draft, reading);
  for (const reading of readings) takeReading(draft, reading);
  sweep(draft);
  const { movements, presence, exceptions, changes } = draft;
  return {
    nowMs,
    readings: draft.readings,
    movements,
    tagPlaces: [...draft.tagPlaces.values()],
    presence,
    exceptions,
    scansSeen: [...draft.scansSeen],
    clocks: changedSkews(draft),
    changes,
  };
}

/** All readings of the tick teach the clocks first, so that the oldest of a message is not taken for the youngest. */
function learnClock(draft: Draft, reading: Reading): void {
  const { readerTimeMs, receivedTimeMs, deviceId } = reading;
  if (readerTimeMs === undefined) return;
  let clock = draft.changes.clocks.get(deviceId);
  if (clock === undefined) {
    const known = draft.state.clocks.get(deviceId);
    clock =
      known === undefined
        ? openClock(receivedTimeMs, readerTimeMs, draft.state.knownSkews.get(deviceId))
        : copyClock(known);
    draft.changes.clocks.set(deviceId, clock);
  }
  observe(clock, receivedTimeMs, readerTimeMs);
}

function copyClock(clock: Clock): Clock {
  return { ...clock, step: clock.step === undefined ? undefined : { ...clock.step } };
}

function takeReading(draft: Draft, reading: Reading): void {
  const clock = draft.changes.clocks.get(reading.deviceId);
  const timeMs = eventTimeOf(clock, reading.receivedTimeMs, reading.readerTimeMs);
  const timed: TimedReading = { reading, eventTimeMs: timeMs };
  draft.readings.push(timed);
  const rule = findReadPoint(draft.state.points, reading.deviceId, reading.antenna);
  if (rule === undefined) return;
  const sighting: Sighting = { rule, timed, timeMs };
  const { epcHex } = reading;
  const tag = epcHex === undefined ? undefined : draftTagOfEpc(draft, epcHex);
  if (tag === undefined) takeCode(draft, sighting);
  else modes[rule.mode](draft, tag, sighting);
}

/** A code that no tag in memory has. */
function takeCode(draft: Draft, sighting: Sighting): void {
  const { reading } = sighting.timed;
  const { epcHex } = reading;
  const identity = draft.state.identify(epcHex === undefined ? { scan: reading.scan ?? "" } : { epcHex });
  if (identity.kind === "place") return;
  const thing = thingOf(identity, epcHex);
  if (identity.key.length > limits.codeCharsMax) refuseLongCode(draft, identity, sighting);
  else if (thing === undefined) scanClass(draft, identity, sighting);
  else modes[sighting.rule.mode](draft, draftTag(draft, thing), sighting);
}

/** A tag is one thing even if its code is no GS1 key; a barcode without a serial number is a class of things. */
function thingOf(identity: Identity, epcHex: string | undefined): Thing | undefined {
  const { key, classKey } = identity;
  if (identity.kind === "unit") return { key, classKey: undefined, epcHex };
  if (identity.kind === "instance" || epcHex !== undefined) return { key, classKey, epcHex };
  return undefined;
}

function refuseLongCode(draft: Draft, identity: Identity, { timed: { reading } }: Sighting): void {
  draft.exceptions.push({
    problem: "code.length",
    detail: `the code has ${identity.key.length} characters, at most ${limits.codeCharsMax} are moved`,
    deviceId: reading.deviceId,
    key: identity.key.slice(0, 100),
    bytes: Buffer.from(reading.scan ?? reading.epcHex ?? ""),
    timeMs: draft.nowMs,
  });
}

/** Skews worth keeping: known for the first time, or moved by more than the noise. */
function changedSkews(draft: Draft): ClockSkew[] {
  const changed: ClockSkew[] = [];
  for (const [deviceId, clock] of draft.changes.clocks) {
    const kept = draft.state.knownSkews.get(deviceId);
    if (kept === undefined || Math.abs(kept - clock.skewMs) > 50) changed.push({ deviceId, skewMs: clock.skewMs });
  }
  return changed;
}

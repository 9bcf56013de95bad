import { limits, type Reading } from "@tallygate/protocol";
import { type Clock, eventTimeOf, observe, openClock } from "./clock-skew.ts";
import { beginDraft, type Draft, draftTag, draftTagOfEpc } from "./draft.ts";
import { hearAtGate } from "./modes/gate.ts";
import type { Sighting } from "./move.ts";
import { findReadPoint } from "./read-points.ts";
import { goodsOf, moveGoods } from "./scanner/goods.ts";
import { takeOrder } from "./scanner/orders.ts";
import { takeScan } from "./scanner/scan.ts";
import type { ScannerOrder } from "./scanner/scanner-state.ts";
import { except, isSentAgain, keptScanners } from "./scanner/upkeep.ts";
import type { CoreDecision, CoreState } from "./state.ts";
import { sweep } from "./sweep.ts";
import type { ClockSkew, ExceptionInput, Lookup, TimedReading } from "./types.ts";

/**
 * What the readings of a tick mean. It changes nothing: neither the state nor what `lookup` answers. The same input always gives
 * the same decision. `apply` takes it over once it is on disk.
 *
 * @param refused what could not be read, to be kept with the tick
 * @param orders modes that are set otherwise than by a scan
 */
export function decide(
  state: CoreState,
  readings: readonly Reading[],
  nowMs: number,
  lookup: Lookup,
  refused: readonly ExceptionInput[] = [],
  orders: readonly ScannerOrder[] = [],
): CoreDecision {
  const draft = beginDraft(state, nowMs, lookup);
  for (const refusal of refused) draft.exceptions.push(refusal);
  for (const reading of readings) learnClock(draft, reading);
  for (const reading of readings) takeReading(draft, reading);
  for (const order of orders) takeOrder(draft, order);
  sweep(draft);
  const { movements, observations, presence, exceptions, changes } = draft;
  return {
    nowMs,
    readings: draft.readings,
    movements,
    observations,
    tagPlaces: [...draft.tagPlaces.values()],
    presence,
    exceptions,
    scansSeen: [...draft.scansSeen],
    clocks: changedSkews(draft),
    scanners: keptScanners(draft),
    answers: draft.answers,
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
  if (rule.scan !== undefined) {
    takeScan(draft, rule, timed);
    return;
  }
  const sighting: Sighting = { rule, timed, timeMs };
  const { epcHex } = reading;
  const tag = epcHex === undefined ? undefined : draftTagOfEpc(draft, epcHex);
  if (tag === undefined) takeCode(draft, sighting);
  else hearAtGate(draft, tag, sighting);
}

/** A code that no tag in memory has. */
function takeCode(draft: Draft, sighting: Sighting): void {
  const { reading } = sighting.timed;
  const { epcHex } = reading;
  const identity = draft.state.identify(epcHex === undefined ? { scan: reading.scan ?? "" } : { epcHex });
  if (identity.kind === "place") return;
  const goods = goodsOf(identity, epcHex);
  const { key, classKey, isThing } = goods;
  if (key.length > limits.codeCharsMax) refuseLongCode(draft, key, reading);
  else if (isThing) hearAtGate(draft, draftTag(draft, { key, classKey, epcHex }), sighting);
  else if (!isSentAgain(draft, reading)) moveGoods(draft, goods, sighting);
}

function refuseLongCode(draft: Draft, key: string, reading: Reading): void {
  const detail = `the code has ${key.length} characters, at most ${limits.codeCharsMax} are moved`;
  except(draft, reading, { code: "code.length", detail }, key);
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

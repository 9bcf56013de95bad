import type { Problem, Reading } from "@tallygate/protocol";
import type { Draft } from "../draft.ts";
import { findScanner, scannerConfiguration } from "../read-points.ts";
import type { KeptScanner } from "./scanner-state.ts";
import { freshScanner, isHalfDone, type ScannerState, withoutSequence } from "./scanner-state.ts";

export function scannerOf(draft: Draft, deviceId: string): ScannerState {
  return draft.changes.scanners.get(deviceId) ?? draft.state.scanners.get(deviceId) ?? freshScanner;
}

export function setScanner(draft: Draft, deviceId: string, state: ScannerState): void {
  draft.changes.scanners.set(deviceId, state);
}

/** The states that the tick changes, as they are kept. */
export function keptScanners({ changes, state: { points } }: Draft): KeptScanner[] {
  return [...changes.scanners].map(([deviceId, state]) => {
    return { deviceId, configured: scannerConfiguration(points, deviceId), state };
  });
}

/** Forgets what was half done when this scan comes too long after the one before, by either clock. */
export function forgetIfLate(draft: Draft, deviceId: string, timeMs: number, forgetMs: number): void {
  const state = scannerOf(draft, deviceId);
  if (!isHalfDone(state)) return;
  const gapMs = Math.max(Math.abs(timeMs - state.stepMs), Math.abs(draft.nowMs - state.touchedMs));
  if (gapMs > forgetMs) forget(draft, deviceId, state, forgetMs);
}

/** Forgets the sequences that nobody went on with. There are as many scanners as devices at most. */
export function sweepScanners(draft: Draft): void {
  for (const deviceId of draft.state.scanners.keys()) {
    const state = scannerOf(draft, deviceId);
    if (!isHalfDone(state)) continue;
    const forgetMs = findScanner(draft.state.points, deviceId)?.scan?.forgetMs ?? 0;
    if (Math.abs(draft.nowMs - state.touchedMs) > forgetMs) forget(draft, deviceId, state, forgetMs);
  }
}

function forget(draft: Draft, deviceId: string, state: ScannerState, forgetMs: number): void {
  const { from, goods, quantity } = state;
  setScanner(draft, deviceId, { ...withoutSequence(state), forgot: true });
  const what = [
    ...(quantity === undefined ? [] : [`the quantity ${quantity}`]),
    ...(from === undefined ? [] : [`${goods.length} scans of goods from ${from}`]),
  ];
  const detail = `${what.join(" and ")} were followed by no scan for ${forgetMs / 1000} s; nothing of it moved: scan again`;
  const bytes = Buffer.from(JSON.stringify({ from, quantity, goods }));
  draft.exceptions.push({ problem: "scan.forgotten", detail, deviceId, key: "", bytes, timeMs: draft.nowMs });
}

/** Something for a person: goods that were scanned and do not move. */
export function except(draft: Draft, reading: Reading, { code, detail }: Problem, key: string): void {
  const bytes = Buffer.from(reading.scan ?? reading.epcHex ?? "");
  const { deviceId } = reading;
  draft.exceptions.push({ problem: code, detail, deviceId, key: key.slice(0, 100), bytes, timeMs: draft.nowMs });
}

/**
 * A message that was committed but whose answer was lost comes again, perhaps after a restart. It is told from a second scan by the
 * device's own time: with a counter beside it, or where it has milliseconds (a clock of whole seconds proves nothing).
 */
export function isSentAgain(draft: Draft, reading: Reading): boolean {
  const { readerTimeMs, sequence, scan, deviceId } = reading;
  if (scan === undefined || readerTimeMs === undefined) return false;
  if (sequence === undefined && readerTimeMs % 1000 === 0) return false;
  const fingerprint = `${deviceId} ${readerTimeMs} ${sequence ?? ""} ${scan}`;
  if (draft.scansSeen.has(fingerprint) || draft.lookup.scanSeen(fingerprint)) return true;
  draft.scansSeen.add(fingerprint);
  return false;
}

import type { Problem } from "@tallygate/protocol";
import type { Draft } from "../draft.ts";
import { findScanner } from "../read-points.ts";
import { inMode, modeOf } from "./scan.ts";
import type { ScannerOrder, ScannerState } from "./scanner-state.ts";
import { scannerOf, setScanner } from "./upkeep.ts";

/** Sets a scanner's mode, and its place if one is named, or changes nothing and says why. */
export function takeOrder(draft: Draft, order: ScannerOrder): void {
  const { deviceId, mode, place } = order;
  const { points, places } = draft.state;
  const rule = findScanner(points, deviceId);
  if (rule === undefined) {
    refuse(draft, order, { code: "device.no_scanner", detail: `${deviceId} is no scanner` });
  } else if (place !== undefined && places.size > 0 && !places.has(place)) {
    refuse(draft, order, { code: "place.unknown", detail: `The configuration has no place ${place}`, at: "place" });
  } else {
    const state = placed(draft, inMode(scannerOf(draft, deviceId), mode), order);
    setScanner(draft, deviceId, state);
    draft.answers.set(order, {
      deviceId,
      did: "mode_set",
      mode: modeOf(rule, state),
      place: state.place ?? rule.place,
      ...(state.from === undefined ? {} : { from: state.from }),
    });
  }
}

/** In mode move the place is the one that goods leave, as if it was scanned. */
function placed(draft: Draft, state: ScannerState, { mode, place }: ScannerOrder): ScannerState {
  if (place === undefined) return state;
  if (mode !== "move") return { ...state, place };
  const from = place as string as NonNullable<ScannerState["from"]>;
  return { ...state, from, stepMs: draft.nowMs, touchedMs: draft.nowMs };
}

function refuse(draft: Draft, order: ScannerOrder, problem: Problem): void {
  const { deviceId, mode, place = "" } = order;
  draft.answers.set(order, { deviceId, did: "refused", mode, place, problem });
}

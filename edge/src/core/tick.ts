import type { Reading } from "@tallygate/protocol";
import type { Delivery } from "../inbox.ts";
import { decide } from "./decide.ts";
import type { ScannerOrder } from "./scanner/scanner-state.ts";
import type { CoreDecision, CoreState } from "./state.ts";
import type { ExceptionInput, Lookup } from "./types.ts";

/** Decides a tick of the inbox: all readings of its deliveries in order, and an exception for each part that was refused. */
export function decideTick(
  state: CoreState,
  deliveries: readonly Delivery[],
  nowMs: number,
  lookup: Lookup,
): CoreDecision {
  const readings: Reading[] = [];
  const refused: ExceptionInput[] = [];
  const orders: ScannerOrder[] = [];
  for (const delivery of deliveries) {
    if (delivery.orders !== undefined) orders.push(...delivery.orders);
    for (const reading of delivery.readings) readings.push(reading);
    for (const { problem, bytes } of delivery.refused) {
      const at = problem.at === undefined ? "" : ` (at ${problem.at})`;
      refused.push({
        problem: problem.code,
        detail: problem.detail + at,
        deviceId: delivery.deviceId,
        key: problem.at ?? "",
        bytes,
        timeMs: nowMs,
      });
    }
  }
  return decide(state, readings, nowMs, lookup, refused, orders);
}

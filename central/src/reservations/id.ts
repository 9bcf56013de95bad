import { randomUUID } from "node:crypto";

/** A new time-ordered UUID (RFC 9562, 5.7). Those of one millisecond have no order among them. */
export function newReservationId(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, "0");
  // A random UUID comes from entropy that Node keeps at hand; 16 random bytes for each id would cost ten times as much.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

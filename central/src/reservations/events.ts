import type { OutboxEvent } from "../db/events/outbox.ts";
import type { Directory } from "../ingest/directory.ts";
import { newReservationId } from "./id.ts";
import type { Reservation } from "./model.ts";
import { viewOf } from "./view.ts";

/** What other systems are told of reservations that were made or changed. The directory knows the names of all their holds. */
export function eventsOf(
  { created, changed }: { readonly created: readonly Reservation[]; readonly changed: readonly Reservation[] },
  directory: Directory,
  nowMs: number,
): readonly OutboxEvent[] {
  const event = (reservation: Reservation, happening: string): OutboxEvent => {
    const sites = new Set(reservation.holds.map(hold => hold.siteId));
    const [siteId] = sites;
    const view = viewOf(reservation, directory, nowMs);
    return {
      id: newReservationId(nowMs),
      type: `reservation.${happening}`,
      key: `/v1/reservations/${reservation.id}`,
      siteId: sites.size === 1 ? siteId : undefined,
      timeMs: nowMs,
      // Lines are numbered by what was asked for; those that hold nothing leave gaps.
      data: { ...view, lines: view.lines.filter(line => line !== undefined) },
    };
  };
  return [
    ...created.map(reservation => event(reservation, "held")),
    ...changed.map(reservation => event(reservation, reservation.state === "held" ? "changed" : reservation.state)),
  ];
}

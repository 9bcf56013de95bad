import type { Directory } from "../ingest/directory.ts";
import { type Hold, type Reservation, remaining, stateAt } from "./model.ts";

export interface HoldView {
  readonly site: string;
  readonly place: string;
  readonly quantity: number;
  readonly held: number;
  readonly fulfilled: number;
  readonly released: number;
}

export interface LineView extends Omit<HoldView, "site" | "place"> {
  readonly sku: string;
  readonly holds: HoldView[];
}

/** A reservation in the words of the outside. */
export interface ReservationView {
  readonly id: string;
  readonly state: Reservation["state"];
  readonly policy: string;
  readonly reference: string | null;
  readonly created_at: string;
  /** Null where the document that it is held for ends it. */
  readonly expires_at: string | null;
  /** The document that it is held for. */
  readonly document: string | null;
  readonly ended_at: string | null;
  readonly lines: LineView[];
}

/** How a reservation is shown as of a time. The directory knows the names of all its holds. */
export function viewOf(reservation: Reservation, directory: Directory, nowMs: number): ReservationView {
  const { id, policy, reference, documentId, createdMs, expiresMs, endedMs, holds } = reservation;
  const state = stateAt(reservation, nowMs);
  const ended = endedMs ?? (state === "expired" ? expiresMs : undefined);
  const lines: (Omit<LineView, "holds"> & { holds: HoldView[] })[] = [];
  for (const hold of holds) {
    const shown = holdView(hold, directory, state === "held");
    const line = lines[hold.line];
    if (line === undefined) lines[hold.line] = { sku: directory.sku(hold.itemId), ...sumOf([shown]), holds: [shown] };
    else lines[hold.line] = { sku: line.sku, ...sumOf([line, shown]), holds: [...line.holds, shown] };
  }
  return {
    id,
    state,
    policy,
    reference: reference ?? null,
    created_at: new Date(createdMs).toISOString(),
    expires_at: expiresMs === undefined ? null : new Date(expiresMs).toISOString(),
    document: documentId ?? null,
    ended_at: ended === undefined ? null : new Date(ended).toISOString(),
    // A document's line of which nothing is held has no place among them.
    lines: lines.filter(line => line !== undefined),
  };
}

function holdView(hold: Hold, directory: Directory, isHeld: boolean): HoldView {
  const { siteId, code: place } = directory.place(hold.placeId);
  const { quantity, fulfilled, released } = hold;
  return { site: directory.siteCode(siteId), place, quantity, held: isHeld ? remaining(hold) : 0, fulfilled, released };
}

type Quantities = Pick<HoldView, "quantity" | "held" | "fulfilled" | "released">;

function sumOf(parts: readonly Quantities[]): Quantities {
  const sum = { quantity: 0, held: 0, fulfilled: 0, released: 0 };
  for (const part of parts) {
    sum.quantity += part.quantity;
    sum.held += part.held;
    sum.fulfilled += part.fulfilled;
    sum.released += part.released;
  }
  return sum;
}

import type { LotThere } from "./policies/first-expiry.ts";
import type { PolicyName } from "./policies/index.ts";

/** An item's level at a place, as its locked row has it. */
export interface StockRow {
  readonly itemId: number;
  readonly placeId: number;
  readonly siteId: number;
  readonly onHand: number;
  readonly reserved: number;
  readonly blocked: number;
  /** The lots there, by expiry and without the blocked ones, where a policy asks for them. */
  readonly lots?: readonly LotThere[];
}

/** A quantity of an item: anywhere, at a site, or at one place. */
export interface Line {
  /** Its number in the reservation, from 0; without one, its place among the lines. */
  readonly number?: number;
  readonly sku: string;
  readonly itemId: number;
  readonly quantity: number;
  readonly siteId: number | undefined;
  readonly placeId: number | undefined;
}

/** Holds all of its lines, or nothing; or, of each line, as much as there is. */
export interface Reserve {
  readonly kind: "reserve";
  /** The id that it gets. */
  readonly id: string;
  readonly policy: PolicyName;
  readonly reference: string | undefined;
  /** Undefined where a document is what ends it. */
  readonly expiresInMs: number | undefined;
  readonly documentId?: string | undefined;
  /** What becomes of a line of which there is less: it refuses the whole, or holds what there is. */
  readonly whenShort?: "refuse" | "take";
  readonly lines: readonly Line[];
  /** Sites in order of preference; empty where the policy takes none. */
  readonly siteIds: readonly number[];
  /** The only sites from which anything may be taken; without it, all. */
  readonly withinIds?: readonly number[] | undefined;
}

/** Holds more for a document's reservation: of each line as much as there is. */
export interface Extend {
  readonly kind: "extend";
  readonly id: string;
  readonly documentId: string;
  readonly policy: PolicyName;
  readonly lines: readonly NumberedLine[];
}

export type NumberedLine = Line & { readonly number: number };

/** Ends a reservation: the goods have gone to whom they were promised (`fulfil`), or are free again (`release`). */
export interface End {
  readonly kind: "fulfil" | "release";
  readonly id: string;
  /** A document's reservation is ended by the document alone. */
  readonly documentId?: string | undefined;
  /** Absent: all that it holds. */
  readonly lines: readonly Line[] | undefined;
  /** As if the reservation were not there, when it holds anything at another site than these. */
  readonly withinIds?: readonly number[] | undefined;
}

/** Ends a reservation that is past its time. */
export interface Expire {
  readonly kind: "expire";
  readonly id: string;
}

export type Command = Reserve | Extend | End | Expire;

export interface Hold {
  /** Which of the reservation's lines, from 0. */
  readonly line: number;
  readonly itemId: number;
  readonly placeId: number;
  readonly siteId: number;
  readonly quantity: number;
  readonly fulfilled: number;
  readonly released: number;
}

export type ReservationState = "held" | "fulfilled" | "released" | "expired";

export interface Reservation {
  readonly id: string;
  readonly state: ReservationState;
  readonly policy: string;
  readonly reference: string | undefined;
  readonly documentId?: string | undefined;
  readonly createdMs: number;
  /** Undefined where no clock ends it, but the document that it is held for. */
  readonly expiresMs: number | undefined;
  readonly endedMs: number | undefined;
  /** By line and place. */
  readonly holds: readonly Hold[];
}

/** What a hold still keeps from others, while its reservation is held. */
export function remaining(hold: Pick<Hold, "quantity" | "fulfilled" | "released">): number {
  return hold.quantity - hold.fulfilled - hold.released;
}

/** The state as of a time: past its time, a reservation has expired even before anyone has noticed. */
export function stateAt({ state, expiresMs }: Pick<Reservation, "state" | "expiresMs">, nowMs: number) {
  return state === "held" && expiresMs !== undefined && expiresMs <= nowMs ? "expired" : state;
}

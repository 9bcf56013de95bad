import type { DocumentKind } from "../documents/kinds.ts";

/** How far a line is carried out by a movement: `picked` left the shelf or the first site, `done` reached its end. */
export type Step = "picked" | "done";

/** Where a movement begins or ends, as far as documents are concerned: at a place of a site, or outside by this name. */
export interface End {
  readonly placeId: number;
  readonly siteId: number;
  readonly outside: string | undefined;
}

/** What a movement has posted: a quantity of an item from one account to another. */
export interface Moved {
  readonly epochId: number;
  readonly seq: number;
  readonly siteId: number;
  readonly code: string;
  /** Of a serialised thing the code is its identity. */
  readonly serialised: boolean;
  readonly lot: string | undefined;
  readonly itemId: number;
  readonly quantity: number;
  readonly from: End;
  readonly to: End;
  readonly bizStep: string;
  readonly readPoint: string;
  readonly eventTimeMs: number;
  /** The movement that it takes back. */
  readonly reverses: MovementKey | undefined;
  /** The notice's line that announced it, where it is part of a unit's contents. */
  readonly announced: { readonly documentId: string; readonly line: number } | undefined;
}

export interface MovementKey {
  readonly epochId: number;
  readonly seq: number;
}

/** A line of a document with what the rule needs to know of both. */
export interface DocumentLine {
  readonly documentId: string;
  readonly line: number;
  readonly kind: DocumentKind;
  readonly number: string;
  readonly siteId: number;
  readonly toSiteId: number | undefined;
  readonly toPlaceId: number | undefined;
  readonly itemId: number;
  readonly lot: string | undefined;
  readonly quantity: number;
  readonly picked: number;
  readonly done: number;
  readonly dueMs: number | undefined;
  readonly madeMs: number;
  readonly endedMs: number | undefined;
  readonly reservationId: string | undefined;
  /** Whether the notice told a logistic unit that it comes in. */
  readonly inUnit: boolean;
}

/** A list that is bound to a read point: what passes there in its stage belongs to its documents. */
export interface BoundList {
  readonly id: string;
  readonly siteId: number;
  readonly readPoint: string;
  readonly step: string;
  readonly openedMs: number;
  readonly closedMs: number | undefined;
  readonly documentIds: readonly string[];
}

/** Why a movement is thought to carry out a line, in the order of trust. */
export type Why = "reversal" | "list" | "unit" | "awaited";

/** A part of a movement's quantity that carries out a line; below 0 where it takes something back. */
export interface Match {
  readonly moved: MovementKey;
  readonly documentId: string;
  readonly line: number;
  readonly step: Step;
  readonly quantity: number;
  readonly listId: string | undefined;
  readonly why: Why;
  readonly eventTimeMs: number;
}

/** Something for a person to look at. */
export interface Misfit {
  readonly problem: "document.over" | "document.unexpected" | "document.none";
  readonly moved: Moved;
  readonly quantity: number;
  readonly line: DocumentLine | undefined;
  readonly list: BoundList | undefined;
}

/** Goods that were held for a document and have gone: the hold ends, or goes with them to `toPlaceId`. */
export interface HoldTake {
  readonly reservationId: string;
  readonly siteId: number;
  readonly itemId: number;
  readonly fromPlaceId: number;
  readonly toPlaceId: number | undefined;
  readonly quantity: number;
}

/** A serialised thing that was counted for a document's step, or was taken back from it. */
export interface CountedThing {
  readonly code: string;
  readonly documentId: string;
  readonly step: Step;
  readonly line: number;
}

/** What the rule knows of documents when movements are matched. */
export interface Known {
  /** All lines of documents that a list, a unit or a thing points at. */
  readonly lines: readonly DocumentLine[];
  /** Lists that were open at read points of the movements at some time of theirs. */
  readonly lists: readonly BoundList[];
  /** Lines that await an item in one way, by `awaitedKey`. */
  readonly awaited: ReadonlyMap<string, readonly DocumentLine[]>;
  /** Lines of notices that announced a serialised thing, by its code. */
  readonly announced: ReadonlyMap<string, readonly DocumentLine[]>;
  /** What serialised things of the movements were counted for. */
  readonly counted: readonly CountedThing[];
  /** What the movements that are taken back had carried out, by their keys. */
  readonly before: ReadonlyMap<string, readonly Match[]>;
  /** Movements that were taken back already, by their keys. */
  readonly reversed: ReadonlySet<string>;
  /** Sites that work with a kind of documents, as `7/order`: what fits none there is for a person. */
  readonly working: ReadonlySet<string>;
  /** Lines of notices that were complete a short while ago and had come in logistic units. */
  readonly complete: readonly DocumentLine[];
  /** Whether what is at a place can be promised. */
  isAvailable(placeId: number): boolean;
}

export function keyOf({ epochId, seq }: MovementKey): string {
  return `${epochId}/${seq}`;
}

export function lineKey({ documentId, line }: { readonly documentId: string; readonly line: number }): string {
  return `${documentId}/${line}`;
}

export function thingKey({ code, documentId, step }: Omit<CountedThing, "line">): string {
  return `${documentId}/${step}/${code}`;
}

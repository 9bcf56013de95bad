import type { DocumentKind } from "./kinds.ts";

/** A document as its row has it, with the names of what the row points at. */
export interface DocumentRow {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly number: string;
  readonly siteId: number;
  readonly site: string;
  readonly toSiteId: number | undefined;
  readonly toSite: string | undefined;
  readonly state: string;
  readonly partner: string | undefined;
  readonly reference: string | undefined;
  readonly reservationId: string | undefined;
  readonly orderId: string | undefined;
  readonly dueMs: number | undefined;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly endedMs: number | undefined;
  readonly version: number;
}

export interface LineRow {
  readonly documentId: string;
  /** From 1. */
  readonly line: number;
  readonly siteId: number;
  readonly toSiteId: number | undefined;
  readonly itemId: number;
  readonly sku: string;
  readonly asked: number;
  readonly quantity: number;
  readonly backordered: number;
  readonly lot: string | undefined;
  readonly placeId: number | undefined;
  readonly place: string | undefined;
  readonly toPlaceId: number | undefined;
  readonly toPlace: string | undefined;
  readonly picked: number;
  readonly done: number;
  readonly inspected: number;
  readonly dueMs: number | undefined;
}

export interface Document extends DocumentRow {
  /** By their numbers. */
  readonly lines: readonly LineRow[];
}

/** A document that is yet to be written. */
export type NewDocument = Omit<Document, "lines" | "updatedMs" | "endedMs" | "version"> & {
  readonly lines: readonly LineRow[];
};

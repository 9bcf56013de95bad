import { type DocumentKind, kindOf, toLeave } from "./kinds.ts";
import type { Document, LineRow } from "./model.ts";

/** The address of a document: what its events and its audit trail are kept under. */
export function addressOf({ kind, id }: Pick<Document, "kind" | "id">): string {
  return `${kindOf(kind).path}/${id}`;
}

/** A document in the words of the outside: what the API answers, and what its events carry. */
export function viewOf(document: Document) {
  const { id, kind, number, state, site, toSite, partner, reference, orderId, version, lines } = document;
  return {
    id,
    number,
    state,
    site,
    ...(kind === "transfer" && { to_site: toSite ?? site }),
    ...(kind === "return" && { order: orderId ?? null }),
    partner: partner ?? null,
    reference: reference ?? null,
    due_at: instant(document.dueMs),
    created_at: instant(document.createdMs),
    updated_at: instant(document.updatedMs),
    ended_at: instant(document.endedMs),
    version,
    lines: lines.map(line => lineViews[kind](line, document.endedMs !== undefined)),
  };
}

/** What lines of a kind have been carried out of is called by what is done with them. */
const lineViews: Readonly<Record<DocumentKind, (line: LineRow, ended: boolean) => object>> = {
  order: (line, ended) => ({
    ...common(line),
    ...held(line, ended),
    place: line.place ?? null,
    picked: line.picked,
    shipped: line.done,
  }),
  shipment: line => ({ ...common(line), received: line.done }),
  transfer: (line, ended) => ({
    ...common(line),
    ...held(line, ended),
    place: line.place ?? null,
    to_place: line.toPlace ?? null,
    left: line.picked,
    received: line.done,
  }),
  return: line => ({ ...common(line), received: line.done, inspected: line.inspected }),
};

function common({ line, sku, asked, quantity, lot }: LineRow) {
  return { line, sku, asked, quantity, lot: lot ?? null };
}

function held(line: LineRow, ended: boolean) {
  return { held: ended ? 0 : Math.max(0, toLeave(line) - line.backordered), backordered: line.backordered };
}

function instant(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

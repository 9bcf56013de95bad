import { ok, type Result, refuse } from "@tallygate/protocol";
import type { Change } from "../db/audit/changes.ts";
import { insertDocuments } from "../db/documents/insert.ts";
import { readDocumentItems } from "../db/documents/items.ts";
import { readTakenNumbers, takeNumbers } from "../db/documents/numbers.ts";
import type { OutboxEvent } from "../db/events/outbox.ts";
import type { Client } from "../db/pool.ts";
import type { Attachment, Granted } from "../reservations/attached.ts";
import { eventOf } from "./change.ts";
import type { DocumentDraft } from "./draft.ts";
import { itemsOfLines } from "./items.ts";
import { kindOf, stateAfter } from "./kinds.ts";
import type { Document, LineRow } from "./model.ts";
import { addressOf, viewOf } from "./view.ts";

/** A document whose goods are held, with what is told and written down of it. */
export interface Placed {
  readonly document: Document;
  readonly change: Change;
  readonly events: readonly OutboxEvent[];
}

/**
 * Orders and transfers in the reservations' group commit: each document, its lines, what is held for it, who asked for it and what is
 * told of it are one transaction, which decides all that wait (I8).
 */
export const documentAttachment: Attachment<DocumentDraft, Placed> = {
  claimOf: ({ kind, number }) => (number === undefined ? undefined : `${kind} ${number}`),
  prepare,
  settle,
  async write(client, placed) {
    await insertDocuments(
      client,
      placed.map(({ document }) => document),
    );
    return { changes: placed.map(({ change }) => change), events: placed.flatMap(({ events }) => events) };
  },
};

async function prepare(client: Client, drafts: readonly DocumentDraft[]): Promise<readonly Result<DocumentDraft>[]> {
  const taken = new Map(
    (await readTakenNumbers(client, drafts.flatMap(numberOf))).map(({ kind, number, id }) => [`${kind} ${number}`, id]),
  );
  const items = await readDocumentItems(
    client,
    drafts.flatMap(({ lines }) => lines.map(({ sku }) => sku)),
  );
  const ours = (await takeNumbers(client, drafts.filter(({ number }) => number === undefined).length)).values();
  return drafts.map(draft => {
    const { kind, lines, number = `${kindOf(kind).prefix}${ours.next().value ?? ""}` } = draft;
    const id = taken.get(`${kind} ${number}`);
    if (id !== undefined) return numberTaken(kind, number, id);
    const found = itemsOfLines(kind, lines, items);
    return found.ok ? ok({ ...draft, number }) : found;
  });
}

function numberOf({ kind, number }: DocumentDraft) {
  return number === undefined ? [] : [{ kind, number }];
}

export function numberTaken(kind: DocumentDraft["kind"] | "shipment" | "return", number: string, id: string) {
  const detail = `The number ${number} is taken: it is ${kindOf(kind).path}/${id}. Take another, or none for one of ours.`;
  return refuse("document.exists", detail, { at: "number" });
}

function settle(draft: DocumentDraft, granted: Granted) {
  const { reservation, nowMs } = granted;
  if (draft.whenShort === "partial" && reservation.holds.length === 0) {
    return refuse("reservation.insufficient", "Nothing of any line is available.", { at: "lines" });
  }
  const document = documentOf(draft, granted);
  const view = viewOf(document);
  const { kind, siteId, state } = document;
  const { initial } = kindOf(kind).machine;
  const change = { actor: draft.actor, action: `${kind}.place`, resource: addressOf(document), siteId, after: view };
  const events = [initial, state].map(each => eventOf({ ...document, state: each }, each, nowMs));
  return ok({ answer: view, write: { document, change, events } });
}

function documentOf(draft: DocumentDraft, { lines: found, reservation, nowMs }: Granted): Document {
  const { id, kind, site, toSite, partner, reference, dueMs, whenShort } = draft;
  const siteId = found[0]?.siteId ?? 0;
  const lines = draft.lines.map((asked, index): LineRow => {
    const held = reservation.holds
      .filter(({ line }) => line === index)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    const isCut = whenShort === "partial";
    const { sku, lot, place, toPlace } = asked;
    return {
      documentId: id,
      line: index + 1,
      siteId,
      toSiteId: toSite?.id,
      itemId: found[index]?.itemId ?? 0,
      sku,
      asked: asked.quantity,
      quantity: isCut ? held : asked.quantity,
      backordered: isCut ? 0 : asked.quantity - held,
      lot,
      placeId: found[index]?.placeId,
      place,
      toPlaceId: toPlace?.id,
      toPlace: toPlace?.code,
      picked: 0,
      done: 0,
      inspected: 0,
      dueMs,
    };
  });
  return {
    id,
    kind,
    number: draft.number ?? "",
    siteId,
    site,
    toSiteId: toSite?.id,
    toSite: toSite?.code,
    state: stateAfter(kind, kindOf(kind).machine.initial, lines),
    partner,
    reference,
    reservationId: reservation.holds.length === 0 ? undefined : reservation.id,
    orderId: undefined,
    dueMs,
    createdMs: nowMs,
    updatedMs: nowMs,
    endedMs: undefined,
    version: 1,
    lines,
  };
}

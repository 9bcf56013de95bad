import { ok, type Result, refuse } from "@tallygate/protocol";
import { type DocumentItem, readDocumentItems } from "../db/documents/items.ts";
import { writeDetails, writeLines, writeReservations } from "../db/documents/lines.ts";
import { readDocuments } from "../db/documents/read.ts";
import type { Client } from "../db/pool.ts";
import { newReservationId } from "../reservations/id.ts";
import type { Reservation, Reserve } from "../reservations/model.ts";
import type { Names } from "../reservations/names.ts";
import { changeStates } from "./change.ts";
import type { WhenShort } from "./draft.ts";
import { changeHolds, releaseOf } from "./holds.ts";
import { itemsOfLines } from "./items.ts";
import { documentLimits } from "./limits.ts";
import type { Document, LineRow } from "./model.ts";
import { type DocumentName, notNow, withDocument } from "./open-document.ts";

/** A line to change, by its number, or to add, by its SKU. A quantity of 0 takes a line out. */
export interface RevisedLine {
  readonly line?: number | undefined;
  readonly sku?: string | undefined;
  readonly quantity: number;
}

export interface Revision {
  readonly partner?: string | null | undefined;
  readonly reference?: string | null | undefined;
  /** Null: no day. */
  readonly dueMs?: number | null | undefined;
  readonly whenShort: WhenShort;
  readonly lines?: readonly RevisedLine[] | undefined;
}

/**
 * Changes an order before anything of it has left its shelf. What is held for it is decided anew, of what is available and its own
 * holds together: it loses nothing that it still wants, and nobody else gets it in between.
 */
export function reviseOrder(
  client: Client,
  names: Names,
  { name, revision }: { readonly name: DocumentName; readonly revision: Revision },
): Promise<Result<Document>> {
  return withDocument(client, name, {
    action: "order.change",
    async change(document, nowMs) {
      if (!["reserved", "backordered"].includes(document.state)) {
        return notNow(document, "its lines can be changed only before anything has left its shelf");
      }
      const revised = await withDetails(client, document, revision);
      const lines = await revisedLines(client, revised, revision.lines ?? []);
      if (!lines.ok) return lines;
      const held = await holdAnew(client, { document: revised, lines: lines.value, revision, names, nowMs });
      if (!held.ok) return held;
      await writeLines(client, "order", held.value);
      const [changed] = await changeStates(client, await readDocuments(client, [document.id]), nowMs);
      return changed === undefined ? notNow(document, "it is gone") : ok(changed);
    },
  });
}

async function withDetails(client: Client, document: Document, revision: Revision): Promise<Document> {
  const { partner = document.partner, reference = document.reference, dueMs = document.dueMs } = revision;
  const details = { partner: partner ?? undefined, reference: reference ?? undefined, dueMs: dueMs ?? undefined };
  await writeDetails(client, { id: document.id, ...details });
  const lines = document.lines.map(line => ({ ...line, dueMs: details.dueMs }));
  return { ...document, ...details, lines };
}

async function revisedLines(
  client: Client,
  document: Document,
  revisions: readonly RevisedLine[],
): Promise<Result<readonly LineRow[]>> {
  const items = await readDocumentItems(
    client,
    revisions.flatMap(({ sku }) => sku ?? []),
  );
  const added = revisions.flatMap(({ sku }) => (sku === undefined ? [] : [{ sku }]));
  const found = itemsOfLines("order", added, items);
  if (!found.ok) return found;
  const lines = applied(document, revisions, items);
  if (!lines.ok) return lines;
  if (lines.value.every(({ quantity }) => quantity === 0)) {
    return refuse("document.line", "Nothing would be left of the order; cancel it instead.", { at: "lines" });
  }
  if (lines.value.length <= documentLimits.linesMax) return lines;
  return refuse("document.line", `An order has at most ${documentLimits.linesMax} lines.`, { at: "lines" });
}

/** The lines as they are after a revision. Pure. */
function applied(
  document: Document,
  revisions: readonly RevisedLine[],
  items: ReadonlyMap<string, DocumentItem>,
): Result<readonly LineRow[]> {
  const lines = [...document.lines];
  for (const [index, { line, sku, quantity }] of revisions.entries()) {
    const at = lines.findIndex(each => each.line === line);
    const before = lines[at];
    const item = sku === undefined ? undefined : items.get(sku);
    if (line !== undefined && before === undefined) {
      const detail = `The order ${document.number} has no line ${line}.`;
      return refuse("document.line", detail, { at: `lines[${index}].line` });
    }
    if (before !== undefined) lines[at] = { ...before, quantity };
    else if (item !== undefined && quantity > 0) lines.push(newLine(document, lines.length + 1, item, quantity));
  }
  return ok(lines);
}

function newLine({ id, siteId, dueMs }: Document, line: number, { id: itemId, sku }: DocumentItem, quantity: number) {
  const nothing = { lot: undefined, placeId: undefined, place: undefined, toPlaceId: undefined, toPlace: undefined };
  const counts = { asked: quantity, quantity, backordered: 0, picked: 0, done: 0, inspected: 0 };
  return { documentId: id, line, siteId, toSiteId: undefined, itemId, sku, ...nothing, ...counts, dueMs };
}

interface Anew {
  readonly document: Document;
  readonly lines: readonly LineRow[];
  readonly revision: Revision;
  readonly names: Names;
  readonly nowMs: number;
}

async function holdAnew(client: Client, anew: Anew): Promise<Result<readonly LineRow[]>> {
  const { document, lines, revision, names, nowMs } = anew;
  const wanted = lines.filter(({ quantity }) => quantity > 0);
  const reserve: Reserve = {
    kind: "reserve",
    id: newReservationId(nowMs),
    policy: "fewest_places",
    reference: document.number,
    expiresInMs: undefined,
    documentId: document.id,
    whenShort: revision.whenShort === "refuse" ? "refuse" : "take",
    lines: wanted.map(holdOf),
    siteIds: [],
  };
  const results = await changeHolds(client, [...releaseOf(document), reserve], { names, nowMs });
  const reservation = results.at(-1);
  if (reservation?.ok !== true) return reservation ?? refuse("internal", "A command was left without a result.");
  const isHeld = reservation.value.holds.length > 0;
  const reservationId = isHeld ? reservation.value.id : document.reservationId;
  await writeReservations(client, [{ id: document.id, reservationId }]);
  return ok(lines.map(line => withHeld(line, heldOf(reservation.value, line), revision.whenShort)));
}

/** Holds are numbered as the document's lines are, but from 0. */
export function holdOf({ line, sku, itemId, quantity, siteId, placeId }: LineRow) {
  return { number: line - 1, sku, itemId, quantity, siteId, placeId };
}

function heldOf({ holds }: Reservation, { line: number }: LineRow): number {
  return holds.filter(({ line }) => line === number - 1).reduce((sum, { quantity }) => sum + quantity, 0);
}

function withHeld(line: LineRow, held: number, whenShort: WhenShort): LineRow {
  if (whenShort === "partial") return { ...line, quantity: held, backordered: 0 };
  return { ...line, backordered: line.quantity - held };
}

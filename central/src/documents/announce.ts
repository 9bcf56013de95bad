import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { insertDocuments } from "../db/documents/insert.ts";
import { type DocumentItem, readDocumentItems } from "../db/documents/items.ts";
import { readTakenNumbers, takeNumbers } from "../db/documents/numbers.ts";
import { insertUnits, readOpenUnits, type UnitRow } from "../db/documents/units.ts";
import { insertOutbox } from "../db/events/outbox.ts";
import { readSites } from "../db/ledger/sites.ts";
import type { Client } from "../db/pool.ts";
import { readNowMs } from "../db/reservations/reservations.ts";
import { newReservationId } from "../reservations/id.ts";
import { eventOf } from "./change.ts";
import { type Contents, type LogisticUnit, linesOf, repeatedUnit } from "./contents.ts";
import { itemsOfLines } from "./items.ts";
import { kindOf } from "./kinds.ts";
import { learnExpiry } from "./learn-expiry.ts";
import type { Document, LineRow } from "./model.ts";
import { numberTaken } from "./place.ts";
import { addressOf, viewOf } from "./view.ts";

/** A notice or a return as somebody asks for it: goods that are to come in. */
export interface Announcement {
  readonly kind: "shipment" | "return";
  readonly number: string | undefined;
  readonly actor: string;
  readonly site: string;
  readonly partner: string | undefined;
  readonly reference: string | undefined;
  readonly dueMs: number | undefined;
  readonly orderId?: string | undefined;
  readonly lines: readonly Contents[];
  readonly units: readonly LogisticUnit[];
}

/** Writes down what is to come in. Nothing is held for it, so it needs no group. */
export async function announce(client: Client, asked: Announcement): Promise<Result<Document>> {
  const [site] = await readSites(client, [asked.site]);
  if (site === undefined) return refuse("site.unknown", `No site ${asked.site} has been heard.`, { at: "site" });
  const lines = linesOf(asked);
  if (!lines.ok) return lines;
  const items = await readDocumentItems(
    client,
    [...lines.value, ...asked.units.flatMap(unit => unit.contents)].map(({ sku }) => sku),
  );
  const found = itemsOfLines(asked.kind, asked.lines.length > 0 ? asked.lines : lines.value, items);
  if (!found.ok) return found;
  const free = await unitsFree(client, asked);
  if (!free.ok) return free;
  const number = await numberOf(client, asked);
  if (!number.ok) return number;
  const nowMs = await readNowMs(client);
  const document = documentOf({ asked, number: number.value, siteId: site.id, nowMs, lines: lines.value, items });
  await insertDocuments(client, [document]);
  await insertUnits(client, unitRows(document, asked.units, items));
  // Behind the document, which needs its site: whoever moves some of a lot has a site before the lot.
  const learnt = await learnExpiry(client, asked, items);
  if (!learnt.ok) return learnt;
  const view = viewOf(document);
  const { kind, actor } = asked;
  const change = { actor, action: `${kind}.announce`, resource: addressOf(document), siteId: site.id, after: view };
  await recordChanges(client, [change]);
  await insertOutbox(client, [eventOf(document, document.state, nowMs)]);
  return ok(document);
}

/** One SSCC is on its way once: in one notice, and in one that is open. */
async function unitsFree(client: Client, { units }: Announcement): Promise<Result<undefined>> {
  const repeated = repeatedUnit(units);
  if (repeated !== undefined) return repeated;
  const [taken] = await readOpenUnits(
    client,
    units.map(({ code }) => code),
  );
  if (taken === undefined) return ok(undefined);
  const at = `units[${units.findIndex(({ code }) => code === taken.code)}].sscc`;
  const detail = `${taken.code} is announced by the open notice ${taken.number} already; close or cancel that one first.`;
  return refuse("document.unit", detail, { at });
}

async function numberOf(client: Client, { kind, number }: Announcement): Promise<Result<string>> {
  if (number === undefined) return ok(`${kindOf(kind).prefix}${(await takeNumbers(client, 1))[0] ?? ""}`);
  const [taken] = await readTakenNumbers(client, [{ kind, number }]);
  return taken === undefined ? ok(number) : numberTaken(kind, number, taken.id);
}

interface Announced {
  readonly asked: Announcement;
  readonly number: string;
  readonly siteId: number;
  readonly nowMs: number;
  readonly lines: readonly Contents[];
  readonly items: ReadonlyMap<string, DocumentItem>;
}

function documentOf({ asked, number, siteId, nowMs, lines, items }: Announced): Document {
  const { kind, site, partner, reference, dueMs, orderId } = asked;
  const id = newReservationId(nowMs);
  const nothing = { placeId: undefined, place: undefined, toPlaceId: undefined, toPlace: undefined };
  const rows = lines.map(({ sku, quantity, lot }, index): LineRow => {
    const counts = { asked: quantity, quantity, backordered: 0, picked: 0, done: 0, inspected: 0 };
    const itemId = items.get(sku)?.id ?? 0;
    return {
      documentId: id,
      line: index + 1,
      siteId,
      toSiteId: undefined,
      itemId,
      sku,
      lot,
      ...nothing,
      ...counts,
      dueMs,
    };
  });
  return {
    id,
    kind,
    number,
    siteId,
    site,
    toSiteId: undefined,
    toSite: undefined,
    state: kindOf(kind).machine.initial,
    partner,
    reference,
    reservationId: undefined,
    orderId,
    dueMs,
    createdMs: nowMs,
    updatedMs: nowMs,
    endedMs: undefined,
    version: 1,
    lines: rows,
  };
}

/** Contents with the lines that they are of: the first of their item and lot that is not full yet. */
function unitRows(
  { id: documentId, lines }: Document,
  units: readonly LogisticUnit[],
  items: ReadonlyMap<string, DocumentItem>,
): readonly UnitRow[] {
  const left = new Map(lines.map(({ line, quantity }) => [line, quantity]));
  return units.map(({ code, contents }) => ({
    documentId,
    code,
    contents: contents.flatMap(({ sku, lot, quantity }) => {
      const parts: { line: number; itemId: number; quantity: number }[] = [];
      let rest = quantity;
      for (const line of lines) {
        const part = Math.min(rest, left.get(line.line) ?? 0);
        if (line.sku !== sku || line.lot !== lot || part === 0) continue;
        left.set(line.line, (left.get(line.line) ?? 0) - part);
        rest -= part;
        parts.push({ line: line.line, itemId: items.get(sku)?.id ?? 0, quantity: part });
      }
      return parts;
    }),
  }));
}

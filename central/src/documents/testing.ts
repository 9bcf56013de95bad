import { insertDocuments } from "../db/documents/insert.ts";
import { readDocuments } from "../db/documents/read.ts";
import type { Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { newReservationId } from "../reservations/id.ts";
import { type DocumentKind, kindOf } from "./kinds.ts";
import type { Document, LineRow } from "./model.ts";

export interface GivenLine {
  readonly sku: string;
  readonly quantity: number;
  readonly backordered?: number;
}

/** Writes a document as it stands, for tests of what comes after; nothing is held for it. */
export async function addDocument(
  pool: Pool,
  {
    id = newReservationId(),
    kind,
    site,
    toSite,
    state,
    lines,
  }: {
    readonly id?: string;
    readonly kind: DocumentKind;
    readonly site: string;
    readonly toSite?: string;
    readonly state?: string;
    readonly lines: readonly GivenLine[];
  },
): Promise<Document> {
  const siteId = await idOf(pool, "select id from site where code = $1", site);
  const toSiteId = toSite === undefined ? undefined : await idOf(pool, "select id from site where code = $1", toSite);
  const nothing = { lot: undefined, placeId: undefined, place: undefined, toPlaceId: undefined, toPlace: undefined };
  const rows: LineRow[] = [];
  for (const [index, { sku, quantity, backordered = 0 }] of lines.entries()) {
    const itemId = await idOf(pool, "select id from item where sku = $1", sku);
    const ids = { documentId: id, line: index + 1, siteId, toSiteId, itemId, sku, dueMs: undefined };
    rows.push({ ...ids, ...nothing, asked: quantity, quantity, backordered, picked: 0, done: 0, inspected: 0 });
  }
  const number = `${kindOf(kind).prefix}${id}`;
  const unknown = { partner: undefined, reference: undefined, reservationId: undefined, orderId: undefined };
  const names = { id, kind, number, siteId, site, toSiteId, toSite, state: state ?? kindOf(kind).machine.initial };
  const document = { ...names, ...unknown, dueMs: undefined, createdMs: Date.now(), lines: rows };
  await transaction(pool, client => insertDocuments(client, [document]));
  return documentOf(pool, id);
}

export async function documentOf(pool: Pool, id: string): Promise<Document> {
  const [document] = await readDocuments(pool, [id]);
  if (document === undefined) throw new Error(`there is no document ${id}`);
  return document;
}

async function idOf(pool: Pool, sql: string, name: string): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(sql, [name]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error(`there is no ${name}`);
  return id;
}

import type { DocumentKind } from "../../documents/kinds.ts";
import type { Document, DocumentRow, LineRow } from "../../documents/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

/** Locks documents in the order of their ids: behind sites, tags and exceptions, before reservations and levels. */
export async function lockDocuments(client: Client, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await client.query({
    name: "documents-lock",
    text: "select from document where id = any($1::text[]::uuid[]) order by id for update",
    values: [binaryArray.text(ids)],
  });
}

/** Documents with their lines, in the order of the ids asked for; what is missing does not exist. */
export async function readDocuments(db: Executor, ids: readonly string[]): Promise<readonly Document[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<Row>({
    name: "documents-read",
    text: `select document.id, kind, number, site_id, site.code as site, to_site_id, to_site.code as to_site, state, partner,
        reference, reservation_id, order_id, ${ms("due_at")} as due, ${ms("document.created_at")} as created,
        ${ms("updated_at")} as updated, ${ms("ended_at")} as ended, document.version
      from unnest($1::text[]) with ordinality as asked (id, position)
      join document on document.id = asked.id::uuid
      join site on site.id = site_id left join site to_site on to_site.id = to_site_id
      order by asked.position`,
    values: [binaryArray.text(ids)],
  });
  const lines = new Map<string, LineRow[]>(rows.map(row => [row.id, []]));
  for (const line of await readLines(db, ids)) lines.get(line.documentId)?.push(line);
  return rows.map(row => ({ ...toDocument(row), lines: lines.get(row.id) ?? [] }));
}

async function readLines(db: Executor, ids: readonly string[]): Promise<readonly LineRow[]> {
  const { rows } = await db.query<LineColumns>({
    name: "documents-read-lines",
    text: `select document_id, line, document_line.site_id, to_site_id, item_id, item.sku, asked, quantity, backordered, lot,
        place_id, place.code as place, to_place_id, to_place.code as to_place, picked, done, inspected, ${ms("due_at")} as due
      from document_line join item on item.id = item_id
      left join place on place.id = place_id left join place to_place on to_place.id = to_place_id
      where document_id = any($1::text[]::uuid[]) order by document_id, line`,
    values: [binaryArray.text(ids)],
  });
  return rows.map(toLine);
}

interface Row {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly number: string;
  readonly site_id: number;
  readonly site: string;
  readonly to_site_id: number | null;
  readonly to_site: string | null;
  readonly state: string;
  readonly partner: string | null;
  readonly reference: string | null;
  readonly reservation_id: string | null;
  readonly order_id: string | null;
  readonly due: number | null;
  readonly created: number;
  readonly updated: number;
  readonly ended: number | null;
  readonly version: number;
}

interface LineColumns {
  readonly document_id: string;
  readonly line: number;
  readonly site_id: number;
  readonly to_site_id: number | null;
  readonly item_id: number;
  readonly sku: string;
  readonly asked: number;
  readonly quantity: number;
  readonly backordered: number;
  readonly lot: string | null;
  readonly place_id: number | null;
  readonly place: string | null;
  readonly to_place_id: number | null;
  readonly to_place: string | null;
  readonly picked: number;
  readonly done: number;
  readonly inspected: number;
  readonly due: number | null;
}

function toDocument(row: Row): DocumentRow {
  const { id, kind, number, state, version, site } = row;
  return {
    id,
    kind,
    number,
    siteId: row.site_id,
    site,
    toSiteId: row.to_site_id ?? undefined,
    toSite: row.to_site ?? undefined,
    state,
    partner: row.partner ?? undefined,
    reference: row.reference ?? undefined,
    reservationId: row.reservation_id ?? undefined,
    orderId: row.order_id ?? undefined,
    dueMs: row.due ?? undefined,
    createdMs: row.created,
    updatedMs: row.updated,
    endedMs: row.ended ?? undefined,
    version,
  };
}

function toLine(row: LineColumns): LineRow {
  const { line, sku, asked, quantity, backordered, picked, done, inspected } = row;
  return {
    documentId: row.document_id,
    line,
    siteId: row.site_id,
    toSiteId: row.to_site_id ?? undefined,
    itemId: row.item_id,
    sku,
    asked,
    quantity,
    backordered,
    lot: row.lot ?? undefined,
    placeId: row.place_id ?? undefined,
    place: row.place ?? undefined,
    toPlaceId: row.to_place_id ?? undefined,
    toPlace: row.to_place ?? undefined,
    picked,
    done,
    inspected,
    dueMs: row.due ?? undefined,
  };
}

function ms(column: string): string {
  return `floor(extract(epoch from ${column}) * 1000)::bigint`;
}

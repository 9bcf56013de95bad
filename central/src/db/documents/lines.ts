import type { DocumentKind } from "../../documents/kinds.ts";
import type { LineRow } from "../../documents/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** A locked document waits for stock no more. */
export async function stopWaiting(client: Client, documentId: string): Promise<void> {
  await client.query({
    name: "documents-stop-waiting",
    text: "update document_line set backordered = 0 where document_id = $1 and backordered > 0",
    values: [documentId],
  });
}

/** Lines of locked documents that stock was found for. */
export async function reduceBackordered(
  client: Client,
  lines: readonly { readonly documentId: string; readonly line: number; readonly by: number }[],
): Promise<void> {
  if (lines.length === 0) return;
  await client.query({
    name: "documents-reduce-backordered",
    text: `update document_line as line set backordered = backordered - held.by
      from unnest($1::text[], $2::integer[], $3::bigint[]) as held (document_id, line, by)
      where line.document_id = held.document_id::uuid and line.line = held.line`,
    values: [
      binaryArray.text(lines.map(({ documentId }) => documentId)),
      binaryArray.integer(lines.map(({ line }) => line)),
      binaryArray.bigint(lines.map(({ by }) => by)),
    ],
  });
}

/** Locked documents are held for by these reservations from now on. */
export async function writeReservations(
  client: Client,
  documents: readonly { readonly id: string; readonly reservationId: string | undefined }[],
): Promise<void> {
  if (documents.length === 0) return;
  await client.query({
    name: "documents-write-reservations",
    text: `update document set reservation_id = held.reservation_id::uuid
      from unnest($1::text[], $2::text[]) as held (id, reservation_id) where document.id = held.id::uuid`,
    values: [
      binaryArray.text(documents.map(({ id }) => id)),
      binaryArray.text(documents.map(({ reservationId }) => reservationId)),
    ],
  });
}

/** Writes what is expected of lines of a locked document, adding those that it does not have. */
export async function writeLines(client: Client, kind: DocumentKind, lines: readonly LineRow[]): Promise<void> {
  await client.query({
    name: "documents-write-lines",
    text: `insert into document_line (kind, document_id, line, site_id, to_site_id, item_id, asked, quantity, backordered, lot,
        place_id, to_place_id, due_at)
      select $13, document_id::uuid, line, site_id, to_site_id, item_id, asked, quantity, backordered, lot, place_id, to_place_id,
        due_at
      from unnest($1::text[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::bigint[], $7::bigint[], $8::bigint[],
        $9::text[], $10::integer[], $11::integer[], $12::timestamptz[])
        as now (document_id, line, site_id, to_site_id, item_id, asked, quantity, backordered, lot, place_id, to_place_id, due_at)
      on conflict (document_id, line) do update set quantity = excluded.quantity, backordered = excluded.backordered,
        lot = excluded.lot, place_id = excluded.place_id, to_place_id = excluded.to_place_id, due_at = excluded.due_at`,
    values: [...lineValues(lines), kind],
  });
}

/** What is written of each line, as arrays, from the document's id to the time when it is due. */
export function lineValues(lines: readonly LineRow[]) {
  return [
    binaryArray.text(lines.map(line => line.documentId)),
    binaryArray.integer(lines.map(line => line.line)),
    binaryArray.integer(lines.map(line => line.siteId)),
    binaryArray.integer(lines.map(line => line.toSiteId)),
    binaryArray.integer(lines.map(line => line.itemId)),
    binaryArray.bigint(lines.map(line => line.asked)),
    binaryArray.bigint(lines.map(line => line.quantity)),
    binaryArray.bigint(lines.map(line => line.backordered)),
    binaryArray.text(lines.map(line => line.lot)),
    binaryArray.integer(lines.map(line => line.placeId)),
    binaryArray.integer(lines.map(line => line.toPlaceId)),
    binaryArray.timestamptz(lines.map(line => line.dueMs)),
  ];
}

/** Writes what a caller may change of a locked document besides its lines. */
export async function writeDetails(
  client: Client,
  details: {
    readonly id: string;
    readonly partner: string | undefined;
    readonly reference: string | undefined;
    readonly dueMs: number | undefined;
  },
): Promise<void> {
  const { id, partner, reference, dueMs } = details;
  await client.query({
    name: "documents-write-details",
    text: `update document set partner = $2, reference = $3, due_at = to_timestamp($4::float8 / 1000) where id = $1`,
    values: [id, partner ?? null, reference ?? null, dueMs ?? null],
  });
}

import type { NewDocument } from "../../documents/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";
import { Outdated } from "../transaction.ts";
import { lineValues } from "./lines.ts";

/**
 * Writes new documents with their lines, in one statement. Throws `Outdated` when another process has taken one of the numbers since
 * they were looked at: the next try finds it. Numbers are written in order, by those who have all their other locks but those of
 * kept answers: nobody waits in a circle.
 */
export async function insertDocuments(client: Client, documents: readonly NewDocument[]): Promise<void> {
  if (documents.length === 0) return;
  const { rowCount } = await client.query({
    name: "documents-insert",
    text,
    values: [
      ...documentValues(documents),
      ...lineValues(documents.flatMap(({ lines }) => lines)),
      binaryArray.text(documents.flatMap(({ kind, lines }) => lines.map(() => kind))),
    ],
  });
  if (rowCount !== documents.length) throw new Outdated("another process has taken the number of a document");
}

const text = `with line as (
    insert into document_line (document_id, line, site_id, to_site_id, item_id, asked, quantity, backordered, lot, place_id,
      to_place_id, due_at, open, kind)
    select document_id::uuid, line, site_id, to_site_id, item_id, asked, quantity, backordered, lot, place_id, to_place_id, due_at,
      quantity > 0, kind
    from unnest($13::text[], $14::integer[], $15::integer[], $16::integer[], $17::integer[], $18::bigint[], $19::bigint[],
      $20::bigint[], $21::text[], $22::integer[], $23::integer[], $24::timestamptz[], $25::text[])
      as new (document_id, line, site_id, to_site_id, item_id, asked, quantity, backordered, lot, place_id, to_place_id, due_at, kind)
  )
  insert into document (id, kind, number, site_id, to_site_id, state, partner, reference, reservation_id, order_id, due_at,
    created_at, updated_at)
  select id::uuid, kind, number, site_id, to_site_id, state, partner, reference, reservation_id::uuid, order_id::uuid, due_at,
    created_at, created_at
  from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::timestamptz[], $12::timestamptz[])
    as new (id, kind, number, site_id, to_site_id, state, partner, reference, reservation_id, order_id, due_at, created_at)
  order by kind, number
  on conflict (kind, number) do nothing`;

function documentValues(documents: readonly NewDocument[]) {
  return [
    binaryArray.text(documents.map(one => one.id)),
    binaryArray.text(documents.map(one => one.kind)),
    binaryArray.text(documents.map(one => one.number)),
    binaryArray.integer(documents.map(one => one.siteId)),
    binaryArray.integer(documents.map(one => one.toSiteId)),
    binaryArray.text(documents.map(one => one.state)),
    binaryArray.text(documents.map(one => one.partner)),
    binaryArray.text(documents.map(one => one.reference)),
    binaryArray.text(documents.map(one => one.reservationId)),
    binaryArray.text(documents.map(one => one.orderId)),
    binaryArray.timestamptz(documents.map(one => one.dueMs)),
    binaryArray.timestamptz(documents.map(one => one.createdMs)),
  ];
}

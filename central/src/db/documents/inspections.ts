import type { InspectionResult } from "../../documents/inspect.ts";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { rfc3339 } from "../queries/sql.ts";

export interface InspectionRow {
  readonly documentId: string;
  readonly line: number;
  readonly quantity: number;
  readonly result: InspectionResult;
  readonly reason: string | undefined;
  readonly actor: string;
  readonly epochId: number;
  readonly seq: number;
}

/** Writes down what was decided of goods. */
export async function insertInspections(client: Client, rows: readonly InspectionRow[]): Promise<void> {
  await client.query({
    name: "documents-insert-inspections",
    text: `insert into document_inspection (document_id, line, quantity, result, reason, actor, epoch_id, seq)
      select document_id::uuid, line, quantity, result, reason, actor, epoch_id, seq
      from unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::bigint[])
        as new (document_id, line, quantity, result, reason, actor, epoch_id, seq)`,
    values: [
      binaryArray.text(rows.map(({ documentId }) => documentId)),
      binaryArray.integer(rows.map(({ line }) => line)),
      binaryArray.bigint(rows.map(({ quantity }) => quantity)),
      binaryArray.text(rows.map(({ result }) => result)),
      binaryArray.text(rows.map(({ reason }) => reason)),
      binaryArray.text(rows.map(({ actor }) => actor)),
      binaryArray.integer(rows.map(({ epochId }) => epochId)),
      binaryArray.bigint(rows.map(({ seq }) => seq)),
    ],
  });
}

/** Raises what was decided of lines of a locked document. */
export async function raiseInspected(
  client: Client,
  documentId: string,
  lines: readonly { readonly line: number; readonly quantity: number }[],
): Promise<void> {
  await client.query({
    name: "documents-raise-inspected",
    text: `update document_line set inspected = inspected + raised.quantity
      from (select line, sum(quantity) as quantity from unnest($2::integer[], $3::bigint[]) as part (line, quantity) group by 1) raised
      where document_id = $1 and document_line.line = raised.line`,
    values: [
      documentId,
      binaryArray.integer(lines.map(({ line }) => line)),
      binaryArray.bigint(lines.map(({ quantity }) => quantity)),
    ],
  });
}

/** What was decided of a return, in its order. */
export async function readInspections(db: Executor, documentId: string) {
  const { rows } = await db.query<{
    line: number;
    quantity: number;
    result: InspectionResult;
    reason: string | null;
    actor: string;
    time: string;
  }>({
    name: "documents-read-inspections",
    text: `select line, quantity, result, reason, actor, ${rfc3339("time")} as time from document_inspection
      where document_id = $1 order by id`,
    values: [documentId],
  });
  return rows;
}

/** How much of each item of an order has come back, or is on its way, by the returns of it; the order is locked. */
export async function readReturned(client: Client, orderId: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<[number, number]>({
    name: "documents-read-returned",
    text: `select item_id, sum(case when document.ended_at is null then greatest(quantity, done) else done end)::bigint
      from document join document_line on document_id = document.id
      where order_id = $1 and document.kind = 'return' and state <> 'cancelled' group by 1`,
    values: [orderId],
    rowMode: "array",
  });
  return new Map(rows);
}

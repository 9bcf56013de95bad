import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { Outdated } from "../transaction.ts";

/** A logistic unit of a notice, and what is in it. */
export interface UnitRow {
  readonly documentId: string;
  readonly code: string;
  readonly contents: readonly { readonly line: number; readonly itemId: number; readonly quantity: number }[];
}

/** Which of these units open notices announce. */
export async function readOpenUnits(
  db: Executor,
  codes: readonly string[],
): Promise<readonly { readonly code: string; readonly number: string }[]> {
  if (codes.length === 0) return [];
  const { rows } = await db.query<{ code: string; number: string }>({
    name: "documents-read-open-units",
    text: `select unit.code, document.number from document_unit unit join document on document.id = unit.document_id
      where unit.open and unit.code = any($1::text[]) order by unit.code`,
    values: [binaryArray.text(codes)],
  });
  return rows;
}

/** Writes the units of a new notice. Throws `Outdated` when another one has announced one of them since: the next try finds it. */
export async function insertUnits(client: Client, units: readonly UnitRow[]): Promise<void> {
  if (units.length === 0) return;
  const contents = units.flatMap(({ documentId, code, contents }) =>
    contents.map((each, index) => ({ documentId, code, position: index + 1, ...each })),
  );
  const { rowCount } = await client.query({
    name: "documents-insert-units",
    text: `with content as (
        insert into document_unit_content (document_id, code, position, line, item_id, quantity)
        select document_id::uuid, code, position, line, item_id, quantity
        from unnest($3::text[], $4::text[], $5::integer[], $6::integer[], $7::integer[], $8::bigint[])
          as new (document_id, code, position, line, item_id, quantity)
      )
      insert into document_unit (document_id, code)
      select document_id::uuid, code from unnest($1::text[], $2::text[]) as new (document_id, code) order by code
      on conflict (code) where open do nothing`,
    values: [
      binaryArray.text(units.map(({ documentId }) => documentId)),
      binaryArray.text(units.map(({ code }) => code)),
      binaryArray.text(contents.map(({ documentId }) => documentId)),
      binaryArray.text(contents.map(({ code }) => code)),
      binaryArray.integer(contents.map(({ position }) => position)),
      binaryArray.integer(contents.map(({ line }) => line)),
      binaryArray.integer(contents.map(({ itemId }) => itemId)),
      binaryArray.bigint(contents.map(({ quantity }) => quantity)),
    ],
  });
  if (rowCount !== units.length) throw new Outdated("another notice has announced one of the units");
}

/** The units of a document with what is in them, by their codes. */
export async function readUnits(db: Executor, documentId: string) {
  const { rows } = await db.query<{ code: string; sku: string | null; quantity: number | null }>({
    name: "documents-read-units",
    text: `select unit.code, item.sku, content.quantity from document_unit unit
      left join document_unit_content content on content.document_id = unit.document_id and content.code = unit.code
      left join item on item.id = content.item_id
      where unit.document_id = $1 order by unit.code, content.position`,
    values: [documentId],
  });
  const units = new Map<string, { sku: string; quantity: number }[]>();
  for (const { code, sku, quantity } of rows) {
    const contents = units.get(code) ?? [];
    units.set(code, contents);
    if (sku !== null && quantity !== null) contents.push({ sku, quantity });
  }
  return [...units].map(([code, contents]) => ({ sscc: code.slice(4), contents }));
}

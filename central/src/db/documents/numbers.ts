import type { DocumentKind } from "../../documents/kinds.ts";
import { binaryArray } from "../binary.ts";
import type { Executor } from "../pool.ts";

export interface DocumentNumber {
  readonly kind: DocumentKind;
  readonly number: string;
}

/** Which of these numbers documents have, with their ids. */
export async function readTakenNumbers(
  db: Executor,
  numbers: readonly DocumentNumber[],
): Promise<readonly (DocumentNumber & { readonly id: string })[]> {
  if (numbers.length === 0) return [];
  const { rows } = await db.query<DocumentNumber & { readonly id: string }>({
    name: "documents-read-taken-numbers",
    text: `select kind, number, id from unnest($1::text[], $2::text[]) as wanted (kind, number) join document using (kind, number)`,
    values: [binaryArray.text(numbers.map(({ kind }) => kind)), binaryArray.text(numbers.map(({ number }) => number))],
  });
  return rows;
}

/** Further numbers of ours. Some are never used: a gap says nothing. */
export async function takeNumbers(db: Executor, count: number): Promise<readonly string[]> {
  if (count === 0) return [];
  const { rows } = await db.query<{ number: string }>({
    name: "documents-take-numbers",
    text: "select lpad(nextval('document_number')::text, 6, '0') as number from generate_series(1, $1)",
    values: [count],
  });
  return rows.map(row => row.number);
}

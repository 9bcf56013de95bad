import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** A movement, or a part of it, that carried out a line. */
export interface MatchRow {
  readonly documentId: string;
  readonly line: number;
  readonly step: "picked" | "done";
  /** Below 0 where a movement was taken back. */
  readonly quantity: number;
  readonly epochId: number;
  readonly seq: number;
  readonly listId?: string | undefined;
  readonly why: string;
  readonly eventTimeMs: number;
}

/**
 * Writes matches and raises their lines by them, whose documents are locked. A match that is there already changes nothing. What has
 * left its shelf waits for stock no more, and what was taken back waits for it again, where something is held for the document.
 *
 * @returns the documents whose lines were raised
 */
export async function insertMatches(client: Client, matches: readonly MatchRow[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ document_id: string }>({
    name: "documents-insert-matches",
    text: `with added as (
        insert into document_match (epoch_id, seq, document_id, line, step, list_id, quantity, why, event_time)
        select epoch_id, seq, document_id::uuid, line, step, list_id::uuid, quantity, why, event_time
        from unnest($1::integer[], $2::bigint[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::bigint[], $8::text[],
          $9::timestamptz[]) as match (epoch_id, seq, document_id, line, step, list_id, quantity, why, event_time)
        order by epoch_id, seq, document_id, line, step
        on conflict do nothing returning document_id, line, step, quantity
      ), raised as (
        select document_id, line, coalesce(sum(quantity) filter (where step = 'picked'), 0) as picked,
          coalesce(sum(quantity) filter (where step = 'done'), 0) as done
        from added group by 1, 2
      ), leaving as (
        select old.document_id, old.line, raised.picked, raised.done,
          greatest(0, old.quantity - greatest(old.picked, old.done)) as before,
          greatest(0, old.quantity - greatest(old.picked + raised.picked, old.done + raised.done)) as after
        from raised join document_line old using (document_id, line)
      )
      update document_line as line set picked = line.picked + leaving.picked, done = line.done + leaving.done,
        backordered = case when document.kind not in ('order', 'transfer') or document.state in ('closed', 'cancelled') then 0
          else least(line.backordered + greatest(0, leaving.after - leaving.before), leaving.after) end
      from leaving join document on document.id = leaving.document_id
      where line.document_id = leaving.document_id and line.line = leaving.line
      returning line.document_id`,
    values: [
      binaryArray.integer(matches.map(match => match.epochId)),
      binaryArray.bigint(matches.map(match => match.seq)),
      binaryArray.text(matches.map(match => match.documentId)),
      binaryArray.integer(matches.map(match => match.line)),
      binaryArray.text(matches.map(match => match.step)),
      binaryArray.text(matches.map(match => match.listId)),
      binaryArray.bigint(matches.map(match => match.quantity)),
      binaryArray.text(matches.map(match => match.why)),
      binaryArray.timestamptz(matches.map(match => match.eventTimeMs)),
    ],
  });
  return [...new Set(rows.map(row => row.document_id))].sort();
}

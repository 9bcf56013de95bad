import { movementsBetween } from "../ledger/months.ts";
import type { Executor } from "../pool.ts";

/** An epoch with committed movements beyond where the projector stands. */
export interface LaggingEpoch {
  readonly epoch_id: number;
  readonly after_seq: number;
  readonly cursor_seq: number;
}

/** Epochs that the projector has not drawn up to their cursors, the oldest first; among `epochs` only, where they are given. */
export async function readLaggingEpochs(
  db: Executor,
  {
    projector,
    epochs,
    limit,
  }: { readonly projector: string; readonly epochs?: readonly string[]; readonly limit: number },
): Promise<LaggingEpoch[]> {
  const { rows } = await db.query<LaggingEpoch>(
    `select e.id as epoch_id, coalesce(c.seq, 0) as after_seq, e.cursor_seq
     from epoch e left join projector_cursor c on c.projector = $1 and c.epoch_id = e.id
     where e.cursor_seq > coalesce(c.seq, 0) and ($2::text[] is null or e.code = any($2))
     order by e.id limit $3`,
    [projector, epochs ?? null, limit],
  );
  return rows;
}

/** What a point is made of. Only what never changes: the same row gives the same point for ever. */
export interface ProjectedRow {
  readonly epoch_id: number;
  readonly seq: number;
  readonly site: string;
  readonly biz_step: string;
  readonly from: string;
  readonly to: string;
  readonly item_id: number | null;
  readonly sku: string | null;
  readonly quantity: number;
  readonly event_time_ms: number;
}

/** The next rows of each of these epochs, in their order, up to its cursor and at most `perEpoch`. */
export async function readProjectedRows(
  db: Executor,
  epochs: readonly LaggingEpoch[],
  perEpoch: number,
): Promise<ProjectedRow[]> {
  const { rows } = await db.query<ProjectedRow>(
    `select m.epoch_id, m.seq, site.code as site, m.biz_step, m.from_account as from, m.to_account as to,
       coalesce(m.item_id, pack.item_id) as item_id, i.sku, coalesce(pack.quantity, m.quantity) as quantity, floor(extract(epoch from m.event_time) * 1000)::bigint as event_time_ms
     from unnest($1::integer[], $2::bigint[], $3::bigint[]) as w (epoch_id, after_seq, cursor_seq)
     cross join lateral ${movementsBetween({ epoch: "w.epoch_id", after: "w.after_seq", upto: "w.cursor_seq" }, "order by seq limit $4")} m
     join site on site.id = m.site_id
     left join lateral (
       select item_id, quantity from further_posting f
       where m.item_id is null and f.epoch_id = m.epoch_id and f.seq = m.seq and f.why = 'pack' limit 1
     ) pack on true
     left join item i on i.id = coalesce(m.item_id, pack.item_id)
     order by m.epoch_id, m.seq`,
    [
      epochs.map(epoch => epoch.epoch_id),
      epochs.map(epoch => epoch.after_seq),
      epochs.map(epoch => epoch.cursor_seq),
      perEpoch,
    ],
  );
  return rows;
}

export interface CursorMove {
  readonly epoch_id: number;
  readonly from_seq: number;
  readonly to_seq: number;
}

/** Gives epochs that have none a cursor at their beginning. */
export async function addCursors(db: Executor, projector: string, epochIds: readonly number[]): Promise<void> {
  await db.query(
    `insert into projector_cursor (projector, epoch_id, seq) select $1, epoch_id, 0 from unnest($2::integer[]) as e (epoch_id)
     on conflict (projector, epoch_id) do nothing`,
    [projector, epochIds],
  );
}

/**
 * Moves cursors that still stand where they were read. One that was moved or deleted meanwhile stays as it is: its rows are
 * drawn again, as the same points.
 */
export async function moveCursors(db: Executor, projector: string, moves: readonly CursorMove[]): Promise<void> {
  await db.query(
    `update projector_cursor c set seq = move.to_seq
     from unnest($2::integer[], $3::bigint[], $4::bigint[]) as move (epoch_id, from_seq, to_seq)
     where c.projector = $1 and c.epoch_id = move.epoch_id and c.seq = move.from_seq`,
    [projector, moves.map(m => m.epoch_id), moves.map(m => m.from_seq), moves.map(m => m.to_seq)],
  );
}

/** Lets a projector begin at the first movement again; gives how many epochs it will draw anew. */
export async function deleteCursors(db: Executor, projector: string): Promise<number> {
  const { rowCount } = await db.query("delete from projector_cursor where projector = $1", [projector]);
  return rowCount ?? 0;
}

import type { Cursor, Epoch } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { Outdated } from "../transaction.ts";

/** Movements of one epoch that are yet to be followed: those after `after`, up to `upto`. */
export interface Stretch {
  readonly epochId: number;
  readonly siteId: number;
  readonly after: number;
  readonly upto: number;
}

/** A movement that was posted after it was recorded. */
export interface LaterMovement {
  readonly id: number;
  readonly siteId: number;
  readonly epochId: number;
  readonly seq: number;
}

/**
 * The next movements of all epochs in the order in which they were recorded, about `count` of them, and when the last was recorded. The
 * rows of one site are recorded in the order of its commits, so what a movement takes back was followed before it.
 */
export async function readStretches(
  db: Executor,
  count: number,
): Promise<{
  readonly stretches: readonly Stretch[];
  readonly recordedMs: number | undefined;
  readonly more: boolean;
}> {
  const { rows } = await db.query<{
    epoch_id: number;
    site_id: number;
    after: number;
    upto: number;
    recorded: number | null;
    more: boolean;
  }>({
    name: "follow-read-stretches",
    text: `with lagging as materialized (
        select e.id, e.site_id, coalesce(c.seq, 0) as after, e.cursor_seq
        from epoch e left join follow_cursor c on c.epoch_id = e.id where e.cursor_seq > coalesce(c.seq, 0)
      ), beginning as materialized (
        select min(first.record_time) as at from lagging
        cross join lateral movement_at(lagging.id, lagging.after + 1) first
      ), bound as materialized (
        select record_time as at from movement where record_time >= (select at from beginning)
        order by record_time offset $1 limit 1
      ), reached as materialized (
        select epoch_id, max(seq) as seq from movement
        where record_time >= (select at from beginning) and record_time <= (select at from bound) group by epoch_id
      )
      select lagging.id as epoch_id, lagging.site_id, lagging.after,
        case when exists (select from bound) then least(reached.seq, lagging.cursor_seq) else lagging.cursor_seq end as upto,
        (extract(epoch from coalesce((select at from bound), (select max(last.record_time) from lagging l cross join lateral
          movement_at(l.id, l.cursor_seq) last))) * 1000)::float8 as recorded,
        exists (select from bound) as more
      from lagging left join reached on reached.epoch_id = lagging.id
      where not exists (select from bound) or reached.seq > lagging.after
      order by lagging.id`,
    values: [count],
  });
  const stretches = rows.map(({ epoch_id, site_id, after, upto }) => ({
    epochId: epoch_id,
    siteId: site_id,
    after,
    upto,
  }));
  return { stretches, recordedMs: rows[0]?.recorded ?? undefined, more: rows[0]?.more ?? false };
}

/**
 * Moves the cursors, before anything else is done in the transaction: of two processes that follow the same movements, the second
 * finds here that it was done. Throws `Outdated` then.
 */
export async function moveCursors(client: Client, stretches: readonly Stretch[]): Promise<void> {
  if (stretches.length === 0) return;
  const epochIds = binaryArray.integer(stretches.map(stretch => stretch.epochId));
  await client.query({
    name: "follow-add-cursors",
    text: `insert into follow_cursor (epoch_id, seq) select epoch_id, 0 from unnest($1::integer[]) as epoch (epoch_id) order by 1
      on conflict do nothing`,
    values: [epochIds],
  });
  const { rowCount } = await client.query({
    name: "follow-move-cursors",
    text: `update follow_cursor as cursor set seq = stretch.upto
      from unnest($1::integer[], $2::bigint[], $3::bigint[]) as stretch (epoch_id, after, upto)
      where cursor.epoch_id = stretch.epoch_id and cursor.seq = stretch.after`,
    values: [
      epochIds,
      binaryArray.bigint(stretches.map(stretch => stretch.after)),
      binaryArray.bigint(stretches.map(stretch => stretch.upto)),
    ],
  });
  if (rowCount !== stretches.length) throw new Outdated("another process has followed these movements");
}

export async function readLater(db: Executor, limit: number): Promise<readonly LaterMovement[]> {
  const { rows } = await db.query<{ id: number; site_id: number; epoch_id: number; seq: number }>({
    name: "follow-read-later",
    text: `select later.id, site_id, epoch_id, seq from follow_later later join epoch on epoch.id = epoch_id
      order by later.id limit $1`,
    values: [limit],
  });
  return rows.map(({ id, site_id, epoch_id, seq }) => ({ id, siteId: site_id, epochId: epoch_id, seq }));
}

/** Takes movements off the queue, first of all, as {@link moveCursors} does with the others. */
export async function takeLater(client: Client, later: readonly LaterMovement[]): Promise<void> {
  if (later.length === 0) return;
  const { rowCount } = await client.query({
    name: "follow-take-later",
    text: "delete from follow_later where id = any($1::bigint[])",
    values: [binaryArray.bigint(later.map(({ id }) => id))],
  });
  if (rowCount !== later.length) throw new Outdated("another process has followed these movements");
}

/** Lets movements be followed that are posted now, in the transaction that posts them. */
export async function queueLater(
  client: Client,
  movements: readonly { readonly epochId: number; readonly seq: number }[],
): Promise<void> {
  if (movements.length === 0) return;
  await client.query({
    name: "follow-queue-later",
    text: "insert into follow_later (epoch_id, seq) select * from unnest($1::integer[], $2::bigint[])",
    values: [
      binaryArray.integer(movements.map(({ epochId }) => epochId)),
      binaryArray.bigint(movements.map(({ seq }) => seq)),
    ],
  });
}

/** How far the movements of a site's epochs were followed; one that nobody has followed is at 0. */
export async function readFollowed(
  db: Executor,
  { site, epochs }: { readonly site: string; readonly epochs: readonly Epoch[] },
): Promise<readonly Cursor[]> {
  const { rows } = await db.query<Cursor>({
    name: "follow-read-followed",
    text: `select asked.code as epoch, coalesce(cursor.seq, 0) as seq
      from unnest($2::text[]) as asked (code)
      left join epoch on epoch.code = asked.code and epoch.site_id = (select id from site where code = $1)
      left join follow_cursor as cursor on cursor.epoch_id = epoch.id`,
    values: [site, binaryArray.text(epochs)],
  });
  return rows;
}

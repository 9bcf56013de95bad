import type { Executor } from "../pool.ts";

/**
 * SQL, for a lateral join: an epoch's movements behind one sequence, up to another. Months that were over before are not asked; `epoch_month`
 * says which. There is no upper bound of time, since with two the planner takes the index by record time for as good as the one by
 * sequence. `end` keeps the statement apart from what asks, so that the bound is known before the months are read.
 */
export function movementsBetween(
  { epoch, after, upto }: { readonly epoch: string; readonly after: string; readonly upto: string },
  end = "offset 0",
): string {
  return `(
    select * from movement where epoch_id = ${epoch} and seq > ${after} and seq <= ${upto} and record_time >= (
      select min(since) from epoch_month where epoch_id = ${epoch} and first_seq <= ${upto} and first_seq >= coalesce((
        select first_seq from epoch_month where epoch_id = ${epoch} and first_seq <= ${after} + 1 order by first_seq desc limit 1
      ), 0)
    ) ${end}
  )`;
}

/** {@link movementsBetween} of a row named `stretch`. */
export const movementsOfStretch = movementsBetween({
  epoch: "stretch.epoch_id",
  after: "stretch.after",
  upto: "stretch.upto",
});

/** Makes the ledger's partitions of this month and of so many after it, where they are not there yet. */
export async function makeMonths(db: Executor, ahead: number): Promise<void> {
  await db.query({
    name: "ledger-make-months",
    text: `select movement_partition((date_trunc('month', record_clock() at time zone 'UTC') + n * interval '1 month') at time zone 'UTC')
      from generate_series(0, $1::integer) n`,
    values: [ahead],
  });
}

/** How many months the ledger has, and how many locks PostgreSQL has for each connection. */
export async function readLocks(db: Executor): Promise<{ readonly months: number; readonly locks: number }> {
  const { rows } = await db.query<{ months: number; locks: number }>({
    name: "ledger-read-locks",
    text: `select count(*) as months, current_setting('max_locks_per_transaction')::integer as locks
      from pg_inherits where inhparent = 'movement'::regclass`,
  });
  return rows[0] ?? { months: 0, locks: 0 };
}

import type { Pool } from "./pool.ts";

/** Gives an empty ledger partitions for so many months from `first` on, as `2026-07-01`, in place of the one that it begins with. */
export async function openMonthsFrom(pool: Pool, first: string, count: number): Promise<void> {
  for (const name of await monthsOf(pool)) await pool.query(`drop table ${name}`);
  await pool.query(
    `select movement_partition(($1::date::timestamp + n * interval '1 month') at time zone 'UTC') from generate_series(0, $2::integer - 1) n`,
    [first, count],
  );
}

/** Lets PostgreSQL record at another time than it is: `clock` is SQL. In this database alone, until it is called again. */
export async function setRecordClock(pool: Pool, clock: string): Promise<void> {
  await pool.query(
    `create or replace function record_clock() returns timestamptz language sql volatile as $$ select ${clock} $$`,
  );
}

/** The ledger's partitions, by name. */
export async function monthsOf(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'movement'::regclass order by 1",
  );
  return rows.map(({ name }) => name);
}

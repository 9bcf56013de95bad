import type { Pool } from "../db/pool.ts";

/**
 * All rows of all tables, table by table, each as a count and a sum over what is in the rows: whoever changes, adds or takes away a row
 * changes it.
 */
export async function openFingerprint(pool: Pool): Promise<() => Promise<Readonly<Record<string, string>>>> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where nspname = 'public' and relkind in ('r', 'p') and not relispartition order by 1`,
  );
  const sums = rows.map(
    ({ name }) =>
      `select '${name}' as name, count(*) || ' ' || coalesce(sum(hashtextextended(line::text, 0)), 0) as print from "${name}" line`,
  );
  return async () => {
    const found = await pool.query<{ name: string; print: string }>(sums.join(" union all "));
    return Object.fromEntries(found.rows.map(({ name, print }) => [name, print]));
  };
}

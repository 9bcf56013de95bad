import type { ClientBase } from "pg";

/** The class of the advisory locks of partitions; the partition's number is the key in it. */
const lockClass = 20_011;

/** Says that a central process lives, forgets those that do not, and gives the count of those that do. */
export async function beat(
  client: ClientBase,
  { id, deadMs }: { readonly id: string; readonly deadMs: number },
): Promise<number> {
  await client.query(
    `insert into central_process (id) values ($1) on conflict (id) do update set seen_at = clock_timestamp()`,
    [id],
  );
  const { rows } = await client.query<{ living: number }>(
    `with dead as (delete from central_process where seen_at < clock_timestamp() - $1 * interval '1 ms')
     select count(*) as living from central_process where seen_at >= clock_timestamp() - $1 * interval '1 ms'`,
    [deadMs],
  );
  return rows[0]?.living ?? 1;
}

export async function leave(client: ClientBase, id: string): Promise<void> {
  await client.query("delete from central_process where id = $1", [id]);
}

export async function lockPartition(client: ClientBase, partition: number): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1, $2) as locked", [
    lockClass,
    partition,
  ]);
  return rows[0]?.locked ?? false;
}

export async function unlockPartition(client: ClientBase, partition: number): Promise<void> {
  await client.query("select pg_advisory_unlock($1, $2)", [lockClass, partition]);
}

import type { ClientBase } from "pg";

/** The classes of the advisory locks of what one process of all does; the key in the class says which of them. */
export const leaseClasses = { emitter: 20_013, webhook: 20_014 } as const;

export async function tryLease(client: ClientBase, leaseClass: number, key: number): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1, $2) as locked", [
    leaseClass,
    key,
  ]);
  return rows[0]?.locked ?? false;
}

export async function endLease(client: ClientBase, leaseClass: number, key: number): Promise<void> {
  await client.query("select pg_advisory_unlock($1, $2)", [leaseClass, key]);
}

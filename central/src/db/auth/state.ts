import type { Executor } from "../pool.ts";

/** A number that grows with whatever may make a caller's answer another one. */
export async function readAccessRevision(db: Executor): Promise<number> {
  const { rows } = await db.query<{ revision: number }>({
    name: "auth-read-revision",
    text: "select revision from access_state",
  });
  const revision = rows[0]?.revision;
  if (revision === undefined) throw new Error("the table access_state has lost its only row");
  return revision;
}

import type { GrantRow } from "../../auth/grants.ts";
import type { Executor } from "../pool.ts";

export interface SessionRow {
  readonly name: string;
  readonly disabled: boolean;
  readonly grants: readonly GrantRow[];
  readonly created_ms: number;
  readonly used_ms: number;
}

export async function insertSession(
  db: Executor,
  {
    tokenHash,
    principalId,
    nowMs,
  }: { readonly tokenHash: Buffer; readonly principalId: number; readonly nowMs: number },
): Promise<void> {
  const now = new Date(nowMs);
  await db.query("insert into session (token_hash, principal_id, created_at, used_at) values ($1, $2, $3, $3)", [
    tokenHash,
    principalId,
    now,
  ]);
}

/** A session and whose it is. */
export async function readSession(db: Executor, tokenHash: Buffer): Promise<SessionRow | undefined> {
  const { rows } = await db.query<SessionRow>({
    name: "auth-read-session",
    text: `select p.name, p.disabled_at is not null as disabled,
        (select coalesce(json_agg(json_build_object('role', g.role, 'site', g.site)), '[]')
         from principal_grant g where g.principal_id = p.id) as grants,
        (extract(epoch from s.created_at) * 1000)::float8 as created_ms,
        (extract(epoch from s.used_at) * 1000)::float8 as used_ms
      from session s join principal p on p.id = s.principal_id where s.token_hash = $1`,
    values: [tokenHash],
  });
  return rows[0];
}

/** Notes that a session is used; one that ended meanwhile stays ended. */
export async function updateSessionUsed(db: Executor, tokenHash: Buffer, usedMs: number): Promise<void> {
  await db.query("update session set used_at = $2 where token_hash = $1 and used_at < $2", [
    tokenHash,
    new Date(usedMs),
  ]);
}

export async function deleteSession(db: Executor, tokenHash: Buffer): Promise<void> {
  await db.query("delete from session where token_hash = $1", [tokenHash]);
}

export async function deleteSessionsOf(db: Executor, principalId: number): Promise<void> {
  await db.query("delete from session where principal_id = $1", [principalId]);
}

/** Forgets sessions that were not used since, or began before; gives how many. */
export async function purgeSessions(
  db: Executor,
  { usedBeforeMs, createdBeforeMs }: { readonly usedBeforeMs: number; readonly createdBeforeMs: number },
): Promise<number> {
  const { rowCount } = await db.query("delete from session where used_at < $1 or created_at < $2", [
    new Date(usedBeforeMs),
    new Date(createdBeforeMs),
  ]);
  return rowCount ?? 0;
}

import type { Executor } from "../pool.ts";
import { rfc3339Ms } from "../queries/sql.ts";

/** How far the standing auditor is, and how its last full pass ended. */
export interface AuditState {
  readonly position: unknown;
  readonly checked: unknown;
  readonly faults: number;
  readonly pass_began_at: string | null;
  readonly last_pass_began_at: string | null;
  readonly last_pass_ended_at: string | null;
  readonly last_pass_checked: unknown;
  readonly last_pass_faults: number | null;
  /** Since the end of the last pass, by PostgreSQL's clock. */
  readonly since_last_pass_ms: number | null;
}

export async function readAuditState(db: Executor): Promise<AuditState> {
  const { rows } = await db.query<AuditState>(
    `select position, checked, faults, ${rfc3339Ms("pass_began_at")} as pass_began_at,
       ${rfc3339Ms("last_pass_began_at")} as last_pass_began_at, ${rfc3339Ms("last_pass_ended_at")} as last_pass_ended_at,
       last_pass_checked, last_pass_faults,
       (extract(epoch from clock_timestamp() - last_pass_ended_at) * 1000)::float8 as since_last_pass_ms
     from audit_state`,
  );
  const state = rows[0];
  if (state === undefined)
    throw new Error("the row of audit_state is gone; put it back: insert into audit_state default values");
  return state;
}

export async function beginPass(db: Executor): Promise<void> {
  await db.query(
    "update audit_state set position = null, checked = null, faults = 0, pass_began_at = clock_timestamp()",
  );
}

export async function savePosition(
  db: Executor,
  { position, checked, faults }: { readonly position: unknown; readonly checked: unknown; readonly faults: number },
): Promise<void> {
  await db.query("update audit_state set position = $1, checked = $2, faults = $3", [
    JSON.stringify(position),
    JSON.stringify(checked),
    faults,
  ]);
}

/** The pass has seen everything; the next one begins anew. */
export async function endPass(
  db: Executor,
  { checked, faults }: { readonly checked: unknown; readonly faults: number },
): Promise<void> {
  await db.query(
    `update audit_state set position = null, checked = null, faults = 0, last_pass_began_at = pass_began_at, pass_began_at = null,
       last_pass_ended_at = clock_timestamp(), last_pass_checked = $1, last_pass_faults = $2`,
    [JSON.stringify(checked), faults],
  );
}

/** The inner numbers of an epoch, by name; with a site, of that site. */
export async function findEpoch(
  db: Executor,
  { site, epoch }: { readonly site: string | undefined; readonly epoch: string },
): Promise<{ readonly id: number; readonly cursor_seq: number } | undefined> {
  const { rows } = await db.query<{ id: number; cursor_seq: number }>(
    `select epoch.id, epoch.cursor_seq from epoch join site on site.id = site_id
     where epoch.code = $1 and ($2::text is null or site.code = $2) order by epoch.id limit 1`,
    [epoch, site ?? null],
  );
  return rows[0];
}

import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "../queries/sql.ts";

export type ExceptionState = "open" | "ignored" | "resolved";

export interface ExceptionRow {
  readonly id: number;
  readonly site_id: number | null;
  readonly site: string | null;
  readonly problem: string;
  readonly key: string;
  readonly detail: string;
  /** The beginning of what was kept. */
  readonly body: Buffer | null;
  /** How much of the whole is kept, and how much it was. */
  readonly body_kept: number | null;
  readonly body_bytes: number | null;
  readonly count: number;
  readonly state: ExceptionState;
  readonly first_time: string;
  readonly last_time: string;
  readonly resolution: string | null;
  readonly resolved_by: string | null;
  readonly resolved_at: string | null;
  readonly note: string | null;
}

const shownBytes = 16_384;

const columns = `x.id, x.site_id, (select site.code from site where site.id = x.site_id) as site, x.problem, x.key, x.detail,
  substring(x.body for ${shownBytes}) as body, octet_length(x.body) as body_kept, x.body_bytes, x.count, x.state,
  ${rfc3339("x.first_time")} as first_time, ${rfc3339("x.last_time")} as last_time, x.resolution, x.resolved_by,
  ${rfc3339("x.resolved_at")} as resolved_at, x.note`;

export interface ExceptionFilter {
  readonly state?: ExceptionState | undefined;
  readonly site?: string | undefined;
  /** Only those about these sites; what is about none is for who sees them all. */
  readonly sites?: readonly string[] | undefined;
  readonly problem?: string | undefined;
  /** Of these problems, or of all others. */
  readonly kind?: { readonly problems: readonly string[]; readonly others: boolean } | undefined;
  /** Stands in the key or the detail, in whatever case. */
  readonly text?: string | undefined;
  /** Came last at or after this time. */
  readonly since?: string | undefined;
}

function conditionsOf({ state, site, sites, problem, kind, text, since }: ExceptionFilter): Conditions {
  return new Conditions()
    .when(state, value => `x.state = ${value}`)
    .when(site, value => `x.site_id = (select id from site where code = ${value})`)
    .when(sites, value => `x.site_id in (select id from site where code = any(${value}::text[]))`)
    .when(problem, value => `x.problem = ${value}`)
    .when(kind?.problems, value => `${kind?.others ? "not " : ""}x.problem = any(${value}::text[])`)
    .when(text, value => `position(lower(${value}) in lower(x.key || ' ' || x.detail)) > 0`)
    .when(since, value => `x.last_time >= ${value}::timestamptz`);
}

/** Exceptions, the newest first; `before` is the number of the last one of the page before. */
export async function readExceptions(
  db: Executor,
  { before, limit, ...filter }: ExceptionFilter & { readonly before?: number | undefined; readonly limit: number },
): Promise<ExceptionRow[]> {
  const conditions = conditionsOf(filter).when(before, value => `x.id < ${value}`);
  const { rows } = await db.query<ExceptionRow>(
    `select ${columns} from exception x ${conditions.where()} order by x.id desc limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/** The numbers of exceptions, the oldest first. */
export async function readExceptionIds(
  db: Executor,
  filter: ExceptionFilter,
  limit: number,
): Promise<readonly number[]> {
  const conditions = conditionsOf(filter);
  const { rows } = await db.query<{ id: number }>(
    `select x.id from exception x ${conditions.where()} order by x.id limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows.map(({ id }) => id);
}

/** How many wait, by problem. */
export async function countOpen(
  db: Executor,
  filter: Pick<ExceptionFilter, "site" | "sites">,
): Promise<readonly { readonly problem: string; readonly open: number }[]> {
  const conditions = conditionsOf(filter).add("x.state = 'open'");
  const { rows } = await db.query<{ problem: string; open: number }>(
    `select x.problem, count(*) as open from exception x ${conditions.where()} group by x.problem`,
    conditions.values,
  );
  return rows;
}

export async function readException(db: Executor, id: number): Promise<ExceptionRow | undefined> {
  const { rows } = await db.query<ExceptionRow>(`select ${columns} from exception x where x.id = $1`, [id]);
  return rows[0];
}

/** All that was kept of the bytes. */
export async function readExceptionBody(db: Executor, id: number): Promise<Buffer | null> {
  const { rows } = await db.query<{ body: Buffer | null }>("select body from exception where id = $1", [id]);
  return rows[0]?.body ?? null;
}

/** Exceptions as they will stay until the end of the transaction, by their numbers. */
export async function lockExceptions(client: Client, ids: readonly number[]): Promise<readonly ExceptionRow[]> {
  const { rows } = await client.query<ExceptionRow>(
    `select ${columns} from exception x where x.id = any($1::bigint[]) order by x.id for update`,
    [ids],
  );
  return rows;
}

/** The states of exceptions, by their numbers. */
export async function readStates(
  db: Executor,
  ids: readonly number[],
): Promise<readonly { readonly id: number; readonly state: ExceptionState }[]> {
  const { rows } = await db.query<{ id: number; state: ExceptionState }>(
    "select id, state from exception where id = any($1::bigint[])",
    [ids],
  );
  return rows;
}

import type { Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "./sql.ts";

export interface ExceptionRow {
  readonly id: number;
  readonly site: string | null;
  readonly problem: string;
  readonly key: string;
  readonly detail: string;
  readonly body: Buffer | null;
  readonly body_bytes: number | null;
  readonly count: number;
  readonly state: "open" | "resolved";
  readonly first_time: string;
  readonly last_time: string;
}

const columns = `x.id, (select site.code from site where site.id = x.site_id) as site, x.problem, x.key, x.detail, x.body,
  x.body_bytes, x.count, x.state, ${rfc3339("x.first_time")} as first_time, ${rfc3339("x.last_time")} as last_time`;

/** Exceptions, the newest first; `before` is the number of the last one of the page before. */
export async function readExceptions(
  db: Executor,
  {
    state,
    site,
    sites,
    problem,
    before,
    limit,
  }: {
    readonly state?: "open" | "resolved" | undefined;
    readonly site?: string | undefined;
    /** Only those about these sites; what is about none is for who sees them all. */
    readonly sites?: readonly string[] | undefined;
    readonly problem?: string | undefined;
    readonly before?: number | undefined;
    readonly limit: number;
  },
): Promise<ExceptionRow[]> {
  const conditions = new Conditions()
    .when(state, value => `x.state = ${value}`)
    .when(site, value => `x.site_id = (select id from site where code = ${value})`)
    .when(sites, value => `x.site_id in (select id from site where code = any(${value}::text[]))`)
    .when(problem, value => `x.problem = ${value}`)
    .when(before, value => `x.id < ${value}`);
  const { rows } = await db.query<ExceptionRow>(
    `select ${columns} from exception x ${conditions.where()} order by x.id desc limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/** Closes an exception; again is harmless. Undefined when there is none with this number. */
export async function resolveException(db: Executor, id: number): Promise<ExceptionRow | undefined> {
  const { rows } = await db.query<ExceptionRow>(
    `update exception x set state = 'resolved' where x.id = $1 returning ${columns}`,
    [id],
  );
  return rows[0];
}

/** Closes what waited for these class keys to mean an item; gives how many. */
export async function resolveUnknownCodes(db: Executor, classKeys: readonly string[]): Promise<number> {
  const { rowCount } = await db.query(
    `update exception set state = 'resolved'
     where state = 'open' and problem = 'movement.code_unknown' and key = any($1)`,
    [classKeys],
  );
  return rowCount ?? 0;
}

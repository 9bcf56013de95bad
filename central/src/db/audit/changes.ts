import type { Client, Executor } from "../pool.ts";
import { readSiteIds, sitesAsked } from "../queries/sites.ts";
import { Conditions, rfc3339 } from "../queries/sql.ts";

/** One change that somebody asked for. */
export interface Change {
  /** As `callerOf` names them. */
  readonly actor: string;
  /** What was done, as `item.add`. */
  readonly action: string;
  /** The address of what was changed, as `/v1/items/OAT-1L`. */
  readonly resource: string;
  readonly siteId?: number | undefined;
  /** What it was and what it is now, as far as the change touched it; absent where there was or is nothing. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Writes down who did what, in the transaction that does it. */
export async function recordChanges(client: Client, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await client.query({
    name: "audit-record-changes",
    text: `insert into api_change (actor, action, resource, site_id, before, after)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::json[], $6::json[])`,
    values: [
      changes.map(change => change.actor),
      changes.map(change => change.action),
      changes.map(change => change.resource),
      changes.map(change => change.siteId ?? null),
      changes.map(change => jsonOf(change.before)),
      changes.map(change => jsonOf(change.after)),
    ],
  });
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export interface ChangeRow {
  readonly id: number;
  readonly time: string;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly site: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** Changes, the newest first; `after` is the last one of the page before. */
export async function readChanges(
  db: Executor,
  {
    actor,
    resource,
    site,
    sites,
    since,
    until,
    after,
    limit,
  }: {
    readonly actor?: string | undefined;
    readonly resource?: string | undefined;
    readonly site?: string | undefined;
    /** Only those at these sites; what is at none is for who sees them all. */
    readonly sites?: readonly string[] | undefined;
    readonly since?: string | undefined;
    readonly until?: string | undefined;
    readonly after?: readonly [time: string, id: number] | undefined;
    readonly limit: number;
  },
): Promise<readonly ChangeRow[]> {
  const conditions = new Conditions()
    .when(actor, value => `c.actor = ${value}`)
    .when(resource, value => `c.resource = ${value}`)
    .when(await readSiteIds(db, sitesAsked(site, sites)), value => `c.site_id = any(${value}::integer[])`)
    .when(since, value => `c.time >= ${value}::timestamptz`)
    .when(until, value => `c.time < ${value}::timestamptz`);
  if (after !== undefined) {
    conditions.add(
      `(c.time, c.id) < (${conditions.value(after[0])}::timestamptz, ${conditions.value(after[1])}::bigint)`,
    );
  }
  const { rows } = await db.query<ChangeRow>(
    `select c.id, ${rfc3339("c.time")} as time, c.actor, c.action, c.resource,
       (select code from site where site.id = c.site_id) as site, c.before, c.after
     from api_change c ${conditions.where()} order by c.time desc, c.id desc limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

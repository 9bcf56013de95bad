import { centralEpoch } from "@tallygate/protocol";
import type { Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "./sql.ts";

export interface SiteRow {
  readonly id: number;
  readonly code: string;
  readonly version: number;
  readonly first_heard: string;
  readonly exceptions_open: number;
}

/** Sites in the order of their names, after `after`. */
export async function readSites(
  db: Executor,
  {
    site,
    sites,
    after,
    limit,
  }: {
    readonly site?: string;
    readonly sites?: readonly string[] | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<SiteRow[]> {
  const conditions = new Conditions()
    .when(site, code => `s.code = ${code}`)
    .when(sites, codes => `s.code = any(${codes}::text[])`)
    .when(after, code => `s.code > ${code}`);
  const { rows } = await db.query<SiteRow>(
    `select s.id, s.code, s.version, ${rfc3339("s.first_heard")} as first_heard,
       (select count(*) from exception x where x.site_id = s.id and x.state = 'open') as exceptions_open
     from site s ${conditions.where()} order by s.code limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

export interface EpochRow {
  readonly site_id: number;
  readonly code: string;
  readonly cursor_seq: number;
  readonly opened_at: string;
}

/** Each site's own newest epochs, newest first; the centre's own is none of its store. */
export async function readEpochs(db: Executor, sites: readonly number[], perSite: number): Promise<EpochRow[]> {
  const { rows } = await db.query<EpochRow>(
    `select e.site_id, e.code, e.cursor_seq, ${rfc3339("e.opened_at")} as opened_at
     from unnest($1::integer[]) as s (id)
     cross join lateral (
       select * from epoch where epoch.site_id = s.id and epoch.code <> $3 order by epoch.id desc limit $2
     ) e
     order by e.site_id, e.id desc`,
    [sites, perSite, centralEpoch],
  );
  return rows;
}

/** The inner number of a site, by its name. */
export async function findSite(db: Executor, code: string): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>("select id from site where code = $1", [code]);
  return rows[0]?.id;
}

/**
 * The numbers of sites; undefined for all there are. Lists ask for them first: with the number itself in its hands the planner knows how much
 * of a table a site has, and reads what is little by its index instead of looking for it among all the newest.
 */
export async function readSiteIds(
  db: Executor,
  codes: readonly string[] | undefined,
): Promise<readonly number[] | undefined> {
  if (codes === undefined) return undefined;
  const { rows } = await db.query<{ id: number }>({
    name: "sites-read-ids",
    text: "select id from site where code = any($1::text[])",
    values: [codes],
  });
  return rows.map(row => row.id);
}

/** The one site that is asked for, as far as the caller may see it, or all that the caller may see; undefined for all there are. */
export function sitesAsked(
  site: string | undefined,
  within: readonly string[] | undefined,
): readonly string[] | undefined {
  if (site === undefined) return within;
  return within === undefined || within.includes(site) ? [site] : [];
}

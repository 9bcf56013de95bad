import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339Ms } from "../queries/sql.ts";

/** An event that did not fit the contract, kept whole. */
export interface RefusedRow {
  readonly id: number;
  readonly event_id: string;
  readonly type: string;
  readonly key: string;
  readonly site_id: number | null;
  readonly site: string | null;
  readonly time: string;
  readonly time_ms: number;
  readonly data: unknown;
  readonly why: string;
  readonly refused_at: string;
}

const columns = `refused.id, event_id, type, key, site_id, site.code as site, ${rfc3339Ms("time")} as time,
  floor(extract(epoch from time) * 1000)::bigint as time_ms, data, why, ${rfc3339Ms("refused_at")} as refused_at`;
const source = "event_refused refused left join site on site.id = refused.site_id";

export interface RefusedFilter {
  readonly type?: string | undefined;
  readonly site?: string | undefined;
  /** Whose events the caller may see; those of no site are for who may see all. */
  readonly sites?: readonly string[] | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Refused events, the newest first. */
export async function listRefused(
  db: Executor,
  { type, site, sites, before, limit }: RefusedFilter,
): Promise<readonly RefusedRow[]> {
  const conditions = new Conditions()
    .when(type, value => `type = ${value}`)
    .when(site, value => `site.code = ${value}`)
    .when(sites, value => `site.code = any(${value}::text[])`)
    .when(before, value => `refused.id < ${value}`);
  const number = conditions.value(limit);
  const { rows } = await db.query<RefusedRow>(
    `select ${columns} from ${source} ${conditions.where()} order by refused.id desc limit ${number}`,
    conditions.values,
  );
  return rows;
}

/** Locks one refused event, so that nobody else sends it meanwhile. */
export async function lockRefused(client: Client, id: number): Promise<RefusedRow | undefined> {
  const { rows } = await client.query<RefusedRow>({
    name: "events-lock-refused",
    text: `select ${columns} from ${source} where refused.id = $1 for update of refused`,
    values: [id],
  });
  return rows[0];
}

/** Deletes one, and gives whether another of its type is left. */
export async function deleteRefused(client: Client, { id, type }: Pick<RefusedRow, "id" | "type">): Promise<boolean> {
  const { rows } = await client.query<{ left: boolean }>({
    name: "events-delete-refused",
    text: `with deleted as (delete from event_refused where id = $1)
      select exists (select from event_refused where type = $2 and id <> $1) as left`,
    values: [id, type],
  });
  return rows[0]?.left ?? false;
}

/** Deletes the oldest that are past their time, a bounded number; gives how many. */
export async function purgeRefused(db: Executor, keptMs: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: "events-purge-refused",
    text: `delete from event_refused where id in (
        select id from event_refused where refused_at < now() - $1 * interval '1 millisecond' order by id limit $2
      )`,
    values: [keptMs, limit],
  });
  return rowCount ?? 0;
}

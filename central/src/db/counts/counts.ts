import type { ApprovalLimits } from "../../counts/approval.ts";
import type { CountState } from "../../counts/machine.ts";
import type { Count } from "../../counts/model.ts";
import type { Client, Executor } from "../pool.ts";
import { readSiteIds, sitesAsked } from "../queries/sites.ts";
import { Conditions, rfc3339Ms } from "../queries/sql.ts";

export interface NewCount {
  readonly id: string;
  readonly siteId: number;
  readonly kind: Count["kind"];
  readonly blind: boolean;
  readonly name: string | undefined;
  readonly limits: ApprovalLimits;
  readonly createdBy: string;
  readonly nowMs: number;
  readonly placeIds: readonly number[];
  /** Without items, everything at the places. */
  readonly itemIds: readonly number[] | undefined;
}

/** Writes a count with what it is about. */
export async function insertCount(client: Client, count: NewCount): Promise<void> {
  const { value = null, units = null, percent = null } = count.limits;
  await client.query({
    name: "counts-insert",
    text: `with place as (
        insert into stock_count_place (count_id, place_id) select $1::uuid, unnest($12::integer[])
      ), item as (
        insert into stock_count_item (count_id, item_id) select $1::uuid, unnest($13::integer[])
      )
      insert into stock_count (id, site_id, kind, blind, all_items, state, name, value_max, units_max, percent_max, created_by, created_at)
      values ($1::uuid, $2, $3, $4, $5, 'planned', $6, $7, $8, $9, $10, to_timestamp($11::double precision / 1000))`,
    values: [
      count.id,
      count.siteId,
      count.kind,
      count.blind,
      count.itemIds === undefined,
      count.name ?? null,
      value,
      units,
      percent,
      count.createdBy,
      count.nowMs,
      count.placeIds,
      count.itemIds ?? [],
    ],
  });
}

interface CountRow extends Omit<Count, "limits"> {
  readonly valueMax: number | null;
  readonly unitsMax: number | null;
  readonly percentMax: number | null;
}

const columns = `c.id, c.site_id as "siteId", site.code as site, c.kind, c.blind, c.all_items as "allItems", c.state, c.name,
  c.value_max as "valueMax", c.units_max as "unitsMax", c.percent_max as "percentMax",
  c.created_by as "createdBy", ${rfc3339Ms("c.created_at")} as "createdAt", ${rfc3339Ms("c.started_at")} as "startedAt",
  c.submitted_by as "submittedBy", ${rfc3339Ms("c.submitted_at")} as "submittedAt",
  c.approved_by as "approvedBy", ${rfc3339Ms("c.approved_at")} as "approvedAt", ${rfc3339Ms("c.posted_at")} as "postedAt",
  c.remark, c.version`;

/** Locks a count; the first lock of whoever changes it. What it protects is read by later statements. */
export async function lockCount(client: Client, id: string): Promise<void> {
  await client.query({
    name: "counts-lock",
    text: "select from stock_count where id = $1::uuid for update",
    values: [id],
  });
}

export async function readCount(db: Executor, id: string): Promise<Count | undefined> {
  const { rows } = await db.query<CountRow>({
    name: "counts-read",
    text: `select ${columns} from stock_count c join site on site.id = c.site_id where c.id = $1::uuid`,
    values: [id],
  });
  return rows.map(countOf)[0];
}

export interface CountFilter {
  readonly site?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly state?: CountState | undefined;
  readonly kind?: Count["kind"] | undefined;
}

/** Counts, the newest first, before `before`. */
export async function listCounts(
  db: Executor,
  { site, sites, state, kind }: CountFilter,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<readonly Count[]> {
  const conditions = new Conditions()
    .when(await readSiteIds(db, sitesAsked(site, sites)), value => `c.site_id = any(${value}::integer[])`)
    .when(state, value => `c.state = ${value}`)
    .when(kind, value => `c.kind = ${value}`)
    .when(before, value => `c.id < ${value}::uuid`);
  const { rows } = await db.query<CountRow>(
    `select ${columns} from stock_count c join site on site.id = c.site_id ${conditions.where()}
     order by c.id desc limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows.map(countOf);
}

export interface Stamp {
  readonly id: string;
  readonly state: CountState;
  readonly actor: string | null;
  readonly nowMs: number;
  readonly remark?: string | undefined;
}

/** Takes a locked count to a state, with who did it and when. */
export async function writeState(client: Client, { id, state, actor, nowMs, remark }: Stamp): Promise<void> {
  await client.query({
    name: "counts-write-state",
    text: `update stock_count set state = $2, version = version + 1, remark = coalesce($5, remark),
        started_at = case when $2 = 'counting' then coalesce(started_at, at) else started_at end,
        submitted_by = case when $2 = 'submitted' then $3 else submitted_by end,
        submitted_at = case when $2 = 'submitted' then at else submitted_at end,
        approved_by = case when $2 = 'approved' then $3 else approved_by end,
        approved_at = case when $2 = 'approved' then at else approved_at end,
        posted_at = case when $2 = 'posted' then coalesce(posted_at, at) else posted_at end
      from to_timestamp($4::double precision / 1000) at where id = $1::uuid`,
    values: [id, state, actor, nowMs, remark ?? null],
  });
}

/** Something of a locked count has changed. */
export async function raiseVersion(client: Client, id: string): Promise<void> {
  await client.query({
    name: "counts-raise-version",
    text: "update stock_count set version = version + 1 where id = $1::uuid",
    values: [id],
  });
}

function countOf({ valueMax, unitsMax, percentMax, ...row }: CountRow): Count {
  const limits = { value: valueMax ?? undefined, units: unitsMax ?? undefined, percent: percentMax ?? undefined };
  return { ...row, limits };
}

import type { BizStep, Cause } from "@tallygate/protocol";
import type { Executor } from "../pool.ts";
import { Conditions, rfc3339, rfc3339Ms } from "../queries/sql.ts";

/** Where a serialised thing or a logistic unit is. */
export interface ThingRow {
  readonly code: string;
  readonly sku: string | null;
  readonly site: string;
  readonly place: string;
  readonly since: string;
  readonly seen: string;
  readonly epoch: string;
  readonly seq: number;
}

export interface ThingFilter {
  readonly sku?: string | undefined;
  readonly site?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly place?: string | undefined;
}

const columns = `t.code, (select sku from item where item.id = t.item_id) as sku, site.code as site, place.code as place,
  ${rfc3339Ms("t.since")} as since, ${rfc3339Ms("t.seen")} as seen, e.code as epoch, t.seq`;
const sources = `join place on place.id = t.place_id join site on site.id = place.site_id join epoch e on e.id = t.epoch_id`;

/**
 * Things in the order of their codes. Those of an item are found by the item's class keys, with which their codes begin; of others
 * at most `examine` are looked at, and then `examinedTo` says how far.
 */
export async function readThings(
  db: Executor,
  { sku, site, sites, place }: ThingFilter,
  { after, examine, limit }: { readonly after: string; readonly examine: number; readonly limit: number },
): Promise<{ readonly rows: readonly ThingRow[]; readonly examinedTo: string | undefined }> {
  const conditions = new Conditions()
    .when(site, value => `site.code = ${value}`)
    .when(sites, value => `site.code = any(${value}::text[])`)
    .when(place, value => `place.code = ${value}`);
  const [from, most, rowsMax] = [after, examine, limit].map(value => conditions.value(value));
  const candidates =
    sku === undefined
      ? `select * from tag where code > ${from} order by code limit ${most}`
      : ofItem(`(select id from item where sku = ${conditions.value(sku)})`, `${from}`, `${most}`);
  const { rows } = await db.query<Partial<ThingRow> & { examined: number; last: string | null }>(
    `with candidate as materialized (${candidates}), found as (
       select ${columns} from candidate t ${sources} ${conditions.where()} order by t.code limit ${rowsMax}
     ), examined as (select count(*) as examined, max(code) as last from candidate)
     select x.examined, x.last, found.* from examined x left join found on true order by found.code`,
    conditions.values,
  );
  const { examined = 0, last = null } = rows[0] ?? {};
  return {
    rows: rows.flatMap(({ examined: _, last: __, ...row }) => (isThing(row) ? [row] : [])),
    examinedTo: examined < examine ? undefined : (last ?? undefined),
  };
}

/** Codes compare byte by byte, and no character comes behind U+10FFFF. */
function ofItem(item: string, from: string, most: string): string {
  return `select t.* from (select class_key, item_id from item_code union select class_key, item_id from item_code_past) k
    cross join lateral (
      select * from tag where tag.code >= k.class_key and tag.code < k.class_key || U&'\\+10FFFF' and tag.code > ${from}
        and tag.item_id = k.item_id
      order by tag.code limit ${most}
    ) t where k.item_id = ${item} order by t.code limit ${most}`;
}

function isThing(row: Partial<ThingRow>): row is ThingRow {
  return typeof row.code === "string";
}

export async function readThing(
  db: Executor,
  code: string,
): Promise<(ThingRow & { readonly epoch_id: number }) | undefined> {
  const { rows } = await db.query<ThingRow & { epoch_id: number }>(
    `select ${columns}, t.epoch_id from tag t ${sources} where t.code = $1`,
    [code],
  );
  return rows[0];
}

export type StayKey = readonly [eventTime: string, recordTime: string, epochId: number, seq: number];

/** One movement of a thing, and where it took or found it. */
export interface StayRow {
  readonly key: StayKey;
  readonly site: string;
  readonly place: string;
  readonly from: string | null;
  readonly from_site: string | null;
  readonly event_time: string;
  readonly record_time: string;
  readonly epoch: string;
  readonly seq: number;
  readonly biz_step: BizStep;
  readonly cause: Cause;
  readonly read_point: string;
  readonly hash: string;
  readonly why: "bound" | "late" | "pack" | null;
}

/**
 * Where a thing was, the newest first: walked back from the tag along the movements before, with what came late or was bound later
 * put in its place. At most `walk` movements are walked over. Where `sites` are given, only the stays there.
 */
export async function readStays(
  db: Executor,
  thing: { readonly code: string; readonly epoch_id: number; readonly seq: number },
  {
    after,
    asOf,
    sites,
    walk,
    limit,
  }: {
    readonly after: StayKey | undefined;
    readonly asOf: string | undefined;
    readonly sites?: readonly string[] | undefined;
    readonly walk: number;
    readonly limit: number;
  },
): Promise<readonly StayRow[]> {
  const conditions = new Conditions();
  const [code, epoch, seq, most] = [thing.code, thing.epoch_id, thing.seq, walk].map(value => conditions.value(value));
  conditions
    .when(asOf, time => `s.event_time <= ${time}::timestamptz`)
    .when(sites, codes => `site.code = any(${codes}::text[])`);
  if (after !== undefined) {
    const [event, record, epochId, last] = after.map(part => conditions.value(part));
    conditions.add(
      `(s.event_time, s.record_time, s.epoch_id, s.seq) < (${event}::timestamptz, ${record}::timestamptz, ${epochId}::integer, ${last}::bigint)`,
    );
  }
  const { rows } = await db.query<StayRow>(
    `with recursive chain as (
       select m.* from movement_at(${epoch}::integer, ${seq}::bigint) m
       union all
       select m.* from chain cross join lateral movement_at(chain.previous_epoch_id, chain.previous_seq) m
     ), walked as (select * from chain limit ${most}), stay as (
       select epoch_id, seq, event_time, record_time, posted_from, null as why from walked m
       where not exists (select from further_posting f where f.epoch_id = m.epoch_id and f.seq = m.seq)
       union all
       select epoch_id, seq, event_time, record_time, posted_from, why from further_posting where code = ${code} and line = 1
     )
     select json_build_array(${rfc3339("s.event_time")}, ${rfc3339("s.record_time")}, s.epoch_id, s.seq) as key, site.code as site,
       m.to_account as place, source.code as from, source_site.code as from_site, ${rfc3339Ms("s.event_time")} as event_time,
       ${rfc3339("s.record_time")} as record_time, e.code as epoch, s.seq, m.biz_step, m.cause, m.read_point,
       encode(m.hash, 'hex') as hash, s.why
     from stay s cross join lateral movement_at(s.epoch_id, s.seq) m join epoch e on e.id = s.epoch_id
     join site on site.id = m.site_id left join place source on source.id = s.posted_from
     left join site source_site on source_site.id = source.site_id
     ${conditions.where()}
     order by s.event_time desc, s.record_time desc, s.epoch_id desc, s.seq desc limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

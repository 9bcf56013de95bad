import type { BizStep, Cause } from "@tallygate/protocol";
import type { StoredNote } from "../../record/note.ts";
import type { Executor } from "../pool.ts";
import { Conditions, rfc3339, rfc3339Ms } from "./sql.ts";

export interface MovementRow {
  readonly site: string;
  readonly epoch: string;
  readonly epoch_id: number;
  readonly site_id: number;
  readonly seq: number;
  readonly code: string;
  readonly epc_hex: string | null;
  readonly sku: string | null;
  readonly quantity: number;
  readonly from: string;
  readonly to: string;
  readonly biz_step: BizStep;
  readonly read_point: string;
  readonly cause: Cause;
  readonly event_time: string;
  readonly record_time: string;
  readonly reverses_epoch: string | null;
  readonly reverses_seq: number | null;
  readonly hash: string;
  /** Why it is held; null: it is not. */
  readonly held: string | null;
  readonly mended_by: number | null;
  /** Who caused a movement of the centre's own, and why. */
  readonly note: StoredNote | null;
}

export interface MovementFilter {
  readonly sku?: string | undefined;
  readonly site?: string | undefined;
  /** Only what these sites recorded. */
  readonly sites?: readonly string[] | undefined;
  readonly place?: string | undefined;
  /** Exactly this code, what it is a code of, and whether it names a quantity of equal things rather than one thing. */
  readonly code?: { readonly code: string; readonly classKey: string; readonly isClass: boolean } | undefined;
  readonly readPoint?: string | undefined;
  readonly state?: "posted" | "held" | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly by: "event" | "record";
}

/** Where a page ended: the ledger is listed by record time, then epoch, then sequence. */
export type MovementKey = readonly [recordTime: string, epochId: number, seq: number];

const columns = `
  site.code as site, e.code as epoch, m.epoch_id, m.site_id, m.seq, m.code, m.epc_hex,
  (select i.sku from item i where i.id = coalesce(m.item_id, (select f.item_id from further_posting f
     where f.epoch_id = m.epoch_id and f.seq = m.seq order by f.line limit 1))) as sku,
  m.quantity, m.from_account as from, m.to_account as to, m.biz_step, m.read_point, m.cause,
  ${rfc3339Ms("m.event_time")} as event_time, ${rfc3339("m.record_time")} as record_time,
  m.reverses_epoch, m.reverses_seq, encode(m.hash, 'hex') as hash, h.problem as held, h.mended_by,
  (select json_build_object('actor', n.actor, 'reason', n.reason, 'document', n.document)
    from movement_note n where n.epoch_id = m.epoch_id and n.seq = m.seq) as note`;

const sources = `
  join epoch e on e.id = m.epoch_id
  join site on site.id = m.site_id
  left join held_movement h on h.epoch_id = m.epoch_id and h.seq = m.seq`;

const newestFirst = "m.record_time desc, m.epoch_id desc, m.seq desc";

/** Movements that were stored last come first. `after` is the last one of the page before. */
export async function readMovements(
  db: Executor,
  filter: MovementFilter,
  { after, limit }: { readonly after: MovementKey | undefined; readonly limit: number },
): Promise<MovementRow[]> {
  // What is held has no item yet.
  if (filter.state === "held" && filter.sku !== undefined) return [];
  const time = filter.by === "event" ? "m.event_time" : "m.record_time";
  const apart = sitesApart(filter);
  const conditions = new Conditions()
    .when(apart ? undefined : sitesOf(filter), sites => `m.site_id in (${idsOf(sites)})`)
    .when(filter.place, place => `(m.from_account = ${place} or m.to_account = ${place})`)
    .when(filter.code?.code, code => `m.code = ${code}`)
    .when(filter.readPoint, readPoint => `m.read_point = ${readPoint}`)
    .when(filter.state, state => `(${state}::text = 'held') = exists (${heldRow})`)
    .when(filter.since, since => `${time} >= ${since}::timestamptz`)
    .when(filter.until, until => `${time} < ${until}::timestamptz`);
  let upTo = "'infinity'::timestamptz";
  if (after !== undefined) {
    // The first half is what an index on the record time can use; the row comparison decides among equals.
    const [recordTime, epochId, seq] = after.map(part => conditions.value(part));
    upTo = `${recordTime}::timestamptz`;
    conditions
      .add(`m.record_time <= ${upTo}`)
      .add(`(m.record_time, m.epoch_id, m.seq) < (${upTo}, ${epochId}::integer, ${seq}::bigint)`);
  }
  const page = { limit: conditions.value(limit), upTo };
  const result = await db.query<MovementRow>(
    `select ${columns} from (${apart ? ofSites(conditions, apart, page) : candidates(conditions, filter, page.limit)}) m ${sources} order by ${newestFirst} limit ${page.limit}`,
    conditions.values,
  );
  return result.rows;
}

const heldRow = "select from held_movement h where h.epoch_id = m.epoch_id and h.seq = m.seq";

/** Where to look: in what is small where that is known, else along an index that gives the newest first. */
function candidates(conditions: Conditions, { sku, code, state }: MovementFilter, limit: string): string {
  if (code !== undefined) {
    const item = sku === undefined ? "" : ` and ${postedAs(itemOf(conditions.value(sku)))}`;
    return `select m.* from (${withCode(conditions, code)}) c cross join lateral movement_at(c.epoch_id, c.seq) m
      ${conditions.where()}${item}`;
  }
  if (state === "held") {
    return `select m.* from held_movement held cross join lateral movement_at(held.epoch_id, held.seq) m
      ${conditions.where()}`;
  }
  if (sku !== undefined) return oneItem(conditions, limit, itemOf(conditions.value(sku)));
  return `select m.* from movement m ${conditions.where()} order by ${newestFirst} limit ${limit}`;
}

function sitesOf({ site, sites }: MovementFilter): readonly string[] | undefined {
  if (site === undefined) return sites;
  return sites === undefined || sites.includes(site) ? [site] : [];
}

/** More sites than these see so much of the whole ledger that a page of its newest is soon theirs; of fewer, each has a page read. */
const sitesApartMax = 32;

/** The sites that are read each along its own newest movements, since nothing else that is asked for leads to few of them. */
function sitesApart(filter: MovementFilter): readonly string[] | undefined {
  const { sku, code, state } = filter;
  const sites = sitesOf(filter);
  const isLed = code !== undefined || sku !== undefined || state === "held";
  return isLed || sites === undefined || sites.length > sitesApartMax ? undefined : sites;
}

/**
 * A page of each site's newest. Were its site a plain equality, the planner would walk the record times of all sites, which is right for a
 * busy one and passes over all the others' rows for a quiet one; so it gets a range, whose order no other index has.
 */
function ofSites(
  conditions: Conditions,
  sites: readonly string[],
  { limit, upTo }: { readonly limit: string; readonly upTo: string },
): string {
  return `select m.* from (${idsOf(conditions.value(sites))}) own cross join lateral (
      select * from movement m where m.site_id >= own.id and (m.site_id, m.record_time) <= (own.id, ${upTo})${conditions.and()}
      order by m.site_id desc, ${newestFirst} limit ${limit}
    ) m`;
}

function idsOf(sites: string): string {
  return `select id from site where code = any(${sites}::text[])`;
}

function itemOf(sku: string): string {
  return `(select id from item where sku = ${sku})`;
}

function postedAs(item: string): string {
  return `(m.item_id = ${item} or (m.epoch_id, m.seq) in (select epoch_id, seq from further_posting where item_id = ${item}))`;
}

/** What was posted at once, and what was posted later, each newest first, so that neither has to be read whole. */
function oneItem(conditions: Conditions, limit: string, item: string): string {
  return `(select m.* from movement m where m.item_id = ${item}${conditions.and()} order by ${newestFirst} limit ${limit})
    union all
    (select m.* from (select distinct epoch_id, seq from further_posting where item_id = ${item}) f
     cross join lateral movement_at(f.epoch_id, f.seq) m where m.item_id is null${conditions.and()}
     order by ${newestFirst} limit ${limit})`;
}

/**
 * Movements have no index by code, which would cost ingest more than all else. One thing's are found by its tag, from which each names
 * the one before; those of a class by its item; and those that were posted later, or wait, in their own tables. A late movement
 * that changed nothing is in none of these.
 */
function withCode(conditions: Conditions, { code, classKey, isClass }: NonNullable<MovementFilter["code"]>): string {
  const [codeValue, keyValue] = [conditions.value(code), conditions.value(classKey)];
  const ofItem = `union select epoch_id, seq from movement where code = ${codeValue}
      and item_id = (select item_id from item_code where class_key = ${keyValue})`;
  return `(with recursive step as (
      select epoch_id, seq from tag where tag.code = ${codeValue}
      union all
      select before.previous_epoch_id, before.previous_seq from step
      cross join lateral movement_at(step.epoch_id, step.seq) before
      where before.previous_epoch_id is not null
    ) select epoch_id, seq from step limit ${historyMax})
    union select epoch_id, seq from further_posting where further_posting.code = ${codeValue}
    union select epoch_id, seq from held_movement where class_key = ${keyValue}
    ${isClass ? ofItem : ""}`;
}

/** Movements of one thing that are walked back over; the older ones are not found by its code. */
const historyMax = 10_000;

/** One movement by its identity. */
export async function readMovement(
  db: Executor,
  id: { readonly site: string; readonly epoch: string; readonly seq: number },
): Promise<MovementRow | undefined> {
  const { rows } = await db.query<MovementRow>({
    name: "queries-read-movement",
    text: `select ${columns} from site named_site
      join epoch named_epoch on named_epoch.site_id = named_site.id and named_epoch.code = $2
      cross join lateral movement_at(named_epoch.id, $3) m ${sources} where named_site.code = $1`,
    values: [id.site, id.epoch, id.seq],
  });
  return rows[0];
}

/** The movements with these identities, in their order. */
export async function readMovementsById(
  db: Executor,
  ids: readonly { readonly site: string; readonly epoch: string; readonly seq: number }[],
): Promise<MovementRow[]> {
  const { rows } = await db.query<MovementRow>({
    name: "queries-read-movements-by-id",
    text: `select ${columns} from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality named (site, epoch, seq, position)
      join site named_site on named_site.code = named.site
      join epoch named_epoch on named_epoch.site_id = named_site.id and named_epoch.code = named.epoch
      cross join lateral movement_at(named_epoch.id, named.seq) m ${sources} order by named.position`,
    values: [ids.map(id => id.site), ids.map(id => id.epoch), ids.map(id => id.seq)],
  });
  return rows;
}

export interface PostingRow {
  readonly line: number;
  readonly sku: string;
  readonly from: string;
  readonly to: string;
  readonly from_site: string;
  readonly to_site: string;
  readonly quantity: number;
  readonly event_time: string;
  readonly record_time: string;
  readonly why: "bound" | "late" | "pack" | null;
}

/** What a movement did to the stock, line by line; where `sites` are given, the lines that have one of their places at either end. */
export async function readPostings(
  db: Executor,
  {
    epochId,
    seq,
    sites,
  }: { readonly epochId: number; readonly seq: number; readonly sites?: readonly string[] | undefined },
): Promise<PostingRow[]> {
  const { rows } = await db.query<PostingRow>({
    name: "queries-read-postings",
    text: `select p.line, i.sku, source.code as from, source_site.code as from_site, target.code as to, target_site.code as to_site,
        p.quantity, ${rfc3339Ms("p.event_time")} as event_time, ${rfc3339("p.record_time")} as record_time, f.why
      from postings_of($1, $2) p
      join item i on i.id = p.item_id
      join place source on source.id = p.posted_from join site source_site on source_site.id = source.site_id
      join place target on target.id = p.posted_to join site target_site on target_site.id = target.site_id
      left join further_posting f on f.epoch_id = p.epoch_id and f.seq = p.seq and f.line = p.line
      where ($3::text[] is null or source_site.code = any($3) or target_site.code = any($3))
      order by p.line`,
    values: [epochId, seq, sites ?? null],
  });
  return rows;
}

import type { BizStep, Cause } from "@tallygate/protocol";
import type { StoredNote } from "../../record/note.ts";
import type { Executor } from "../pool.ts";
import { Conditions, rfc3339, rfc3339Ms } from "../queries/sql.ts";

/** The accounts that a balance is of: a site's or a place's, or all places. Outsides only where they are named. */
export interface AccountFilter {
  readonly site?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly place?: string | undefined;
}

export interface AsOf {
  readonly asOf: string;
  readonly by: "event" | "record";
}

/** Lines are listed by event time, then record time, epoch, sequence and line: the order in which they count. */
export type LineKey = readonly [eventTime: string, recordTime: string, epochId: number, seq: number, line: number];

export interface WhyRow {
  readonly key: LineKey;
  readonly change: number;
  readonly line: number;
  readonly from: string;
  readonly from_site: string;
  readonly to: string;
  readonly to_site: string;
  readonly quantity: number;
  readonly event_time: string;
  readonly record_time: string;
  readonly why: "bound" | "late" | "pack" | null;
  readonly site: string;
  readonly epoch: string;
  readonly seq: number;
  readonly code: string;
  readonly said_from: string;
  readonly said_to: string;
  readonly happened_at: string;
  readonly biz_step: BizStep;
  readonly read_point: string;
  readonly cause: Cause;
  readonly hash: string;
  readonly reverses_epoch: string | null;
  readonly reverses_seq: number | null;
  readonly postings: readonly PostedLine[];
  /** Who caused a movement of the centre's own, and why. */
  readonly note: StoredNote | null;
  /** The lines of orders and notices that it carried out. */
  readonly documents: readonly CarriedOut[];
}

/** Which line of a document a movement carried out, how much of it, and by which rule it was found. */
export interface CarriedOut {
  readonly document: string;
  readonly kind: string;
  readonly number: string;
  readonly line: number;
  readonly step: string;
  readonly quantity: number;
  readonly why: string;
}

/** A line of a movement, as far as it tells what became of the movement as a whole. */
export interface PostedLine {
  readonly line: number;
  readonly from: string;
  readonly from_site: string;
  readonly to: string;
  readonly to_site: string;
  readonly quantity: number;
}

export interface WhyPage {
  readonly rows: readonly WhyRow[];
  /** The last line that was looked at, when there may be further ones behind it. */
  readonly examinedTo: LineKey | undefined;
}

export async function findItem(
  db: Executor,
  sku: string,
): Promise<{ readonly id: number; readonly uom: string } | undefined> {
  const { rows } = await db.query<{ id: number; uom: string }>("select id, uom from item where sku = $1", [sku]);
  return rows[0];
}

/** The sum of an item's levels in the accounts, now or as of a past time. */
export async function readBalance(
  db: Executor,
  itemId: number,
  filter: AccountFilter,
  asOf: AsOf | undefined,
): Promise<number> {
  const conditions = new Conditions();
  const item = conditions.value(itemId);
  const inside = insideOf(conditions, filter);
  const source =
    asOf === undefined
      ? `select place_id, on_hand as quantity from stock where item_id = ${item}`
      : pastLevels(item, asOf.by, conditions.value(asOf.asOf));
  const { rows } = await db.query<{ sum: number }>(
    `select coalesce(sum(l.quantity), 0)::bigint as sum from (${source}) l
     join place p on p.id = l.place_id join site on site.id = p.site_id where ${inside("p", "site")}`,
    conditions.values,
  );
  return rows[0]?.sum ?? 0;
}

function pastLevels(item: string, by: AsOf["by"], until: string): string {
  return `with past as materialized (
      select posted_from, posted_to, quantity from posting where item_id = ${item} and ${by}_time <= ${until}::timestamptz
    ) select posted_to as place_id, quantity from past union all select posted_from, -quantity from past`;
}

const newestFirst = "event_time desc, record_time desc, epoch_id desc, seq desc";
const lineColumns = "epoch_id, seq, posted_from, posted_to, quantity, event_time, record_time";

/**
 * The lines that changed a balance, the newest first, with all that led to them. Lines of the item that changed other balances
 * are passed over, at most `examine` of them, since only the item has an index.
 */
export async function readWhy(
  db: Executor,
  itemId: number,
  filter: AccountFilter,
  {
    asOf,
    after,
    examine,
    limit,
  }: {
    readonly asOf: AsOf | undefined;
    readonly after: LineKey | undefined;
    readonly examine: number;
    readonly limit: number;
  },
): Promise<WhyPage> {
  const conditions = new Conditions();
  const item = conditions.value(itemId);
  const inside = insideOf(conditions, filter);
  if (asOf !== undefined) conditions.add(`${asOf.by}_time <= ${conditions.value(asOf.asOf)}::timestamptz`);
  const [most, rowsMax] = [conditions.value(examine), conditions.value(limit)];
  const [own, further] = ["0", "line"].map(line => `${conditions.and()}${behind(conditions, after, line)}`);
  const { rows } = await db.query<WhyRow & { examined: number; last: LineKey | null }>(
    `with line as materialized (
       select * from (
         (select ${lineColumns}, 0 as line, null as why from movement
          where item_id = ${item} and posted_from is not null${own} order by ${newestFirst} limit ${most})
         union all
         (select ${lineColumns}, line, why from further_posting
          where item_id = ${item} and posted_from <> posted_to${further} order by ${newestFirst}, line desc limit ${most})
       ) either order by ${newestFirst}, line desc limit ${most}
     ), changed as (
       select * from (
         select l.*, source.code as from, source_site.code as from_site, target.code as to, target_site.code as to_site,
           l.quantity * ((${inside("target", "target_site")})::integer - (${inside("source", "source_site")})::integer) as change
         from line l
         join place source on source.id = l.posted_from join site source_site on source_site.id = source.site_id
         join place target on target.id = l.posted_to join site target_site on target_site.id = target.site_id
       ) named where change <> 0 order by ${newestFirst}, line desc limit ${rowsMax}
     ), examined as (
       select count(*) as examined, (select ${keyOf("line")} from line order by event_time, record_time, epoch_id, seq, line limit 1) as last
       from line
     )
     select x.examined, x.last, ${keyOf("c")} as key, c.change, c.line, c.from, c.from_site, c.to, c.to_site, c.quantity,
       ${rfc3339Ms("c.event_time")} as event_time, ${rfc3339("c.record_time")} as record_time, c.why, site.code as site, e.code as epoch,
       m.seq, m.code, m.from_account as said_from, m.to_account as said_to, ${rfc3339Ms("m.event_time")} as happened_at,
       m.biz_step, m.read_point, m.cause, encode(m.hash, 'hex') as hash, m.reverses_epoch, m.reverses_seq,
       ${postings} as postings, ${note} as note, ${documents} as documents
     from examined x left join changed c on true
     left join lateral movement_at(c.epoch_id, c.seq) m on true
     left join epoch e on e.id = c.epoch_id left join site on site.id = m.site_id
     order by c.event_time desc, c.record_time desc, c.epoch_id desc, c.seq desc, c.line desc`,
    conditions.values,
  );
  const { examined = 0, last = null } = rows[0] ?? {};
  return {
    rows: rows.filter(row => row.change !== null).map(({ examined: _, last: __, ...row }) => row),
    examinedTo: examined < examine ? undefined : (last ?? undefined),
  };
}

function keyOf(line: string): string {
  return `json_build_array(${rfc3339(`${line}.event_time`)}, ${rfc3339(`${line}.record_time`)}, ${line}.epoch_id, ${line}.seq, ${line}.line)`;
}

const postings = `(select json_agg(json_build_object('line', p.line, 'from', source.code, 'from_site', source_site.code,
    'to', target.code, 'to_site', target_site.code, 'quantity', p.quantity) order by p.line)
  from postings_of(c.epoch_id, c.seq) p
  join place source on source.id = p.posted_from join site source_site on source_site.id = source.site_id
  join place target on target.id = p.posted_to join site target_site on target_site.id = target.site_id)`;

const note = `(select json_build_object('actor', n.actor, 'reason', n.reason, 'document', n.document)
  from movement_note n where n.epoch_id = c.epoch_id and n.seq = c.seq)`;

const documents = `(select coalesce(json_agg(json_build_object('document', '/v1/' || d.kind || 's/' || d.id, 'kind', d.kind, 'number', d.number,
    'line', dm.line, 'step', dm.step, 'quantity', dm.quantity, 'why', dm.why) order by d.number, dm.line), '[]')
  from document_match dm join document d on d.id = dm.document_id where dm.epoch_id = c.epoch_id and dm.seq = c.seq)`;

/** Behind a line in the order of the list. The first half is what the index can use; the row comparison decides among equals. */
function behind(conditions: Conditions, after: LineKey | undefined, line: string): string {
  if (after === undefined) return "";
  const [event, record, epoch, seq, number] = after.map(part => conditions.value(part));
  return ` and event_time <= ${event}::timestamptz and (event_time, record_time, epoch_id, seq, ${line}::integer)
    < (${event}::timestamptz, ${record}::timestamptz, ${epoch}::integer, ${seq}::bigint, ${number}::integer)`;
}

/** A condition on a place and its site, by the names they have in the statement. */
function insideOf(
  conditions: Conditions,
  { site, sites, place }: AccountFilter,
): (place: string, site: string) => string {
  const siteValue = site === undefined ? undefined : conditions.value(site);
  const sitesValue = sites === undefined ? undefined : conditions.value(sites);
  const placeValue = place === undefined ? undefined : conditions.value(place);
  return (placeName, siteName) => {
    const inPlace = placeValue === undefined ? `not ${placeName}.outside` : `${placeName}.code = ${placeValue}`;
    const atSite = siteValue === undefined ? "" : ` and ${siteName}.code = ${siteValue}`;
    return inPlace + atSite + (sitesValue === undefined ? "" : ` and ${siteName}.code = any(${sitesValue}::text[])`);
  };
}

import type { StoredNote } from "../../record/note.ts";
import type { Meaning } from "../../stock/model.ts";
import type { Executor } from "../pool.ts";

/** An epoch and the point that it follows, as the ledger has it. */
export interface AuditedEpoch {
  readonly id: number;
  readonly code: string;
  readonly site_id: number;
  readonly site: string;
  readonly start_hash: string;
  readonly follows_epoch: string | null;
  readonly follows_site_id: number | null;
  readonly follows_seq: number | null;
  /** The hash at the point that it follows; null when the ledger does not have that point. */
  readonly followed_hash: string | null;
}

export interface FurtherLineRow {
  readonly line: number;
  readonly site_id: number;
  readonly code: string;
  readonly item_id: number;
  readonly from: number;
  readonly to: number;
  readonly from_code: string | null;
  readonly quantity: number;
  readonly event_ms: number;
  readonly why: "bound" | "late" | "pack";
}

/** A movement's row with all that its posting must agree with, read in one statement and so of one moment. */
export interface AuditedRow {
  readonly seq: number;
  readonly site_id: number;
  readonly code: string;
  readonly epc_hex: string | null;
  readonly quantity: number;
  readonly from_account: string;
  readonly to_account: string;
  readonly biz_step: string;
  readonly read_point: string;
  readonly event_ms: number;
  readonly cause: string;
  readonly reverses_epoch: string | null;
  readonly reverses_seq: number | null;
  readonly hash: string;
  readonly item_id: number | null;
  readonly posted_from: number | null;
  readonly posted_to: number | null;
  readonly previous_epoch_id: number | null;
  readonly previous_seq: number | null;
  /** The accounts that the movement names. */
  readonly from_id: number | null;
  readonly to_id: number | null;
  /** The movement before of the same thing: its code, and the account that this movement takes the thing from because of it. */
  readonly previous_code: string | null;
  readonly taken_from_id: number | null;
  readonly tag_epoch_id: number | null;
  readonly tag_seq: number | null;
  readonly tag_seen_ms: number | null;
  readonly held: boolean;
  /** Whether its record time is of the month where its epoch says that it is. */
  readonly in_its_month: boolean;
  readonly note: StoredNote | null;
  readonly further: readonly FurtherLineRow[] | null;
}

export interface EpochPage {
  readonly cursorSeq: number;
  readonly cursorHash: string;
  readonly rows: readonly AuditedRow[];
}

/**
 * The next epoch by its number, counting those that only movements, further postings or months name: of such a one, the row is gone or
 * the others were put there.
 */
export async function nextEpochId(
  db: Executor,
  after: number,
  filter: { readonly site?: string | undefined; readonly epoch?: string | undefined } = {},
): Promise<number | undefined> {
  const { site, epoch } = filter;
  if (site !== undefined || epoch !== undefined) {
    const { rows } = await db.query<{ id: number }>({
      name: "audit-next-epoch-of",
      text: `select epoch.id from epoch join site on site.id = site_id
        where epoch.id > $1 and ($2::text is null or site.code = $2) and ($3::text is null or epoch.code = $3)
        order by epoch.id limit 1`,
      values: [after, site ?? null, epoch ?? null],
    });
    return rows[0]?.id;
  }
  const { rows } = await db.query<{ id: number | null }>({
    name: "audit-next-epoch",
    text: `select least((select min(id) from epoch where id > $1), (select min(epoch_id) from movement where epoch_id > $1),
      (select min(epoch_id) from further_posting where epoch_id > $1), (select min(epoch_id) from epoch_month where epoch_id > $1)) as id`,
    values: [after],
  });
  return rows[0]?.id ?? undefined;
}

export async function readAuditedEpoch(db: Executor, id: number): Promise<AuditedEpoch | undefined> {
  const { rows } = await db.query<AuditedEpoch>({
    name: "audit-read-epoch",
    text: `select e.id, e.code, e.site_id, site.code as site, encode(e.start_hash, 'hex') as start_hash,
        f.code as follows_epoch, f.site_id as follows_site_id, e.follows_seq,
        case when e.follows_seq = 0 then encode(f.start_hash, 'hex')
          else (select encode(m.hash, 'hex') from movement_at(e.follows_epoch_id, e.follows_seq) m) end as followed_hash
      from epoch e join site on site.id = e.site_id left join epoch f on f.id = e.follows_epoch_id where e.id = $1`,
    values: [id],
  });
  return rows[0];
}

/** A month of an epoch, as `epoch_month` has it. */
export interface AuditedMonth {
  readonly first_seq: number;
  readonly since: string;
  /** Whether it is one month, or the first and all before it. */
  readonly whole: boolean;
}

/** The months of an epoch in their order, and the epoch's cursor at the same moment. */
export async function readAuditedMonths(
  db: Executor,
  epochId: number,
): Promise<{ readonly cursorSeq: number; readonly months: readonly AuditedMonth[] }> {
  const { rows } = await db.query<AuditedMonth & { cursor_seq: number; first_seq: number | null }>({
    name: "audit-read-months",
    text: `select e.cursor_seq, m.first_seq, m.since::text, coalesce((m.since = '-infinity' and m.first_seq = 1)
        or (m.since = date_trunc('month', m.since, 'UTC')
          and m.until at time zone 'UTC' = m.since at time zone 'UTC' + interval '1 month'), false) as whole
      from epoch e left join epoch_month m on m.epoch_id = e.id where e.id = $1 order by m.first_seq`,
    values: [epochId],
  });
  return { cursorSeq: rows[0]?.cursor_seq ?? 0, months: rows.filter(row => row.first_seq !== null) };
}

/** Further postings of an epoch that belong to no movement; a gapless epoch has none between its first and its cursor. */
export async function findStrayPosting(db: Executor, epochId: number): Promise<number | undefined> {
  const { rows } = await db.query<{ seq: number }>({
    name: "audit-stray-posting",
    text: `(select seq from further_posting where epoch_id = $1 and seq < 1 order by seq limit 1)
      union all
      (select seq from further_posting where epoch_id = $1
        and seq > coalesce((select cursor_seq from epoch where id = $1), 0) order by seq limit 1)`,
    values: [epochId],
  });
  return rows[0]?.seq;
}

const takenFrom = `case when before_place.outside and before_place.site_id <> m.site_id
  then (select id from place where place.site_id = m.site_id and place.code = before_place.code) else before_place.id end`;

const furtherLines = `(select json_agg(json_build_object('line', f.line, 'site_id', f.site_id, 'code', f.code, 'item_id', f.item_id,
    'from', f.posted_from, 'to', f.posted_to, 'from_code', (select place.code from place where place.id = f.posted_from),
    'quantity', f.quantity, 'why', f.why, 'event_ms', (extract(epoch from f.event_time) * 1000)::float8) order by f.line)
  from further_posting f where f.epoch_id = m.epoch_id and f.seq = m.seq)`;

const note = `(select json_build_object('actor', n.actor, 'reason', n.reason, 'document', n.document)
  from movement_note n where n.epoch_id = m.epoch_id and n.seq = m.seq)`;

/**
 * The movement before and the tag are looked up one by one (`limit 1` keeps the planner from a join that reads their whole tables),
 * so a page costs the same however large the ledger is. The rows themselves are read from all months, whatever `epoch_month` says of them, and
 * what stands there twice is in one page.
 */
const pageSql = `select e.cursor_seq, encode(e.cursor_hash, 'hex') as cursor_hash,
    m.seq, m.site_id, m.code, m.epc_hex, m.quantity, m.from_account, m.to_account, m.biz_step, m.read_point,
    (extract(epoch from m.event_time) * 1000)::float8 as event_ms, m.cause, m.reverses_epoch, m.reverses_seq,
    encode(m.hash, 'hex') as hash, m.item_id, m.posted_from, m.posted_to, m.previous_epoch_id, m.previous_seq,
    source.id as from_id, target.id as to_id, before.code as previous_code, ${takenFrom} as taken_from_id,
    t.epoch_id as tag_epoch_id, t.seq as tag_seq, (extract(epoch from t.seen) * 1000)::float8 as tag_seen_ms,
    h.seq is not null as held,
    coalesce(m.record_time >= month.since and m.record_time < month.until, false) as in_its_month, ${note} as note, ${furtherLines} as further
  from epoch e
  left join lateral (
    select * from movement where epoch_id = e.id and seq > $2 order by seq fetch first $3 rows with ties
  ) m on true
  left join lateral (
    select since, until from epoch_month where epoch_id = m.epoch_id and first_seq <= m.seq order by first_seq desc limit 1
  ) month on true
  left join place source on source.site_id = m.site_id and source.code = m.from_account
  left join place target on target.site_id = m.site_id and target.code = m.to_account
  left join lateral movement_at(m.previous_epoch_id, m.previous_seq) before on true
  left join place before_place on before_place.site_id = before.site_id and before_place.code = before.to_account
  left join lateral (select * from tag where code = m.code limit 1) t on true
  left join held_movement h on h.epoch_id = m.epoch_id and h.seq = m.seq
  where e.id = $1 order by m.seq, m.record_time`;

/** The movements of an epoch after `after`, and the epoch's cursor at the same moment. */
export async function readEpochPage(
  db: Executor,
  { epochId, after, limit }: { readonly epochId: number; readonly after: number; readonly limit: number },
): Promise<EpochPage | undefined> {
  const { rows } = await db.query<AuditedRow & { cursor_seq: number; cursor_hash: string; seq: number | null }>(
    pageSql,
    [epochId, after, limit],
  );
  const first = rows[0];
  if (first === undefined) return undefined;
  return {
    cursorSeq: first.cursor_seq,
    cursorHash: first.cursor_hash,
    rows: rows.filter(row => row.seq !== null),
  };
}

/** The stored hash at a point of an epoch; undefined when there is no such row. */
export async function readHashAt(db: Executor, epochId: number, seq: number): Promise<string | undefined> {
  const { rows } = await db.query<{ hash: string }>({
    name: "audit-read-hash",
    text: `select encode(hash, 'hex') as hash from movement where epoch_id = $1 and seq = $2 and $2 > 0
      union all select encode(start_hash, 'hex') from epoch where id = $1 and $2 <= 0`,
    values: [epochId, seq],
  });
  return rows[0]?.hash;
}

/** All that class keys mean and have meant: what was posted while a key meant something stays right. */
export async function readMeaningsEver(
  db: Executor,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly Meaning[]>> {
  const { rows } = await db.query<{ class_key: string; item_id: number; units: number }>({
    name: "audit-read-meanings-ever",
    text: `select class_key, item_id, units from item_code where class_key = any($1::text[])
      union all select class_key, item_id, units from item_code_past where class_key = any($1::text[])`,
    values: [keys],
  });
  const meanings = new Map<string, Meaning[]>();
  for (const { class_key, item_id: itemId, units } of rows) {
    const known = meanings.get(class_key);
    if (known === undefined) meanings.set(class_key, [{ itemId, units }]);
    else known.push({ itemId, units });
  }
  return meanings;
}

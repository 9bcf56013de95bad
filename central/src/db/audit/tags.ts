import type { Executor } from "../pool.ts";

/** A tag and what its movement says, of one moment. */
export interface AuditedTag {
  readonly code: string;
  readonly item_id: number | null;
  readonly units: number;
  readonly site_id: number;
  readonly site: string | null;
  readonly place_id: number;
  readonly since_ms: number;
  readonly seen_ms: number;
  readonly epoch: string | null;
  readonly seq: number;
  readonly movement_code: string | null;
  readonly movement_site_id: number | null;
  readonly event_ms: number | null;
  readonly to_id: number | null;
  /** Whether the movement was posted; a logistic unit's never is. */
  readonly posted: boolean;
  /** The movement before it of the same thing: when it was, and where it took the thing. */
  readonly previous_ms: number | null;
  readonly previous_to_id: number | null;
}

/** Tags by code. What is asked of further postings has a limit, lest the planner read and hash that whole table for it. */
export async function readAuditedTags(db: Executor, after: string, limit: number): Promise<readonly AuditedTag[]> {
  const { rows } = await db.query<AuditedTag>(
    `select t.code, t.item_id, t.units, t.site_id, site.code as site, t.place_id, (extract(epoch from t.since) * 1000)::float8 as since_ms,
       (extract(epoch from t.seen) * 1000)::float8 as seen_ms, e.code as epoch, t.seq, m.code as movement_code,
       m.site_id as movement_site_id, (extract(epoch from m.event_time) * 1000)::float8 as event_ms, target.id as to_id,
       m.posted_to is not null or (select true from further_posting f where f.epoch_id = m.epoch_id and f.seq = m.seq
         and f.posted_from <> f.posted_to limit 1) is not null as posted,
       (extract(epoch from before.event_time) * 1000)::float8 as previous_ms, before_target.id as previous_to_id
     from (select * from tag where code > $1 order by code limit $2) t
     left join epoch e on e.id = t.epoch_id
     left join site on site.id = coalesce(e.site_id, t.site_id)
     left join lateral movement_at(t.epoch_id, t.seq) m on true
     left join place target on target.site_id = m.site_id and target.code = m.to_account
     left join lateral movement_at(m.previous_epoch_id, m.previous_seq) before on true
     left join place before_target on before_target.site_id = before.site_id and before_target.code = before.to_account
     order by t.code`,
    [after, limit],
  );
  return rows;
}

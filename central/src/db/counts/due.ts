import { movementsOfStretch } from "../ledger/months.ts";
import type { Client, Executor } from "../pool.ts";

/** Movements that were recorded, or posted, by their epochs. */
export interface MovedSince {
  readonly stretches: readonly { readonly epochId: number; readonly after: number; readonly upto: number }[];
  readonly later: readonly { readonly epochId: number; readonly seq: number }[];
}

export async function areThereCounts(db: Executor): Promise<boolean> {
  const { rows } = await db.query<{ any: boolean }>({
    name: "counts-are-there",
    text: "select exists (select from stock_count) as any",
  });
  return rows[0]?.any ?? false;
}

/**
 * Notes the places of settled counts that movements have touched as of a time that the count had proven, and items that passed a place
 * without leaving a level there. It waits for no lock, and looks once for each place that was touched: where no count is as young as the
 * oldest movement there, that is all.
 */
export async function noteTouched(client: Client, { stretches, later }: MovedSince): Promise<void> {
  await client.query({
    name: "counts-note-touched",
    text: `with moved as materialized (
        select m.epoch_id, m.seq, m.item_id, m.posted_from, m.posted_to, m.event_time
        from unnest($1::integer[], $2::bigint[], $3::bigint[]) stretch (epoch_id, after, upto) cross join lateral ${movementsOfStretch} m
        union all
        select m.epoch_id, m.seq, m.item_id, m.posted_from, m.posted_to, m.event_time
        from unnest($4::integer[], $5::bigint[]) later (epoch_id, seq)
        cross join lateral movement_at(later.epoch_id, later.seq) m
      ), line as materialized (
        select * from moved where posted_from is not null
        union all
        select f.epoch_id, f.seq, f.item_id, f.posted_from, f.posted_to, f.event_time
        from moved join further_posting f using (epoch_id, seq) where moved.posted_from is null and f.posted_from <> f.posted_to
      ), side as materialized (
        select epoch_id, seq, item_id, posted_to as place_id, event_time from line
        union all select epoch_id, seq, item_id, posted_from, event_time from line
      ), oldest as materialized (
        select place_id, min(event_time) as event_time from side group by place_id
      ), hit as materialized (
        select p.count_id, p.place_id, p.until_at from oldest
        join stock_count_place p on p.place_id = oldest.place_id and p.settled_at is not null and p.until_at >= oldest.event_time
      ), passed as (
        insert into stock_count_passed (place_id, item_id)
        select distinct place_id, item_id from side
        where not exists (select from stock k where k.item_id = side.item_id and k.place_id = side.place_id)
        on conflict do nothing
      )
      insert into stock_count_due (count_id, place_id)
      select distinct hit.count_id, hit.place_id
      from hit join side on side.place_id = hit.place_id and side.event_time <= hit.until_at
      join stock_count c on c.id = hit.count_id and (c.all_items
        or exists (select from stock_count_item i where i.count_id = c.id and i.item_id = side.item_id)
        or exists (select from stock_count_line l where l.count_id = c.id and l.place_id = hit.place_id and l.item_id = side.item_id))
      where not exists (select from movement_note n where n.epoch_id = side.epoch_id and n.seq = side.seq
        and n.document = '/v1/counts/' || hit.count_id)`,
    values: [
      stretches.map(({ epochId }) => epochId),
      stretches.map(({ after }) => after),
      stretches.map(({ upto }) => upto),
      later.map(({ epochId }) => epochId),
      later.map(({ seq }) => seq),
    ],
  });
}

/** Makes all places of a count due that are not left out. */
export async function makeDue(client: Client, countId: string): Promise<void> {
  await client.query({
    name: "counts-make-due",
    text: `insert into stock_count_due (count_id, place_id)
      select count_id, place_id from stock_count_place where count_id = $1::uuid and not left_out order by place_id`,
    values: [countId],
  });
}

export interface Due {
  readonly countId: string;
  readonly placeId: number;
}

/** Places that are due, the longest first: of earlier times before later ones, as a correction of one is news to the next. */
export async function readDue(db: Executor, limit: number, countId?: string): Promise<readonly Due[]> {
  const { rows } = await db.query<Due>({
    name: "counts-read-due",
    text: `select d.count_id as "countId", d.place_id as "placeId"
      from (select distinct count_id, place_id from stock_count_due where $2::uuid is null or count_id = $2) d
      join stock_count_place p using (count_id, place_id) order by p.counted_at, d.count_id, d.place_id limit $1`,
    values: [limit, countId ?? null],
  });
  return rows;
}

/** The marks of a place that there are now. Read before its stock is looked at: a later one may tell of what that did not see. */
export async function readMarks(client: Client, { countId, placeId }: Due): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>({
    name: "counts-read-marks",
    text: "select id from stock_count_due where count_id = $1::uuid and place_id = $2",
    values: [countId, placeId],
  });
  return rows.map(({ id }) => id);
}

export async function dropMarks(client: Client, ids: readonly number[]): Promise<void> {
  await client.query({
    name: "counts-drop-marks",
    text: "delete from stock_count_due where id = any($1::bigint[])",
    values: [ids],
  });
}

/** Whether places of a count wait to be settled. */
export async function hasDue(client: Client, countId: string): Promise<boolean> {
  const { rows } = await client.query<{ due: boolean }>({
    name: "counts-has-due",
    text: "select exists (select from stock_count_due where count_id = $1::uuid) as due",
    values: [countId],
  });
  return rows[0]?.due ?? false;
}

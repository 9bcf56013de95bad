import type { Client, Executor } from "../pool.ts";

export interface Touched {
  readonly itemId: number;
  readonly placeId: number;
  readonly eventTimeMs: number;
}

/** Notes the places of settled counts whose time is not before that of what touched them now. It waits for no lock. */
export async function noteTouched(client: Client, touched: readonly Touched[]): Promise<void> {
  if (touched.length === 0) return;
  await client.query({
    name: "counts-note-touched",
    text: `insert into stock_count_due (count_id, place_id)
      select distinct p.count_id, p.place_id
      from unnest($1::integer[], $2::integer[], $3::double precision[]) touched (item_id, place_id, time)
      join stock_count_place p on p.place_id = touched.place_id and p.settled_at is not null
        and p.until_at >= to_timestamp(touched.time / 1000)
      join stock_count c on c.id = p.count_id and (c.all_items
        or exists (select from stock_count_item i where i.count_id = c.id and i.item_id = touched.item_id)
        or exists (select from stock_count_line l where l.count_id = c.id and l.place_id = p.place_id and l.item_id = touched.item_id))`,
    values: [
      touched.map(({ itemId }) => itemId),
      touched.map(({ placeId }) => placeId),
      touched.map(({ eventTimeMs }) => eventTimeMs),
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

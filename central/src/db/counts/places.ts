import type { CountPlace, Pair } from "../../counts/model.ts";
import type { Client, Executor } from "../pool.ts";

/** The ids of a site's places by their codes, and whether each is an outside. */
export async function findPlaces(
  db: Executor,
  siteId: number,
  codes: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: number; readonly outside: boolean }>> {
  const { rows } = await db.query<{ id: number; code: string; outside: boolean }>({
    name: "counts-find-places",
    text: "select id, code, outside from place where site_id = $1 and code = any($2::text[])",
    values: [siteId, codes],
  });
  return new Map(rows.map(({ id, code, outside }) => [code, { id, outside }]));
}

/** Places with all that stands in them, or all places of a site. */
export async function placesWithin(
  db: Executor,
  siteId: number,
  { roots, limit }: { readonly roots: readonly number[] | undefined; readonly limit: number },
): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: "counts-places-within",
    text: `with recursive inside as (
        select id from place where site_id = $1 and not outside and ($2::integer[] is null or id = any($2))
        union
        select place.id from place join inside on place.parent_id = inside.id
      ) select id from inside order by id limit $3`,
    values: [siteId, roots ?? null, limit],
  });
  return rows.map(({ id }) => id);
}

interface PlaceRow extends Omit<CountPlace, "countedMs"> {
  readonly countedMs: number | null;
}

/** Places of a count after `after`, in the order of their ids, or some of them. */
export async function readCountPlaces(
  db: Executor,
  countId: string,
  { after = 0, limit, ids }: { readonly after?: number; readonly limit: number; readonly ids?: readonly number[] },
): Promise<readonly CountPlace[]> {
  const { rows } = await db.query<PlaceRow>({
    name: "counts-read-places",
    text: `select p.place_id as "placeId", place.code as place, (extract(epoch from p.counted_at) * 1000)::bigint as "countedMs",
        p.done, p.left_out as "leftOut", p.settled_at is not null as settled, p.differs,
        (select count(*) from stock_count_entry e where e.count_id = p.count_id and e.place_id = p.place_id)::integer as entries
      from stock_count_place p join place on place.id = p.place_id
      where p.count_id = $1::uuid and p.place_id > $2 and ($4::integer[] is null or p.place_id = any($4))
      order by p.place_id limit $3`,
    values: [countId, after, limit, ids ?? null],
  });
  return rows.map(row => ({ ...row, countedMs: row.countedMs ?? undefined }));
}

export interface Progress {
  readonly places: number;
  readonly counted: number;
  readonly settled: number;
  readonly leftOut: number;
}

/** How far a count is. A place is counted when something was found there, or somebody said that it is done. */
export async function readProgress(db: Executor, countId: string): Promise<Progress> {
  const { rows } = await db.query<Progress>({
    name: "counts-read-progress",
    text: `select count(*)::integer as places, count(counted_at)::integer as counted, count(settled_at)::integer as settled,
        (count(*) filter (where left_out))::integer as "leftOut"
      from stock_count_place where count_id = $1::uuid`,
    values: [countId],
  });
  return rows[0] ?? { places: 0, counted: 0, settled: 0, leftOut: 0 };
}

/** Codes of places where nothing was counted and nobody said that they are done. */
export async function uncountedPlaces(db: Executor, countId: string, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ code: string }>({
    name: "counts-uncounted-places",
    text: `select place.code from stock_count_place p join place on place.id = p.place_id
      where p.count_id = $1::uuid and p.counted_at is null order by place.code limit $2`,
    values: [countId, limit],
  });
  return rows.map(({ code }) => code);
}

/** Says until when places were counted; a place's time never goes back. */
export async function notePlaces(
  client: Client,
  countId: string,
  places: readonly {
    readonly placeId: number;
    readonly firstMs: number;
    readonly lastMs: number;
    readonly done: boolean;
  }[],
): Promise<void> {
  if (places.length === 0) return;
  await client.query({
    name: "counts-note-places",
    text: `update stock_count_place p set counted_at = greatest(p.counted_at, to_timestamp(n.last / 1000)),
        until_at = greatest(p.until_at, to_timestamp(n.last / 1000)), first_at = least(p.first_at, to_timestamp(n.first / 1000)), done = p.done or n.done, left_out = false
      from unnest($2::integer[], $3::double precision[], $4::double precision[], $5::boolean[]) n (place_id, first, last, done)
      where p.count_id = $1::uuid and p.place_id = n.place_id`,
    values: [
      countId,
      places.map(({ placeId }) => placeId),
      places.map(({ firstMs }) => firstMs),
      places.map(({ lastMs }) => lastMs),
      places.map(({ done }) => done),
    ],
  });
}

/** Leaves places out where nothing was counted. */
export async function leaveOut(client: Client, countId: string): Promise<void> {
  await client.query({
    name: "counts-leave-out",
    text: "update stock_count_place set left_out = true where count_id = $1::uuid and counted_at is null",
    values: [countId],
  });
}

/** Has places counted anew from a time on: what was found before does not count. With items, only those of them. */
export async function countAgain(
  client: Client,
  countId: string,
  {
    placeIds,
    itemIds,
    nowMs,
  }: { readonly placeIds: readonly number[]; readonly itemIds: readonly (number | null)[]; readonly nowMs: number },
): Promise<void> {
  await client.query({
    name: "counts-again",
    text: `with again as (
        select * from unnest($2::integer[], $3::integer[]) again (place_id, item_id)
      ), line as (
        insert into stock_count_again (count_id, place_id, item_id, from_at)
        select distinct $1::uuid, place_id, item_id, to_timestamp($4::double precision / 1000) from again where item_id is not null
        on conflict (count_id, place_id, item_id) do update set from_at = excluded.from_at
      ), gone as (
        delete from stock_count_entry e using again
        where e.count_id = $1::uuid and e.place_id = again.place_id and (again.item_id is null or e.item_id = again.item_id)
      )
      update stock_count_place p set left_out = false,
        done = p.done and whole.place_id is null,
        counted_at = case when whole.place_id is null then p.counted_at end,
        first_at = case when whole.place_id is null then p.first_at end,
        counts_from = case when whole.place_id is null then p.counts_from else to_timestamp($4::double precision / 1000) end
      from (select distinct place_id from again) named
        left join (select distinct place_id from again where item_id is null) whole using (place_id)
      where p.count_id = $1::uuid and p.place_id = named.place_id`,
    values: [countId, placeIds, itemIds, nowMs],
  });
}

/** Lines of places that are counted again by themselves, each with the time as of which it is the truth. */
export async function readAgain(
  db: Executor,
  countId: string,
  placeIds: readonly number[],
): Promise<readonly (Pair & { readonly atMs: number })[]> {
  const { rows } = await db.query<Pair & { atMs: number }>({
    name: "counts-read-again",
    text: `select a.place_id as "placeId", a.item_id as "itemId", (extract(epoch from coalesce((
          select max(last_at) from stock_count_entry e where e.count_id = a.count_id and e.place_id = a.place_id and e.item_id = a.item_id
        ), a.from_at)) * 1000)::bigint as "atMs"
      from stock_count_again a where a.count_id = $1::uuid and a.place_id = any($2::integer[])`,
    values: [countId, placeIds],
  });
  return rows;
}

/** Something of places was counted until then, by lines that are counted again by themselves. */
export async function noteUntil(
  client: Client,
  countId: string,
  lines: readonly { readonly placeId: number; readonly timeMs: number }[],
): Promise<void> {
  if (lines.length === 0) return;
  await client.query({
    name: "counts-note-until",
    text: `update stock_count_place p set until_at = greatest(p.until_at, n.until)
      from (select place_id, to_timestamp(max(time) / 1000) as until
        from unnest($2::integer[], $3::double precision[]) given (place_id, time) group by 1) n
      where p.count_id = $1::uuid and p.place_id = n.place_id`,
    values: [countId, lines.map(({ placeId }) => placeId), lines.map(({ timeMs }) => timeMs)],
  });
}

/** Stock at the place agrees with the count, or waits for approval. */
export async function writeSettled(
  client: Client,
  { countId, placeId, differs }: { readonly countId: string; readonly placeId: number; readonly differs: boolean },
): Promise<void> {
  await client.query({
    name: "counts-write-settled",
    text: `update stock_count_place set settled_at = coalesce(settled_at, now()), differs = $3
      where count_id = $1::uuid and place_id = $2`,
    values: [countId, placeId, differs],
  });
}

/** Late movements at places that differ are left as they are from now on, or looked at once more. */
export async function endDiffering(client: Client, countId: string, again: boolean): Promise<void> {
  await client.query({
    name: "counts-end-differing",
    text: `with place as (
        update stock_count_place set differs = false, settled_at = case when $2 then settled_at end
        where count_id = $1::uuid and differs returning place_id
      )
      insert into stock_count_due (count_id, place_id) select $1::uuid, place_id from place where $2 order by place_id`,
    values: [countId, again],
  });
}

export async function anyDiffers(db: Executor, countId: string): Promise<boolean> {
  const { rows } = await db.query<{ differs: boolean }>({
    name: "counts-any-differs",
    text: "select exists (select from stock_count_place where count_id = $1::uuid and differs) as differs",
    values: [countId],
  });
  return rows[0]?.differs ?? false;
}

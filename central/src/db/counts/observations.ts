import type { Observation } from "@tallygate/protocol";
import type { Client, Executor } from "../pool.ts";
import { rfc3339Ms } from "../queries/sql.ts";

export interface ObservedAt {
  readonly siteId: number;
  readonly epoch: string;
}

/** Keeps what an edge said was counted, each once; gives the numbers of those that are new. */
export async function keepObservations(
  client: Client,
  { siteId, epoch }: ObservedAt,
  observations: readonly Observation[],
): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ seq: number }>({
    name: "counts-keep-observations",
    text: `insert into count_observation (site_id, epoch, seq, place, code, quantity, event_time, read_point, session)
      select $1, $2, seq, place, code, quantity, to_timestamp(time / 1000), read_point, session
      from unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::double precision[], $8::text[], $9::text[])
        seen (seq, place, code, quantity, time, read_point, session)
      order by seq on conflict do nothing returning seq`,
    values: [
      siteId,
      epoch,
      observations.map(({ seq }) => seq),
      observations.map(({ place }) => place),
      observations.map(({ code }) => code),
      observations.map(({ quantity }) => quantity),
      observations.map(({ eventTimeMs }) => eventTimeMs),
      observations.map(({ readPoint }) => readPoint),
      observations.map(({ session }) => session),
    ],
  });
  return new Set(rows.map(({ seq }) => seq));
}

/** A count that an observation may belong to. */
export interface OpenCount {
  readonly countId: string;
  readonly state: string;
  readonly placeId: number;
  readonly place: string;
  readonly createdMs: number;
  readonly countsFromMs: number | undefined;
  /** When the last of the place was counted; what comes behind a submission must not be later. */
  readonly countedMs: number | undefined;
  readonly leftOut: boolean;
}

/** Counts of a site's places that are under way, or were closed less than so long ago, the newest first. */
export async function readCountsOfPlaces(
  db: Executor,
  siteId: number,
  places: readonly string[],
): Promise<readonly OpenCount[]> {
  const { rows } = await db.query<OpenCount & { countsFromMs: number | null; countedMs: number | null }>({
    name: "counts-read-counts-of-places",
    text: `select c.id as "countId", c.state, p.place_id as "placeId", place.code as place, p.left_out as "leftOut",
        (extract(epoch from c.created_at) * 1000)::bigint as "createdMs",
        case when p.counts_from <> '-infinity' then (extract(epoch from p.counts_from) * 1000)::bigint end as "countsFromMs",
        (extract(epoch from p.counted_at) * 1000)::bigint as "countedMs"
      from place join stock_count_place p on p.place_id = place.id join stock_count c on c.id = p.count_id
      where place.site_id = $1 and place.code = any($2::text[]) and c.state <> 'cancelled'
      order by c.id desc limit 10000`,
    values: [siteId, places],
  });
  return rows.map(row => ({
    ...row,
    countsFromMs: row.countsFromMs ?? undefined,
    countedMs: row.countedMs ?? undefined,
  }));
}

/** Those of items that a count is about. */
export async function itemsInScope(
  db: Executor,
  countId: string,
  itemIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const { rows } = await db.query<{ id: number }>({
    name: "counts-items-in-scope",
    text: `select id from unnest($2::integer[]) id where exists (select from stock_count where id = $1::uuid and all_items)
      or exists (select from stock_count_item where count_id = $1::uuid and item_id = id)`,
    values: [countId, itemIds],
  });
  return new Set(rows.map(({ id }) => id));
}

/** Observations belong to a count from now on. */
export async function assignObservations(
  client: Client,
  siteId: number,
  assigned: readonly { readonly epoch: string; readonly seq: number; readonly countId: string }[],
): Promise<void> {
  if (assigned.length === 0) return;
  await client.query({
    name: "counts-assign-observations",
    text: `update count_observation o set count_id = a.count_id
      from unnest($2::text[], $3::bigint[], $4::uuid[]) a (epoch, seq, count_id)
      where o.site_id = $1 and o.epoch = a.epoch and o.seq = a.seq`,
    values: [
      siteId,
      assigned.map(({ epoch }) => epoch),
      assigned.map(({ seq }) => seq),
      assigned.map(({ countId }) => countId),
    ],
  });
}

export interface WaitingObservation extends Observation {
  readonly epoch: string;
  readonly placeId: number;
}

/** Observations of a count's places since a time that no count has. */
export async function readWaiting(
  client: Client,
  { countId, siteId, sinceMs }: { readonly countId: string; readonly siteId: number; readonly sinceMs: number },
): Promise<readonly WaitingObservation[]> {
  const { rows } = await client.query<WaitingObservation>({
    name: "counts-read-waiting",
    text: `select o.epoch, o.seq, o.place, o.code, o.quantity, (extract(epoch from o.event_time) * 1000)::bigint as "eventTimeMs",
        o.read_point as "readPoint", o.session, p.place_id as "placeId"
      from stock_count_place p join place on place.id = p.place_id
      join count_observation o on o.site_id = $2 and o.place = place.code and o.count_id is null
        and o.event_time >= greatest(p.counts_from, to_timestamp($3::double precision / 1000))
      where p.count_id = $1::uuid`,
    values: [countId, siteId, sinceMs],
  });
  return rows;
}

/** Forgets what was counted without a count, some of it at a time. */
export async function forgetObservations(db: Executor, keptMs: number, limit: number): Promise<void> {
  await db.query({
    name: "counts-forget-observations",
    text: `delete from count_observation where ctid = any(array(select ctid from count_observation
      where count_id is null and received_at < now() - $1::double precision * interval '1 millisecond' limit $2))`,
    values: [keptMs, limit],
  });
}

export interface ObservationRow {
  readonly site: string;
  readonly epoch: string;
  readonly seq: number;
  readonly place: string;
  readonly code: string;
  readonly quantity: number;
  readonly event_time: string;
  readonly read_point: string;
  readonly session: string;
  readonly count: string | null;
  readonly site_id: number;
}

export type ObservationKey = readonly [epoch: string, seq: number];

/** What was counted at a site, by epoch and number. */
export async function listObservations(
  db: Executor,
  { site, waiting }: { readonly site: string; readonly waiting: boolean },
  { after, limit }: { readonly after: ObservationKey | undefined; readonly limit: number },
): Promise<readonly ObservationRow[]> {
  const { rows } = await db.query<ObservationRow>({
    name: "counts-list-observations",
    text: `select site.code as site, o.site_id, o.epoch, o.seq, o.place, o.code, o.quantity, ${rfc3339Ms("o.event_time")} as event_time,
        o.read_point, o.session, o.count_id as count
      from site join count_observation o on o.site_id = site.id
      where site.code = $1 and (not $2 or o.count_id is null) and (o.epoch, o.seq) > ($3, $4::bigint)
      order by o.epoch, o.seq limit $5`,
    values: [site, waiting, after?.[0] ?? "", after?.[1] ?? 0, limit],
  });
  return rows;
}

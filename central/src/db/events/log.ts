import type { EventText, LoggedEvent } from "@tallygate/protocol";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { Conditions } from "../queries/sql.ts";

/** An event that has yet to get its number. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly site: string;
  readonly timeMs: number;
  /** As JSON. */
  readonly data: string;
}

/** Gives events the next numbers, in their order, and writes them. The caller has locked the head. */
export async function appendEvents(client: Client, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query({
    name: "events-append",
    text: `with head as (
        update event_head set seq = seq + cardinality($1::text[]), recorded_at = greatest(recorded_at, clock_timestamp())
        returning seq - cardinality($1::text[]) as before, recorded_at
      )
      insert into event (seq, id, type, key, site, time, recorded_at, data)
      select head.before + position, id::uuid, type, key, site, time, head.recorded_at, data::json
      from head, unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
        with ordinality as new (id, type, key, site, time, data, position)`,
    values: [
      binaryArray.text(events.map(event => event.id)),
      binaryArray.text(events.map(event => event.type)),
      binaryArray.text(events.map(event => event.key)),
      binaryArray.text(events.map(event => event.site)),
      binaryArray.timestamptz(events.map(event => event.timeMs)),
      binaryArray.text(events.map(event => event.data)),
    ],
  });
}

const ms = (column: string) => `floor(extract(epoch from ${column}) * 1000)::bigint`;
const envelope = `seq, id, type, key, site, ${ms("time")} as "timeMs", ${ms("recorded_at")} as "recordedMs"`;
const columns = `${envelope}, data`;

/** The next events behind a number, in their order. */
export async function readEventsAfter(db: Executor, after: number, limit: number): Promise<readonly LoggedEvent[]> {
  const { rows } = await db.query<LoggedEvent>({
    name: "events-read-after",
    text: `select ${columns} from event where seq > $1 order by seq limit $2`,
    values: [after, limit],
  });
  return rows;
}

/** As {@link readEventsAfter}, with the data as the log has them. */
export async function readEventTextsAfter(db: Executor, after: number, limit: number): Promise<readonly EventText[]> {
  const { rows } = await db.query<EventText>({
    name: "events-read-texts-after",
    text: `select ${envelope}, data::text from event where seq > $1 order by seq limit $2`,
    values: [after, limit],
  });
  return rows;
}

/** Events with these numbers, in their order. */
export async function readEventsAt(db: Executor, seqs: readonly number[]): Promise<readonly LoggedEvent[]> {
  if (seqs.length === 0) return [];
  const { rows } = await db.query<LoggedEvent>({
    name: "events-read-at",
    text: `select ${columns} from event where seq = any($1::bigint[]) order by seq`,
    values: [seqs],
  });
  return rows;
}

export interface EventFilter {
  readonly after: number;
  /** Numbers above are not looked at; without it there is no such bound. */
  readonly upTo?: number | undefined;
  /** Patterns of types as {@link likeOf} makes them. */
  readonly types?: readonly string[] | undefined;
  readonly key?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  /** Types that are given whatever their site, where `sites` are. */
  readonly everywhere?: readonly string[] | undefined;
  readonly limit: number;
}

/** What a caller's filter lets through, in order. */
export async function findEvents(
  db: Executor,
  { after, upTo, types, key, sites, everywhere, limit }: EventFilter,
): Promise<readonly LoggedEvent[]> {
  const conditions = new Conditions()
    .when(after, value => `seq > ${value}`)
    .when(upTo, value => `seq <= ${value}`)
    .when(types, value => `type like any(${value}::text[])`)
    .when(key, value => `key = ${value}`);
  if (sites !== undefined) {
    const [some, all] = [conditions.value(sites), conditions.value(everywhere ?? [])];
    conditions.add(`(site = any(${some}::text[]) or type = any(${all}::text[]))`);
  }
  const number = conditions.value(limit);
  const { rows } = await db.query<LoggedEvent>(
    `select ${columns} from event ${conditions.where()} order by seq limit ${number}`,
    conditions.values,
  );
  return rows;
}

/** `order.*` as a pattern of SQL. */
export function likeOf(pattern: string): string {
  return pattern.replaceAll(/[\\%_]/g, "\\$&").replaceAll("*", "%");
}

/** The last number that was given. */
export async function readHead(db: Executor): Promise<number> {
  const { rows } = await db.query<{ seq: number }>({ name: "events-head", text: "select seq from event_head" });
  return rows[0]?.seq ?? 0;
}

/** The number of the oldest event that is kept; one above the head when there is none. */
export async function readOldest(db: Executor): Promise<number> {
  const { rows } = await db.query<{ seq: number }>({
    name: "events-oldest",
    text: "select coalesce((select min(seq) from event), (select seq + 1 from event_head)) as seq",
  });
  return rows[0]?.seq ?? 1;
}

/** The last number that was given before a time: whoever goes on behind it gets all that was recorded from then on. */
export async function readSeqBefore(db: Executor, time: string): Promise<number> {
  const { rows } = await db.query<{ seq: number }>({
    name: "events-seq-before",
    text: `select coalesce(
        (select seq - 1 from event where recorded_at >= $1::timestamptz order by recorded_at, seq limit 1),
        (select seq from event_head)
      ) as seq`,
    values: [time],
  });
  return rows[0]?.seq ?? 0;
}

/** Deletes the oldest events that are past their time, a bounded number; gives how many. */
export async function purgeEvents(db: Executor, keptMs: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: "events-purge",
    text: `delete from event where seq in (
        select seq from event where recorded_at < now() - $1 * interval '1 millisecond' order by recorded_at, seq limit $2
      )`,
    values: [keptMs, limit],
  });
  return rowCount ?? 0;
}

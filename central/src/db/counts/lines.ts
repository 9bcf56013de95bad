import type { Pair } from "../../counts/model.ts";
import type { Client, Executor } from "../pool.ts";

/** What a settled count proved of an item at a place. */
export interface ProvenLine extends Pair {
  readonly countedMs: number;
  readonly counted: number;
  /** What stock was adjusted by now; it is added to what it was adjusted by before. */
  readonly adjusted: number;
  readonly adjustedClass: number;
  readonly price: number | undefined;
  readonly currency: string | undefined;
  readonly reason: string | undefined;
}

/** Writes what is proven, or adds to what was adjusted. */
export async function writeLines(
  client: Client,
  { countId, siteId }: { readonly countId: string; readonly siteId: number },
  lines: readonly ProvenLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await client.query({
    name: "counts-write-lines",
    text: `insert into stock_count_line (count_id, site_id, place_id, item_id, counted_at, counted, adjusted, adjusted_class, price, currency, reason)
      select $1::uuid, $2, place_id, item_id, to_timestamp(time / 1000), counted, adjusted, class, price, currency, reason
      from unnest($3::integer[], $4::integer[], $5::double precision[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[],
        $11::text[]) line (place_id, item_id, time, counted, adjusted, class, price, currency, reason)
      on conflict (count_id, place_id, item_id) do update set adjusted = stock_count_line.adjusted + excluded.adjusted,
        adjusted_class = stock_count_line.adjusted_class + excluded.adjusted_class`,
    values: [
      countId,
      siteId,
      lines.map(line => line.placeId),
      lines.map(line => line.itemId),
      lines.map(line => line.countedMs),
      lines.map(line => line.counted),
      lines.map(line => line.adjusted),
      lines.map(line => line.adjustedClass),
      lines.map(line => line.price ?? null),
      lines.map(line => line.currency ?? null),
      lines.map(line => line.reason ?? null),
    ],
  });
}

export interface WrittenLine extends Pair {
  readonly adjusted: number;
  readonly adjustedClass: number;
}

/** What stock was adjusted by for items at places. */
export async function readLines(
  db: Executor,
  countId: string,
  pairs: readonly Pair[],
): Promise<readonly WrittenLine[]> {
  const { rows } = await db.query<WrittenLine>({
    name: "counts-read-lines",
    text: `select place_id as "placeId", item_id as "itemId", adjusted, adjusted_class as "adjustedClass"
      from stock_count_line join unnest($2::integer[], $3::integer[]) pair (place_id, item_id) using (place_id, item_id)
      where count_id = $1::uuid`,
    values: [countId, pairs.map(({ placeId }) => placeId), pairs.map(({ itemId }) => itemId)],
  });
  return rows;
}

export interface Totals {
  readonly lines: number;
  readonly right: number;
  readonly unitsFound: number;
  readonly unitsLost: number;
}

export async function readTotals(db: Executor, countId: string): Promise<Totals> {
  const { rows } = await db.query<Totals>({
    name: "counts-read-totals",
    text: `select count(*)::integer as lines, (count(*) filter (where adjusted = 0))::integer as right,
        coalesce(sum(adjusted) filter (where adjusted > 0), 0)::bigint as "unitsFound",
        coalesce(-sum(adjusted) filter (where adjusted < 0), 0)::bigint as "unitsLost"
      from stock_count_line where count_id = $1::uuid`,
    values: [countId],
  });
  return rows[0] ?? { lines: 0, right: 0, unitsFound: 0, unitsLost: 0 };
}

/** Says why lines differ. */
export async function writeReasons(
  client: Client,
  countId: string,
  reasons: readonly (Pair & { readonly reason: string })[],
): Promise<void> {
  if (reasons.length === 0) return;
  await client.query({
    name: "counts-write-reasons",
    text: `insert into stock_count_reason (count_id, place_id, item_id, reason)
      select distinct on (place_id, item_id) $1::uuid, place_id, item_id, reason
      from unnest($2::integer[], $3::integer[], $4::text[]) given (place_id, item_id, reason)
      on conflict (count_id, place_id, item_id) do update set reason = excluded.reason`,
    values: [
      countId,
      reasons.map(({ placeId }) => placeId),
      reasons.map(({ itemId }) => itemId),
      reasons.map(({ reason }) => reason),
    ],
  });
}

export async function readReasons(
  db: Executor,
  countId: string,
  pairs: readonly Pair[],
): Promise<readonly (Pair & { readonly reason: string })[]> {
  const { rows } = await db.query<Pair & { reason: string }>({
    name: "counts-read-reasons",
    text: `select place_id as "placeId", item_id as "itemId", reason from stock_count_reason
      join unnest($2::integer[], $3::integer[]) pair (place_id, item_id) using (place_id, item_id) where count_id = $1::uuid`,
    values: [countId, pairs.map(({ placeId }) => placeId), pairs.map(({ itemId }) => itemId)],
  });
  return rows;
}

/** A thing that a count took to loss, or brought to a place. */
export interface CountThing extends Pair {
  readonly code: string;
  readonly found: boolean;
}

/** Remembers what a count did with things. */
export async function noteThings(client: Client, countId: string, things: readonly CountThing[]): Promise<void> {
  if (things.length === 0) return;
  await client.query({
    name: "counts-note-things",
    text: `insert into stock_count_thing (count_id, place_id, item_id, code, found)
      select $1::uuid, * from unnest($2::integer[], $3::integer[], $4::text[], $5::boolean[])
      on conflict (count_id, place_id, code) do update set found = excluded.found`,
    values: [
      countId,
      things.map(({ placeId }) => placeId),
      things.map(({ itemId }) => itemId),
      things.map(({ code }) => code),
      things.map(({ found }) => found),
    ],
  });
}

/** What a count did with things at places. */
export async function readThings(
  db: Executor,
  countId: string,
  placeIds: readonly number[],
): Promise<readonly CountThing[]> {
  const { rows } = await db.query<CountThing>({
    name: "counts-read-things",
    text: `select place_id as "placeId", item_id as "itemId", code, found from stock_count_thing
      where count_id = $1::uuid and place_id = any($2::integer[]) order by place_id, code`,
    values: [countId, placeIds],
  });
  return rows;
}

/** Forgets things that turned out to be elsewhere. */
export async function forgetThings(
  client: Client,
  {
    countId,
    placeId,
    codes,
  }: { readonly countId: string; readonly placeId: number; readonly codes: readonly string[] },
): Promise<void> {
  if (codes.length === 0) return;
  await client.query({
    name: "counts-forget-things",
    text: "delete from stock_count_thing where count_id = $1::uuid and place_id = $2 and code = any($3::text[])",
    values: [countId, placeId, codes],
  });
}

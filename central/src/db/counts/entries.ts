import type { CountedCode } from "../../counts/compare.ts";
import type { Pair } from "../../counts/model.ts";
import type { Client, Executor } from "../pool.ts";
import { rfc3339Ms } from "../queries/sql.ts";

export interface Entry {
  readonly placeId: number;
  readonly itemId: number;
  readonly code: string;
  readonly source: string;
  readonly quantity: number;
  readonly units: number;
  readonly serialised: boolean;
  readonly lot: string | undefined;
  readonly timeMs: number;
}

const givenEntries = `unnest($2::integer[], $3::integer[], $4::text[], $5::text[], $6::bigint[], $7::integer[], $8::boolean[], $9::text[],
  $10::double precision[]) given (place_id, item_id, code, source, quantity, units, serialised, lot, time)`;

function valuesOf(countId: string, entries: readonly Entry[]): unknown[] {
  return [
    countId,
    entries.map(entry => entry.placeId),
    entries.map(entry => entry.itemId),
    entries.map(entry => entry.code),
    entries.map(entry => entry.source),
    entries.map(entry => entry.quantity),
    entries.map(entry => entry.units),
    entries.map(entry => entry.serialised),
    entries.map(entry => entry.lot ?? null),
    entries.map(entry => entry.timeMs),
  ];
}

const insert = `insert into stock_count_entry (count_id, place_id, item_id, code, source, quantity, units, serialised, lot, first_at, last_at)
  select $1::uuid, place_id, item_id, code, source, quantity, units, serialised, lot, to_timestamp(time / 1000), to_timestamp(time / 1000)
  from ${givenEntries} on conflict (count_id, place_id, item_id, code, source) do update set`;

/** What each source found in all: a later word of the same source takes the place of an earlier one. No key may stand twice. */
export async function setEntries(client: Client, countId: string, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query({
    name: "counts-set-entries",
    text: `${insert} quantity = excluded.quantity, last_at = greatest(stock_count_entry.last_at, excluded.last_at)`,
    values: valuesOf(countId, entries),
  });
}

/** What each source found more; a thing of its own is there or not. No key may stand twice. */
export async function addEntries(client: Client, countId: string, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query({
    name: "counts-add-entries",
    text: `${insert} quantity = case when excluded.serialised then greatest(0, least(1, stock_count_entry.quantity + excluded.quantity))
        else greatest(0, stock_count_entry.quantity + excluded.quantity) end,
      last_at = greatest(stock_count_entry.last_at, excluded.last_at)`,
    values: valuesOf(countId, entries),
  });
}

export interface EntryRow {
  readonly place: string;
  readonly sku: string;
  readonly code: string;
  readonly lot: string | null;
  readonly quantity: number;
  readonly units: number;
  readonly counter: string;
  readonly first_time: string;
  readonly last_time: string;
  readonly key: EntryKey;
}

export type EntryKey = readonly [placeId: number, itemId: number, code: string, source: string];

/** What was found, by place, item, code and source. */
export async function listEntries(
  db: Executor,
  countId: string,
  {
    after,
    limit,
    placeId,
  }: { readonly after: EntryKey | undefined; readonly limit: number; readonly placeId: number | undefined },
): Promise<readonly EntryRow[]> {
  const [place = 0, item = 0, code = "", source = ""] = after ?? [];
  const { rows } = await db.query<EntryRow>({
    name: "counts-list-entries",
    text: `select place.code as place, item.sku, e.code, e.lot, e.quantity, e.units, e.source as counter,
        ${rfc3339Ms("e.first_at")} as first_time, ${rfc3339Ms("e.last_at")} as last_time,
        json_build_array(e.place_id, e.item_id, e.code, e.source) as key
      from stock_count_entry e join place on place.id = e.place_id join item on item.id = e.item_id
      where e.count_id = $1::uuid and (e.place_id, e.item_id, e.code, e.source) > ($2::integer, $3::integer, $4::text, $5::text)
        and ($7::integer is null or e.place_id = $7)
      order by e.place_id, e.item_id, e.code, e.source limit $6`,
    values: [countId, place, item, code, source, limit, placeId ?? null],
  });
  return rows;
}

/** What was counted of items at places, in units; a thing of its own once, however many found it. */
export async function readCounted(
  db: Executor,
  countId: string,
  pairs: readonly Pair[],
): Promise<readonly (Pair & CountedCode)[]> {
  const { rows } = await db.query<Pair & Omit<CountedCode, "lot"> & { lot: string | null }>({
    name: "counts-read-counted",
    text: `select place_id as "placeId", item_id as "itemId", code,
        (case when serialised then max(units) else sum(quantity * units) end)::bigint as units, serialised, lot
      from stock_count_entry join unnest($2::integer[], $3::integer[]) pair (place_id, item_id) using (place_id, item_id)
      where count_id = $1::uuid and quantity > 0
      group by place_id, item_id, code, serialised, lot order by place_id, item_id, code`,
    values: [countId, pairs.map(({ placeId }) => placeId), pairs.map(({ itemId }) => itemId)],
  });
  return rows.map(row => ({ ...row, lot: row.lot ?? undefined }));
}

/** Who has counted anything: people, and devices by their sweeps. */
export async function readCounters(db: Executor, countId: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ source: string }>({
    name: "counts-read-counters",
    text: "select distinct source from stock_count_entry where count_id = $1::uuid order by 1",
    values: [countId],
  });
  return rows.map(({ source }) => source);
}

/** Codes of the things of their own that were found at a place. */
export async function readCountedThings(db: Executor, countId: string, placeId: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ code: string }>({
    name: "counts-read-counted-things",
    text: "select distinct code from stock_count_entry where count_id = $1::uuid and place_id = $2 and serialised and quantity > 0",
    values: [countId, placeId],
  });
  return rows.map(({ code }) => code);
}

import type { BoundList, CountedThing, Match, Moved, MovementKey, Step, Why } from "../../follow/model.ts";
import { keyOf } from "../../follow/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

/** A read point, and a span of event times. */
export interface AskedLists {
  readonly siteId: number;
  readonly readPoint: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Lists that were open at read points at some time of these spans, of each the newest. */
export async function readLists(
  db: Executor,
  asked: readonly AskedLists[],
  limit: number,
): Promise<readonly BoundList[]> {
  if (asked.length === 0) return [];
  const { rows } = await db.query<{
    id: string;
    site_id: number;
    read_point: string;
    step: string;
    opened: number;
    closed: number | null;
    documents: string[];
  }>({
    name: "follow-read-lists",
    text: `select distinct list.id, list.site_id, list.read_point, list.step,
        (extract(epoch from opened_at) * 1000)::float8 as opened, (extract(epoch from closed_at) * 1000)::float8 as closed,
        array(select document_id::text from document_list_member where list_id = list.id order by position) as documents
      from unnest($1::integer[], $2::text[], $3::timestamptz[], $4::timestamptz[]) as asked (site_id, read_point, since, until)
      cross join lateral (
        select found.* from document_list found
        where found.site_id = asked.site_id and found.read_point = asked.read_point and found.opened_at <= asked.until
        order by found.opened_at desc limit $5
      ) list
      where list.closed_at is null or list.closed_at > asked.since`,
    values: [
      binaryArray.integer(asked.map(({ siteId }) => siteId)),
      binaryArray.text(asked.map(({ readPoint }) => readPoint)),
      binaryArray.timestamptz(asked.map(({ fromMs }) => fromMs)),
      binaryArray.timestamptz(asked.map(({ toMs }) => toMs)),
      limit,
    ],
  });
  return rows.map(row => ({
    id: row.id,
    siteId: row.site_id,
    readPoint: row.read_point,
    step: row.step,
    openedMs: row.opened,
    closedMs: row.closed ?? undefined,
    documentIds: row.documents,
  }));
}

/** What serialised things were counted for. */
export async function readCounted(db: Executor, codes: readonly string[]): Promise<readonly CountedThing[]> {
  if (codes.length === 0) return [];
  const { rows } = await db.query<{ code: string; document_id: string; step: Step; line: number }>({
    name: "follow-read-counted",
    text: "select code, document_id, step, line from document_thing where code = any($1::text[])",
    values: [binaryArray.text(codes)],
  });
  return rows.map(({ code, document_id, step, line }) => ({ code, documentId: document_id, step, line }));
}

/** The notices' lines that announced serialised things. */
export async function readAnnounced(
  db: Executor,
  codes: readonly string[],
): Promise<readonly { readonly code: string; readonly documentId: string; readonly line: number }[]> {
  if (codes.length === 0) return [];
  const { rows } = await db.query<{ code: string; document_id: string; line: number }>({
    name: "follow-read-announced",
    text: "select distinct serial_code as code, document_id, line from document_unit_content where serial_code = any($1::text[])",
    values: [binaryArray.text(codes)],
  });
  return rows.map(({ code, document_id, line }) => ({ code, documentId: document_id, line }));
}

/** What movements carried out, by their keys. */
export async function readMatchesOf(
  db: Executor,
  movements: readonly MovementKey[],
): Promise<ReadonlyMap<string, readonly Match[]>> {
  const found = new Map<string, Match[]>();
  if (movements.length === 0) return found;
  const { rows } = await db.query<{
    epoch_id: number;
    seq: number;
    document_id: string;
    line: number;
    step: Step;
    list_id: string | null;
    quantity: number;
    why: Why;
    event: number;
  }>({
    name: "follow-read-matches-of",
    text: `select epoch_id, seq, document_id, line, step, list_id, quantity, why, (extract(epoch from event_time) * 1000)::float8 as event
      from (select distinct * from unnest($1::integer[], $2::bigint[]) as asked (epoch_id, seq)) asked
      join document_match using (epoch_id, seq) order by epoch_id, seq, document_id, line, step`,
    values: keyValues(movements),
  });
  for (const row of rows) {
    const moved = { epochId: row.epoch_id, seq: row.seq };
    const { line, step, quantity, why, event: eventTimeMs } = row;
    const match = { moved, documentId: row.document_id, line, step, quantity, why, eventTimeMs };
    const known = found.get(keyOf(moved)) ?? [];
    found.set(keyOf(moved), [...known, { ...match, listId: row.list_id ?? undefined }]);
  }
  return found;
}

/** Those of the movements that were taken back already. */
export async function readReversed(db: Executor, movements: readonly MovementKey[]): Promise<ReadonlySet<string>> {
  if (movements.length === 0) return new Set();
  const { rows } = await db.query<{ epoch_id: number; seq: number }>({
    name: "follow-read-reversed",
    text: `select epoch_id, seq from unnest($1::integer[], $2::bigint[]) as asked (epoch_id, seq)
      join follow_reversed using (epoch_id, seq)`,
    values: keyValues(movements),
  });
  return new Set(rows.map(({ epoch_id, seq }) => keyOf({ epochId: epoch_id, seq })));
}

export async function insertReversed(client: Client, movements: readonly MovementKey[]): Promise<void> {
  if (movements.length === 0) return;
  await client.query({
    name: "follow-insert-reversed",
    text: "insert into follow_reversed (epoch_id, seq) select * from unnest($1::integer[], $2::bigint[])",
    values: keyValues(movements),
  });
}

export async function insertCounted(client: Client, things: readonly CountedThing[]): Promise<void> {
  if (things.length === 0) return;
  await client.query({
    name: "follow-insert-counted",
    text: `insert into document_thing (code, document_id, step, line)
      select code, document_id::uuid, step, line
      from unnest($1::text[], $2::text[], $3::text[], $4::integer[]) as thing (code, document_id, step, line)
      on conflict do nothing`,
    values: [...thingValues(things), binaryArray.integer(things.map(({ line }) => line))],
  });
}

export async function deleteCounted(client: Client, things: readonly CountedThing[]): Promise<void> {
  if (things.length === 0) return;
  await client.query({
    name: "follow-delete-counted",
    text: `delete from document_thing using unnest($1::text[], $2::text[], $3::text[]) as thing (code, document_id, step)
      where document_thing.code = thing.code and document_thing.document_id = thing.document_id::uuid
        and document_thing.step = thing.step`,
    values: thingValues(things),
  });
}

/** Keeps what passed at a list and is none of its lines. */
export async function insertUnexpected(
  client: Client,
  unexpected: readonly { readonly listId: string; readonly moved: Moved }[],
): Promise<void> {
  if (unexpected.length === 0) return;
  await client.query({
    name: "follow-insert-unexpected",
    text: `insert into document_list_unexpected (list_id, epoch_id, seq, item_id, code, quantity, event_time)
      select list_id::uuid, epoch_id, seq, item_id, code, quantity, event_time
      from unnest($1::text[], $2::integer[], $3::bigint[], $4::integer[], $5::text[], $6::bigint[], $7::timestamptz[])
        as passed (list_id, epoch_id, seq, item_id, code, quantity, event_time)
      on conflict do nothing`,
    values: [
      binaryArray.text(unexpected.map(({ listId }) => listId)),
      binaryArray.integer(unexpected.map(({ moved }) => moved.epochId)),
      binaryArray.bigint(unexpected.map(({ moved }) => moved.seq)),
      binaryArray.integer(unexpected.map(({ moved }) => moved.itemId)),
      binaryArray.text(unexpected.map(({ moved }) => moved.code)),
      binaryArray.bigint(unexpected.map(({ moved }) => moved.quantity)),
      binaryArray.timestamptz(unexpected.map(({ moved }) => moved.eventTimeMs)),
    ],
  });
}

function keyValues(movements: readonly MovementKey[]) {
  return [
    binaryArray.integer(movements.map(({ epochId }) => epochId)),
    binaryArray.bigint(movements.map(({ seq }) => seq)),
  ];
}

function thingValues(things: readonly CountedThing[]) {
  return [
    binaryArray.text(things.map(({ code }) => code)),
    binaryArray.text(things.map(({ documentId }) => documentId)),
    binaryArray.text(things.map(({ step }) => step)),
  ];
}

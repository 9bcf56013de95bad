import type { ReservedChange } from "../../reservations/levels.ts";
import type { Hold, Reservation } from "../../reservations/model.ts";
import type { Change } from "../audit/changes.ts";
import { binaryArray } from "../binary.ts";
import { type OutboxEvent, outboxInsert, outboxValues } from "../events/outbox.ts";
import type { Client } from "../pool.ts";
import { Outdated } from "../transaction.ts";
import type { KeptAnswer } from "./answers.ts";

export interface Writes {
  /** Of levels that are locked. */
  readonly stock: readonly ReservedChange[];
  readonly created: readonly Reservation[];
  /** Further holds of reservations that were there, and are locked. */
  readonly added: readonly AddedHold[];
  readonly answers: readonly KeptAnswer[];
  /** Who did what, as `recordChanges` would write it. */
  readonly changes: readonly Change[];
  /** For other systems, as `insertOutbox` would write it. */
  readonly events: readonly OutboxEvent[];
  readonly keptMs: number;
}

type AddedHold = Hold & { readonly id: string };

/**
 * Writes what a group has decided, but for endings: what is reserved, that its sites are to be told, new reservations and their
 * holds, the answers, who did what, and what other systems are told; in one statement, since at small groups the round trips cost as much as the rows. An answer that is
 * past its time gives way to a new one. Throws `Outdated` when another process has answered one of the requests since: the
 * next try finds that answer. Answers are written in order, by those who have all their other locks: nobody waits in a circle.
 */
export async function writeReserved(client: Client, writes: Writes): Promise<void> {
  const { stock, created, added, answers, changes, events, keptMs } = writes;
  if ([stock, created, added, answers, changes, events].every(each => each.length === 0)) return;
  const { rows } = await client.query<{ levels: number; answers: number }>({
    name: "reservations-write",
    text,
    values: [
      ...stockValues(stock),
      ...createdValues(created),
      ...holdValues(created, added),
      ...answerValues(answers),
      keptMs,
      ...changeValues(changes),
      ...outboxValues(events),
    ],
  });
  if (rows[0]?.levels !== stock.length)
    throw new Error(`${rows[0]?.levels} of ${stock.length} locked levels were there`);
  if (rows[0].answers !== answers.length) throw new Outdated("another process has answered one of the requests");
}

const text = `with changed as (
    update stock set reserved = reserved + change.by
    from unnest($1::integer[], $2::integer[], $3::bigint[]) as change (item_id, place_id, by)
    where stock.item_id = change.item_id and stock.place_id = change.place_id
    returning stock.site_id, stock.item_id, stock.place_id
  ), noted as (
    insert into reserved_change (site_id, item_id, place_id) select site_id, item_id, place_id from changed
  ), added as (
    insert into reservation (id, policy, reference, document_id, created_at, expires_at)
    select id::uuid, policy, reference, document_id::uuid, created_at, expires_at
    from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[])
      as new (id, policy, reference, document_id, created_at, expires_at)
  ), held as (
    insert into reservation_hold (reservation_id, line, place_id, site_id, item_id, quantity)
    select id::uuid, line, place_id, site_id, item_id, quantity
    from unnest($10::text[], $11::integer[], $12::integer[], $13::integer[], $14::integer[], $15::bigint[])
      as new (id, line, place_id, site_id, item_id, quantity)
  ), answered as (
    insert into reservation_answer (id, request_hash, response)
    select id::uuid, request_hash::uuid, response
    from unnest($16::text[], $17::text[], $18::text[]) as answer (id, request_hash, response) order by 1
    on conflict (id) do update set request_hash = excluded.request_hash, response = excluded.response, created_at = now()
    where reservation_answer.created_at <= now() - $19 * interval '1 millisecond'
    returning 1
  ), recorded as (
    insert into api_change (actor, action, resource, site_id, before, after)
    select actor, action, resource, site_id, before::json, after::json
    from unnest($20::text[], $21::text[], $22::text[], $23::integer[], $24::text[], $25::text[])
      as change (actor, action, resource, site_id, before, after)
  ), told as (
    ${outboxInsert(26)}
  )
  select (select count(*) from changed) as levels, (select count(*) from answered) as answers`;

function stockValues(stock: readonly ReservedChange[]) {
  return [
    binaryArray.integer(stock.map(({ row }) => row.itemId)),
    binaryArray.integer(stock.map(({ row }) => row.placeId)),
    binaryArray.bigint(stock.map(({ by }) => by)),
  ];
}

function createdValues(created: readonly Reservation[]) {
  return [
    binaryArray.text(created.map(one => one.id)),
    binaryArray.text(created.map(one => one.policy)),
    binaryArray.text(created.map(one => one.reference)),
    binaryArray.text(created.map(one => one.documentId)),
    binaryArray.timestamptz(created.map(one => one.createdMs)),
    binaryArray.timestamptz(created.map(one => one.expiresMs)),
  ];
}

function holdValues(created: readonly Reservation[], added: readonly AddedHold[]) {
  const holds = [...created.flatMap(({ id, holds }) => holds.map(hold => ({ id, ...hold }))), ...added];
  return [
    binaryArray.text(holds.map(hold => hold.id)),
    binaryArray.integer(holds.map(hold => hold.line)),
    binaryArray.integer(holds.map(hold => hold.placeId)),
    binaryArray.integer(holds.map(hold => hold.siteId)),
    binaryArray.integer(holds.map(hold => hold.itemId)),
    binaryArray.bigint(holds.map(hold => hold.quantity)),
  ];
}

function changeValues(changes: readonly Change[]) {
  return [
    binaryArray.text(changes.map(({ actor }) => actor)),
    binaryArray.text(changes.map(({ action }) => action)),
    binaryArray.text(changes.map(({ resource }) => resource)),
    binaryArray.integer(changes.map(({ siteId }) => siteId)),
    binaryArray.text(changes.map(({ before }) => jsonOf(before))),
    binaryArray.text(changes.map(({ after }) => jsonOf(after))),
  ];
}

function jsonOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function answerValues(answers: readonly KeptAnswer[]) {
  return [
    binaryArray.text(answers.map(({ id }) => id)),
    binaryArray.text(answers.map(({ requestHash }) => requestHash)),
    binaryArray.text(answers.map(({ response }) => response)),
  ];
}

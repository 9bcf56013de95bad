import type { Hold, Reservation, ReservationState } from "../../reservations/model.ts";
import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

/** PostgreSQL's clock, which all processes share; milliseconds. */
export async function readNowMs(db: Executor): Promise<number> {
  const { rows } = await db.query<{ now: number }>({
    name: "reservations-now",
    text: "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now",
  });
  return rows[0]?.now ?? Number.NaN;
}

interface ReservationRow {
  readonly id: string;
  readonly state: ReservationState;
  readonly policy: string;
  readonly reference: string | null;
  readonly document_id: string | null;
  readonly created: number;
  readonly expires: number | null;
  readonly ended: number | null;
}

const ms = (column: string) => `floor(extract(epoch from ${column}) * 1000)::bigint`;
const columns = `id, state, policy, reference, document_id, ${ms("created_at")} as created, ${ms("expires_at")} as expires, ${ms("ended_at")} as ended`;

/** Reservations with their holds; what is missing does not exist. */
export async function readReservations(db: Executor, ids: readonly string[]): Promise<Map<string, Reservation>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<ReservationRow>({
    name: "reservations-read",
    text: `select ${columns} from reservation where id = any($1::text[]::uuid[])`,
    values: [binaryArray.text(ids)],
  });
  return withHolds(db, rows);
}

/** Locks reservations in the order of their ids, before any stock, and gives them as they are then. */
export async function lockReservations(client: Client, ids: readonly string[]): Promise<Map<string, Reservation>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<ReservationRow>({
    name: "reservations-lock",
    text: `select ${columns} from reservation where id = any($1::text[]::uuid[]) order by id for update`,
    values: [binaryArray.text(ids)],
  });
  return withHolds(client, rows);
}

async function withHolds(db: Executor, rows: readonly ReservationRow[]): Promise<Map<string, Reservation>> {
  const { rows: holds } = await db.query<[string, number, number, number, number, number, number, number]>({
    name: "reservations-read-holds",
    text: `select reservation_id, line, item_id, place_id, site_id, quantity, fulfilled, released
      from reservation_hold where reservation_id = any($1::text[]::uuid[]) order by reservation_id, line, place_id`,
    values: [binaryArray.text(rows.map(row => row.id))],
    rowMode: "array",
  });
  const byId = new Map<string, Hold[]>(rows.map(row => [row.id, []]));
  for (const [id, line, itemId, placeId, siteId, quantity, fulfilled, released] of holds) {
    byId.get(id)?.push({ line, itemId, placeId, siteId, quantity, fulfilled, released });
  }
  return new Map(rows.map(row => [row.id, toReservation(row, byId.get(row.id) ?? [])]));
}

function toReservation(row: ReservationRow, holds: readonly Hold[]): Reservation {
  const { id, state, policy, reference, document_id: document, created, expires, ended } = row;
  const times = { createdMs: created, expiresMs: expires ?? undefined, endedMs: ended ?? undefined };
  const names = { reference: reference ?? undefined, documentId: document ?? undefined };
  return { id, state, policy, ...names, ...times, holds };
}

/** Writes how locked reservations have ended. */
export async function endReservations(client: Client, ended: readonly Reservation[]): Promise<void> {
  if (ended.length === 0) return;
  await client.query({
    name: "reservations-end",
    text: `update reservation set state = ended.state, ended_at = ended.at
      from unnest($1::text[], $2::text[], $3::timestamptz[]) as ended (id, state, at)
      where reservation.id = ended.id::uuid`,
    values: [
      binaryArray.text(ended.map(one => one.id)),
      binaryArray.text(ended.map(one => one.state)),
      binaryArray.timestamptz(ended.map(one => one.endedMs)),
    ],
  });
}

/** Writes what is held, and what has been fulfilled and released, of holds whose reservations are locked. */
export async function updateHolds(
  client: Client,
  holds: readonly (Hold & { readonly reservationId: string })[],
): Promise<void> {
  if (holds.length === 0) return;
  await client.query({
    name: "reservations-update-holds",
    text: `update reservation_hold as hold set quantity = now.quantity, fulfilled = now.fulfilled, released = now.released
      from unnest($1::text[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[])
        as now (id, line, place_id, quantity, fulfilled, released)
      where hold.reservation_id = now.id::uuid and hold.line = now.line and hold.place_id = now.place_id`,
    values: [
      binaryArray.text(holds.map(hold => hold.reservationId)),
      binaryArray.integer(holds.map(hold => hold.line)),
      binaryArray.integer(holds.map(hold => hold.placeId)),
      binaryArray.bigint(holds.map(hold => hold.quantity)),
      binaryArray.bigint(holds.map(hold => hold.fulfilled)),
      binaryArray.bigint(holds.map(hold => hold.released)),
    ],
  });
}

/** Takes away holds that hold nothing and never ended, since their goods went on to another place with their hold. */
export async function deleteHolds(
  client: Client,
  holds: readonly (Pick<Hold, "line" | "placeId"> & { readonly reservationId: string })[],
): Promise<void> {
  if (holds.length === 0) return;
  await client.query({
    name: "reservations-delete-holds",
    text: `delete from reservation_hold as hold using unnest($1::text[], $2::integer[], $3::integer[]) as gone (id, line, place_id)
      where hold.reservation_id = gone.id::uuid and hold.line = gone.line and hold.place_id = gone.place_id`,
    values: [
      binaryArray.text(holds.map(hold => hold.reservationId)),
      binaryArray.integer(holds.map(hold => hold.line)),
      binaryArray.integer(holds.map(hold => hold.placeId)),
    ],
  });
}

const sweeperLock = { class: 20_012, key: 1 } as const;

/** Makes this transaction the only one among all processes that sweeps; false when another one does. */
export async function lockSweeper(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_xact_lock($1, $2) as locked", [
    sweeperLock.class,
    sweeperLock.key,
  ]);
  return rows[0]?.locked ?? false;
}

/** Reservations that are past their time and still held, the earliest first. */
export async function readDue(client: Client, limit: number): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: "reservations-read-due",
    // Not clock_timestamp(), which is another one for each row and so is compared with each: this one bounds what the index gives.
    text: `select id from reservation where state = 'held' and expires_at <= statement_timestamp()
      order by expires_at limit $1`,
    values: [limit],
  });
  return rows.map(row => row.id);
}

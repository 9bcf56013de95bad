import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";

/** A request with an idempotency key. Both are halves of a SHA-256, written as UUIDs. */
export interface RequestKey {
  /** Of its route and key. */
  readonly id: string;
  readonly requestHash: string;
}

export interface KeptAnswer extends RequestKey {
  /** JSON. */
  readonly response: string;
}

/** PostgreSQL's clock, which all processes share, and what was answered under some keys within the last `keptMs`. */
export async function readAnswers(
  client: Client,
  ids: readonly string[],
  keptMs: number,
): Promise<{ readonly nowMs: number; readonly kept: ReadonlyMap<string, KeptAnswer> }> {
  const { rows } = await client.query<{ now: number; kept: readonly (readonly [string, string, string])[] | null }>({
    name: "reservations-read-answers",
    text: `select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now,
        (select json_agg(json_build_array(id, request_hash, response)) from reservation_answer
          where id = any($1::text[]::uuid[]) and created_at > now() - $2 * interval '1 millisecond') as kept`,
    values: [binaryArray.text(ids), keptMs],
  });
  const kept = rows[0]?.kept?.map(([id, requestHash, response]) => ({ id, requestHash, response })) ?? [];
  return { nowMs: rows[0]?.now ?? Number.NaN, kept: new Map(kept.map(answer => [answer.id, answer])) };
}

/** Forgets some answers that are past their time; gives how many. */
export async function purgeReservationAnswers(db: Executor, keptMs: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: "reservations-purge-answers",
    text: `delete from reservation_answer where id = any(array(select id from reservation_answer
      where created_at <= now() - $1 * interval '1 millisecond' limit $2))`,
    values: [keptMs, limit],
  });
  return rowCount ?? 0;
}

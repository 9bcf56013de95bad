import type { Executor } from "../pool.ts";

export interface AnsweredRequest {
  readonly request_hash: Buffer;
  readonly status: number;
  readonly response: unknown;
}

export interface IdempotencyKey {
  readonly key: string;
  readonly route: string;
}

/** Makes requests with the same key wait for each other until the transaction ends. */
export async function lockIdempotencyKey(db: Executor, { key, route }: IdempotencyKey): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtextextended($1, 20011212))", [`${route} ${key}`]);
}

/** What was answered under this key within the last `keptMs`. */
export async function findAnswer(
  db: Executor,
  { key, route }: IdempotencyKey,
  keptMs: number,
): Promise<AnsweredRequest | undefined> {
  const { rows } = await db.query<AnsweredRequest>(
    `select request_hash, status, response from idempotency
     where key = $1 and route = $2 and created_at > now() - $3 * interval '1 millisecond'`,
    [key, route, keptMs],
  );
  return rows[0];
}

/** Keeps an answer; one that is past its time and not yet purged gives way. */
export async function keepAnswer(
  db: Executor,
  { key, route }: IdempotencyKey,
  answer: { readonly requestHash: Buffer; readonly status: number; readonly response: unknown },
): Promise<void> {
  await db.query(
    `insert into idempotency (key, route, request_hash, status, response) values ($1, $2, $3, $4, $5)
     on conflict (key, route) do update set request_hash = excluded.request_hash, status = excluded.status,
       response = excluded.response, created_at = now()`,
    [key, route, answer.requestHash, answer.status, JSON.stringify(answer.response)],
  );
}

/** Forgets answers that are past their time; gives how many. */
export async function purgeAnswers(db: Executor, keptMs: number): Promise<number> {
  const { rowCount } = await db.query(
    "delete from idempotency where created_at <= now() - $1 * interval '1 millisecond'",
    [keptMs],
  );
  return rowCount ?? 0;
}

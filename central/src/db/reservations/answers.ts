import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";
import { Outdated } from "../transaction.ts";

/** An idempotency key, and the request that it stands for. */
export interface RequestKey {
  readonly key: string;
  readonly route: string;
  /** SHA-256, hexadecimal. */
  readonly requestHash: string;
}

export interface KeptAnswer {
  readonly key: string;
  readonly route: string;
  readonly request_hash: string;
  readonly response: unknown;
}

/** What was answered under some keys within the last `keptMs`. */
export async function readAnswers(
  client: Client,
  keys: readonly RequestKey[],
  keptMs: number,
): Promise<readonly KeptAnswer[]> {
  if (keys.length === 0) return [];
  const { rows } = await client.query<KeptAnswer>({
    name: "reservations-read-answers",
    text: `select key, route, encode(request_hash, 'hex') as request_hash, response
      from unnest($1::text[], $2::text[]) as asked (key, route) join idempotency using (key, route)
      where created_at > now() - $3 * interval '1 millisecond'`,
    values: [binaryArray.text(keys.map(({ key }) => key)), binaryArray.text(keys.map(({ route }) => route)), keptMs],
  });
  return rows;
}

/**
 * Keeps answers under keys that had none; one that is past its time gives way. Throws `Outdated` when another process has
 * answered one of them since: the next try finds that answer. Keys are written in order and last, so nobody waits in a circle.
 */
export async function keepAnswers(
  client: Client,
  answers: readonly (RequestKey & { readonly response: string })[],
  keptMs: number,
): Promise<void> {
  if (answers.length === 0) return;
  const { rowCount } = await client.query({
    name: "reservations-keep-answers",
    text: `insert into idempotency (key, route, request_hash, status, response)
      select key, route, decode(request_hash, 'hex'), 200, response::jsonb
      from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as answer (key, route, request_hash, response)
      order by key, route
      on conflict (key, route) do update set request_hash = excluded.request_hash, status = excluded.status,
        response = excluded.response, created_at = now()
      where idempotency.created_at <= now() - $5 * interval '1 millisecond'`,
    values: [
      binaryArray.text(answers.map(({ key }) => key)),
      binaryArray.text(answers.map(({ route }) => route)),
      binaryArray.text(answers.map(({ requestHash }) => requestHash)),
      binaryArray.text(answers.map(({ response }) => response)),
      keptMs,
    ],
  });
  if (rowCount !== answers.length) throw new Outdated("another process has answered one of the requests");
}

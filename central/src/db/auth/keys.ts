import type { Client } from "../pool.ts";

export interface SigningKeyRow {
  readonly key_id: string;
  readonly private_key: string;
  readonly signs_from_ms: number;
}

/** Any number that nothing else in this database locks by. */
const keysLock = 20_011_212_260;

/** All keys, the oldest first. Until the transaction ends no other process makes or removes one. */
export async function lockSigningKeys(client: Client): Promise<readonly SigningKeyRow[]> {
  await client.query("select pg_advisory_xact_lock($1)", [keysLock]);
  const { rows } = await client.query<SigningKeyRow>(
    `select key_id, private_key, (extract(epoch from signs_from) * 1000)::float8 as signs_from_ms
     from signing_key order by signs_from, key_id`,
  );
  return rows;
}

export async function insertSigningKey(client: Client, key: SigningKeyRow): Promise<void> {
  await client.query("insert into signing_key (key_id, private_key, signs_from) values ($1, $2, $3)", [
    key.key_id,
    key.private_key,
    new Date(key.signs_from_ms),
  ]);
}

export async function deleteSigningKeys(client: Client, keyIds: readonly string[]): Promise<void> {
  await client.query("delete from signing_key where key_id = any($1)", [keyIds]);
}

import type { Client, Executor } from "../pool.ts";
import { rfc3339Ms } from "../queries/sql.ts";

export interface SealRow {
  readonly number: number;
  readonly sealed_at: string;
  readonly previous: string;
  readonly hash: string;
  readonly key_id: string;
  readonly signature: string;
  /** As they were sealed; null where they were not asked for. */
  readonly epochs: unknown;
  readonly epoch_count: number;
}

const columns = `number, ${rfc3339Ms("sealed_at")} as sealed_at, encode(previous, 'hex') as previous, encode(hash, 'hex') as hash, key_id,
  signature, jsonb_array_length(epochs) as epoch_count`;

export async function readSeal(db: Executor, number: number): Promise<SealRow | undefined> {
  const { rows } = await db.query<SealRow>(`select ${columns}, epochs from seal where number = $1`, [number]);
  return rows[0];
}

/** Seals, the newest first, without their epochs. */
export async function readSeals(
  db: Executor,
  { before, limit }: { readonly before: number | undefined; readonly limit: number },
): Promise<readonly SealRow[]> {
  const { rows } = await db.query<SealRow>(
    `select ${columns}, null as epochs from seal where $1::bigint is null or number < $1 order by number desc limit $2`,
    [before ?? null, limit],
  );
  return rows;
}

/** The newest seal, and how long ago it was by PostgreSQL's clock. */
export async function readLastSeal(
  db: Executor,
): Promise<
  { readonly number: number; readonly hash: string; readonly sealed_at: string; readonly age_ms: number } | undefined
> {
  const { rows } = await db.query<{ number: number; hash: string; sealed_at: string; age_ms: number }>(
    `select number, encode(hash, 'hex') as hash, ${rfc3339Ms("sealed_at")} as sealed_at,
       (extract(epoch from clock_timestamp() - sealed_at) * 1000)::float8 as age_ms
     from seal order by number desc limit 1`,
  );
  return rows[0];
}

/** Any number that nothing else in this database locks by. */
const sealLock = 20_011_212_258;

/** Lets one transaction at a time make a seal. */
export async function lockSeals(client: Client): Promise<void> {
  await client.query("select pg_advisory_xact_lock($1)", [sealLock]);
}

export interface UnsealedEpoch {
  readonly id: number;
  readonly site: string;
  readonly epoch: string;
  readonly start: string;
  readonly seq: number;
  readonly hash: string;
}

/** Epochs that are elsewhere than when they were last sealed; those that waited longest come first. */
export async function readUnsealed(client: Client, limit: number): Promise<readonly UnsealedEpoch[]> {
  const { rows } = await client.query<UnsealedEpoch>(
    `select e.id, site.code as site, e.code as epoch, encode(e.start_hash, 'hex') as start, e.cursor_seq as seq,
       encode(e.cursor_hash, 'hex') as hash
     from epoch e join site on site.id = e.site_id left join epoch_sealed s on s.epoch_id = e.id
     where s.seq is null or s.seq <> e.cursor_seq or s.hash <> e.cursor_hash
     order by coalesce(s.number, 0), e.id limit $1`,
    [limit],
  );
  return rows;
}

/** Appends a seal and remembers where it left each of its epochs. */
export async function insertSeal(
  client: Client,
  seal: Omit<SealRow, "epochs" | "epoch_count">,
  epochs: readonly UnsealedEpoch[],
): Promise<void> {
  const named = epochs.map(({ id: _, ...epoch }) => epoch);
  await client.query(
    `insert into seal (number, sealed_at, previous, hash, key_id, signature, epochs)
     values ($1, $2, decode($3, 'hex'), decode($4, 'hex'), $5, $6, $7)`,
    [seal.number, seal.sealed_at, seal.previous, seal.hash, seal.key_id, seal.signature, JSON.stringify(named)],
  );
  await client.query(
    `insert into epoch_sealed (epoch_id, seq, hash, number)
     select epoch_id, seq, decode(hash, 'hex'), $4 from unnest($1::integer[], $2::bigint[], $3::text[]) e (epoch_id, seq, hash)
     on conflict (epoch_id) do update set seq = excluded.seq, hash = excluded.hash, number = excluded.number`,
    [epochs.map(epoch => epoch.id), epochs.map(epoch => epoch.seq), epochs.map(epoch => epoch.hash), seal.number],
  );
}

/** Of points that were sealed, the first that the ledger no longer has with that hash. */
export async function findUnsealable(
  db: Executor,
  epochs: readonly { readonly site: string; readonly epoch: string; readonly seq: number; readonly hash: string }[],
): Promise<
  { readonly site: string; readonly epoch: string; readonly seq: number; readonly hash: string | null } | undefined
> {
  const { rows } = await db.query<{ site: string; epoch: string; seq: number; hash: string | null }>(
    `select p.site, p.epoch, p.seq, encode(coalesce(m.hash, case when p.seq = 0 then e.start_hash end), 'hex') as hash
     from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) with ordinality p (site, epoch, seq, hash, position)
     left join site on site.code = p.site left join epoch e on e.site_id = site.id and e.code = p.epoch
     left join lateral movement_at(e.id, p.seq) m on true
     where coalesce(m.hash, case when p.seq = 0 then e.start_hash end) is distinct from decode(p.hash, 'hex')
     order by p.position limit 1`,
    [epochs.map(e => e.site), epochs.map(e => e.epoch), epochs.map(e => e.seq), epochs.map(e => e.hash)],
  );
  return rows[0];
}

export interface KeyRow {
  readonly key_id: string;
  readonly x: string;
  /** PKCS 8 in PEM; null when the private half is kept in a file. */
  readonly private_key: string | null;
}

/** Every key that seals were signed with, the newest first. */
export async function readKeys(db: Executor): Promise<readonly KeyRow[]> {
  const { rows } = await db.query<KeyRow>(
    "select key_id, x, private_key from audit_key order by created_at desc, key_id limit 1000",
  );
  return rows;
}

export async function readKey(db: Executor, keyId: string): Promise<KeyRow | undefined> {
  const { rows } = await db.query<KeyRow>("select key_id, x, private_key from audit_key where key_id = $1", [keyId]);
  return rows[0];
}

export async function insertKey(db: Executor, key: KeyRow): Promise<void> {
  await db.query("insert into audit_key (key_id, x, private_key) values ($1, $2, $3) on conflict do nothing", [
    key.key_id,
    key.x,
    key.private_key,
  ]);
}

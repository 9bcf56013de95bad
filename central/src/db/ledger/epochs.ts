import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

/** One opening of a site's store, and the point up to which the ledger has it. */
export interface EpochRow {
  readonly id: number;
  readonly siteId: number;
  readonly code: string;
  readonly cursorSeq: number;
  readonly cursorHash: string;
}

export interface EpochName {
  readonly siteId: number;
  readonly code: string;
}

/** When a transaction records what it appends, by PostgreSQL's clock, to the microsecond, and the partition of the ledger for that. */
export interface RecordTime {
  readonly nowMs: number;
  readonly partition: string;
}

/**
 * The named epochs, and the time. Read behind the sites' locks, so that the record times of what concerns one site follow its commits.
 * The time's partition is there when this answers, also where nobody had made it yet.
 */
export async function readEpochs(
  client: Client,
  names: readonly EpochName[],
): Promise<RecordTime & { readonly epochs: readonly EpochRow[] }> {
  const { rows } = await client.query<{
    now_ms: number;
    partition: string;
    id: number | null;
    site_id: number;
    code: string;
    cursor_seq: number;
    cursor_hash: string;
  }>({
    name: "ledger-read-epochs",
    text: `select (extract(epoch from clock.at) * 1000)::float8 as now_ms, partition, found.*
      from (select at, movement_partition(at) as partition from (select record_clock() as at) clock) clock
      left join (
        select epoch.id, epoch.site_id, epoch.code, cursor_seq, encode(cursor_hash, 'hex') as cursor_hash
        from unnest($1::integer[], $2::text[]) named (site_id, code) join epoch using (site_id, code)
      ) found on true`,
    values: [binaryArray.integer(names.map(name => name.siteId)), binaryArray.text(names.map(name => name.code))],
  });
  const epochs = rows.flatMap(row =>
    row.id === null
      ? []
      : [{ id: row.id, siteId: row.site_id, code: row.code, cursorSeq: row.cursor_seq, cursorHash: row.cursor_hash }],
  );
  const [clock] = rows;
  if (clock === undefined) throw new Error("PostgreSQL's clock gave no row");
  return { epochs, nowMs: clock.now_ms, partition: clock.partition };
}

/** Opens an epoch at the hash that it begins with; `follows` is the point of an earlier epoch of the site. */
export async function openEpoch(
  client: Client,
  {
    siteId,
    code,
    startHash,
    follows,
  }: EpochName & {
    readonly startHash: string;
    readonly follows: { readonly epochId: number; readonly seq: number } | undefined;
  },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>({
    name: "ledger-open-epoch",
    text: `insert into epoch (site_id, code, start_hash, cursor_hash, follows_epoch_id, follows_seq)
      values ($1, $2, decode($3, 'hex'), decode($3, 'hex'), $4, $5) returning id`,
    values: [siteId, code, startHash, follows?.epochId ?? null, follows?.seq ?? null],
  });
  const id = rows[0]?.id;
  if (id === undefined) throw new Error(`the epoch ${code} was not opened`);
  return id;
}

export async function advanceEpochs(
  client: Client,
  cursors: readonly { readonly id: number; readonly cursorSeq: number; readonly cursorHash: string }[],
): Promise<void> {
  if (cursors.length === 0) return;
  await client.query({
    name: "ledger-advance-epochs",
    text: `update epoch set cursor_seq = reached.seq, cursor_hash = decode(reached.hash, 'hex')
      from unnest($1::integer[], $2::bigint[], $3::text[]) reached (id, seq, hash) where epoch.id = reached.id`,
    values: [
      binaryArray.integer(cursors.map(cursor => cursor.id)),
      binaryArray.bigint(cursors.map(cursor => cursor.cursorSeq)),
      binaryArray.text(cursors.map(cursor => cursor.cursorHash)),
    ],
  });
}

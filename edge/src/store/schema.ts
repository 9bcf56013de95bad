import type { DatabaseSync } from "node:sqlite";
import { StoreTooNew } from "./errors.ts";
import { int, only } from "./rows.ts";

/** Each runs once, in order, in a transaction of its own; `user_version` counts them. Never change one that was released. */
const migrations: readonly string[] = [
  `
  create table meta (name text primary key, value integer not null) without rowid;

  -- The recorder: one row a tick with all its readings.
  create table chunk (
    id integer primary key,
    from_ms integer not null,
    to_ms integer not null,
    readings integer not null,
    bytes integer not null,
    body blob not null
  );
  create index chunk_time on chunk (to_ms, from_ms, readings, bytes);

  -- One opening of the store. The chain begins at start_hash, the end of the epoch that it follows.
  create table epoch (
    id integer primary key,
    code text not null unique,
    opened_ms integer not null,
    follows_epoch text,
    follows_seq integer,
    start_hash blob not null,
    first_seq integer not null default 1,
    last_seq integer not null default 0,
    last_hash blob not null,
    confirmed_seq integer not null default 0,
    confirmed_hash blob not null
  );

  -- The outbox: what the centre has not confirmed, and the latest of what it has.
  create table movement (
    epoch_id integer not null,
    seq integer not null,
    quantity integer not null,
    event_time_ms integer not null,
    code text not null,
    class_key text,
    epc_hex text,
    from_account text not null,
    to_account text not null,
    biz_step text not null,
    read_point text not null,
    cause text not null,
    reverses_epoch text,
    reverses_seq integer,
    hash blob not null,
    primary key (epoch_id, seq)
  ) without rowid;

  create table tag (key text primary key, account text not null, event_time_ms integer not null) without rowid;

  create table scan_seen (fingerprint text primary key, time_ms integer not null) without rowid;
  create index scan_seen_time on scan_seen (time_ms);

  create table clock (device_id text primary key, skew_ms real not null) without rowid;

  -- Sums of the movements that the centre has not confirmed.
  create table pending (
    class_key text not null,
    account text not null,
    quantity integer not null,
    primary key (class_key, account)
  ) without rowid;

  -- The centre's levels, each with the site's version from which it is.
  create table level (
    sku text not null,
    place text not null,
    on_hand integer not null,
    reserved integer not null,
    blocked integer not null,
    version integer not null,
    primary key (sku, place)
  ) without rowid;

  create table item (sku text primary key, name text not null, uom text not null) without rowid;
  create table item_code (class_key text primary key, sku text not null) without rowid;
  create index item_code_sku on item_code (sku);

  create table exception (
    id integer primary key autoincrement,
    day integer not null,
    problem text not null,
    device_id text not null,
    key text not null,
    detail text not null,
    bytes blob not null,
    bytes_whole integer not null,
    count integer not null default 1,
    first_ms integer not null,
    last_ms integer not null,
    state text not null default 'open' check (state in ('open', 'resolved')),
    unique (day, problem, device_id, key)
  );
  create index exception_state on exception (state, id);
  `,
  `
  -- Scanners that are not as their configuration has them: mode, place and what is half done, as JSON.
  create table scanner_state (device_id text primary key, configured text not null, state text not null) without rowid;
  `,
  `
  -- How many units a code counts as: what is in the pack that it names. The centre is asked for all items again, with their packs.
  alter table item_code add column units integer not null default 1;
  alter table item add column status text not null default 'active';
  alter table item add column tracking text not null default 'none';
  delete from meta where name = 'catalogueVersion';
  `,
  `
  -- What was counted and the centre has not confirmed. A number is never given twice, also not after all rows are gone; the epoch
  -- tells those of a restored copy apart.
  create table observation (
    id integer primary key autoincrement,
    epoch text not null,
    place text not null,
    code text not null,
    quantity integer not null,
    event_time_ms integer not null,
    read_point text not null,
    session text not null
  );
  `,
  `
  -- The open lists of the site as the centre told them last, the oldest first, each as JSON; and how far it counts the movements of
  -- each epoch in them.
  create table list (position integer primary key, body text not null);
  create table list_cursor (epoch text primary key, seq integer not null) without rowid;
  `,
  `
  -- How often the centre has an exception already: what is above it is still to be told. What was resolved before is not told any more.
  alter table exception add column told integer not null default 0;
  update exception set told = count where state = 'resolved';
  create index exception_untold on exception (id) where told < count;
  `,
  `
  -- What a label says of the goods besides their code.
  alter table movement add column lot text;
  alter table movement add column expires_on text;
  `,
];

/** Brings the schema up to date. Throws `StoreTooNew` for a database of a later version. */
export function migrate(db: DatabaseSync, path: string): void {
  const found = int(only(db.prepare("pragma user_version")), "user_version");
  if (found > migrations.length) throw new StoreTooNew(path, found, migrations.length);
  for (const [index, sql] of migrations.entries()) {
    if (index < found) continue;
    db.exec(`begin immediate; ${sql}; pragma user_version = ${index + 1}; commit`);
  }
}

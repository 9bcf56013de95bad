-- How far the standing auditor is on its way through the ledger, and how its last full pass ended.
create table audit_state (
  only_row boolean primary key default true check (only_row),
  position jsonb,
  checked jsonb,
  faults integer not null default 0,
  pass_began_at timestamptz,
  last_pass_began_at timestamptz,
  last_pass_ended_at timestamptz,
  last_pass_checked jsonb,
  last_pass_faults integer
);
insert into audit_state default values;

-- Keys that seals are signed with. A private half stands here unless an operator keeps it elsewhere.
create table audit_key (
  key_id text primary key,
  x text not null,
  private_key text,
  created_at timestamptz not null default now()
);

-- What the ledger was at a moment, signed: the epochs that had moved since they were last sealed, and the seal before.
create table seal (
  number bigint primary key,
  sealed_at timestamptz not null,
  previous bytea not null,
  hash bytea not null,
  key_id text not null references audit_key,
  signature text not null,
  epochs jsonb not null
);
create trigger seal_append_only before update or delete or truncate on seal
  for each statement execute function refuse_change();

-- Where each epoch stood in the last seal that names it, so that the next one names only what has moved.
create table epoch_sealed (
  epoch_id integer primary key,
  seq bigint not null,
  hash bytea not null,
  number bigint not null
);

-- The event log: what other systems are told, each with its number. Written by the one emitter (`central/src/events/`), read by
-- whoever follows: NATS, webhooks, `GET /v1/events`.
create table event (
  -- 1, 2, 3 … without a gap, in the order of the commits. Whoever has read up to a number has read everything up to it.
  seq bigint primary key,
  id uuid not null,
  type text not null,
  key text not null,
  -- The site's name, which is never changed; null where it concerns more than one, or none.
  site text,
  -- When it happened, and when it got its number. The second never falls as the numbers rise.
  time timestamptz not null,
  recorded_at timestamptz not null,
  data json not null
);
create index event_key on event (key, seq);
create index event_recorded on event (recorded_at, seq);

-- The last number that was given. Whoever has locked the only row is the emitter, whatever locks it believes to hold besides.
create table event_head (
  only_row boolean primary key default true check (only_row),
  seq bigint not null default 0,
  -- When it was given.
  recorded_at timestamptz not null default now()
);
insert into event_head default values;

-- Where each reader that is one of ours stands; webhooks have their own.
create table event_reader (
  reader text primary key,
  seq bigint not null
);

-- What could not be told: a type that the contract does not have, or data that do not fit it. Kept whole, for a person.
create table event_refused (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  type text not null,
  key text not null,
  site_id integer,
  time timestamptz not null,
  data jsonb not null,
  why text not null,
  refused_at timestamptz not null default now()
);

-- Rows come and go in these two all the time; left to the usual share of a large table, what is gone would be read over and over.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
alter table level_changed set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

create table webhook (
  id uuid primary key,
  url text not null,
  description text,
  -- Patterns such as `order.*`; and sites by name. Null is all.
  types text[],
  sites text[],
  -- The signing secret, and until when the one before it signs too.
  secret text not null,
  former_secret text,
  former_secret_until timestamptz,
  state text not null default 'active' check (state in ('active', 'paused')),
  -- Why it is paused, for a person; null while it is active.
  paused_why text,
  -- Every event up to this number was delivered, waits in `webhook_delivery`, or does not concern it.
  position bigint not null,
  -- Since when the target as a whole has not answered, and how often it was tried since; null while it answers.
  failing_since timestamptz,
  failures integer not null default 0,
  next_try_at timestamptz,
  last_failure text,
  last_success_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1
);

-- Events that the target refused while it took others, and those of the same key that wait behind them.
create table webhook_delivery (
  webhook_id uuid not null references webhook on delete cascade,
  seq bigint not null,
  key text not null,
  state text not null default 'waiting' check (state in ('waiting', 'dead')),
  tries integer not null default 0,
  first_tried_at timestamptz,
  -- When the first of its key may be tried again.
  next_try_at timestamptz not null default now(),
  last_status integer,
  last_failure text,
  primary key (webhook_id, seq)
);
create index webhook_delivery_key on webhook_delivery (webhook_id, key, seq) where state = 'waiting';
create index webhook_delivery_state on webhook_delivery (webhook_id, state, seq);

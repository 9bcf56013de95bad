-- The ledger and what stands on it. Names that people and edges use are text; inside, rows point at each other by integers.
--
-- Movements and stock carry no foreign keys: their ids are read from these tables in the same transaction, and nothing here
-- is ever deleted. A key check would cost more than the insert itself.

create table site (
  id integer generated always as identity primary key,
  code text not null unique,
  -- One more at each commit that concerns the site. The row is locked first by everything that changes the site's stock,
  -- in the order of ids, so that versions are consecutive and two batches never wait for each other in a circle.
  version bigint not null default 0,
  first_heard timestamptz not null default now()
);

-- One opening of a site's store. The chain of hashes runs through the epochs: each names the point it follows.
create table epoch (
  id integer generated always as identity primary key,
  site_id integer not null references site,
  code text not null,
  follows_epoch_id integer references epoch,
  follows_seq bigint,
  start_hash bytea not null,
  cursor_seq bigint not null default 0,
  cursor_hash bytea not null,
  opened_at timestamptz not null default now(),
  unique (site_id, code)
);

-- Accounts: places, and each site's outsides (supplier, customer, loss, found, transit).
create table place (
  id integer generated always as identity primary key,
  site_id integer not null references site,
  code text not null,
  name text,
  gln text,
  outside boolean not null default false,
  created_at timestamptz not null default now(),
  unique (site_id, code)
);

-- The only row's lock orders all changes of the catalogue, so that its versions are in commit order.
create table catalogue (
  only_row boolean primary key default true check (only_row),
  version bigint not null default 0
);
insert into catalogue default values;

create table item (
  id integer generated always as identity primary key,
  sku text not null unique,
  name text not null,
  uom text not null,
  catalogue_version bigint not null unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- The class keys that mean an item: (01)…, epc:…, code:…
create table item_code (
  class_key text collate "C" primary key,
  item_id integer not null references item
);
create index item_code_item on item_code (item_id);

-- Facts, as an edge sent them, in its order; and beside each fact its posting, when it could be posted as it came.
create table movement (
  epoch_id integer not null,
  seq bigint not null,
  site_id integer not null,
  quantity bigint not null,
  event_time timestamptz not null,
  record_time timestamptz not null default now(),
  -- The posting. All null: nothing was posted with this row (held, late, already there, or a logistic unit).
  item_id integer,
  posted_from integer,
  posted_to integer,
  -- The movement before this one of the same serialised thing: its history is walked along these.
  previous_epoch_id integer,
  previous_seq bigint,
  reverses_epoch text,
  reverses_seq bigint,
  code text collate "C" not null,
  epc_hex text collate "C",
  from_account text collate "C" not null,
  to_account text collate "C" not null,
  biz_step text collate "C" not null,
  read_point text collate "C" not null,
  cause text collate "C" not null,
  hash bytea not null,
  primary key (epoch_id, seq)
);
create index movement_item_event on movement (item_id, event_time) where item_id is not null;

-- Postings that were made after their movement was recorded, or more than one of it: a code bound later, a late movement's
-- two lines. Line 1 tells where the thing was at the event time, even when it was there already and nothing is moved by it.
create table further_posting (
  epoch_id integer not null,
  seq bigint not null,
  line smallint not null,
  site_id integer not null,
  code text collate "C" not null,
  item_id integer not null,
  posted_from integer not null,
  posted_to integer not null,
  quantity bigint not null,
  event_time timestamptz not null,
  record_time timestamptz not null default now(),
  why text not null check (why in ('bound', 'late')),
  primary key (epoch_id, seq, line)
);
create index further_posting_item_event on further_posting (item_id, event_time);
create index further_posting_code_event on further_posting (code, event_time);

-- Double entry: each line takes a quantity of an item from one account to another.
create view posting as
  select epoch_id, seq, 0::smallint as line, site_id, code, item_id, posted_from, posted_to, quantity, event_time, record_time
    from movement where item_id is not null and posted_from is not null
  union all
  select epoch_id, seq, line, site_id, code, item_id, posted_from, posted_to, quantity, event_time, record_time
    from further_posting where posted_from <> posted_to;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % on % is refused; record a reversing movement instead', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger movement_append_only before update or delete or truncate on movement
  for each statement execute function refuse_change();
create trigger further_posting_append_only before update or delete or truncate on further_posting
  for each statement execute function refuse_change();

-- Where each serialised thing and logistic unit is, by event time.
create table tag (
  code text collate "C" primary key,
  item_id integer,
  site_id integer not null,
  place_id integer not null,
  since timestamptz not null,
  -- The newest movement by event time, and when it was: an older one changes the history and not the place.
  seen timestamptz not null,
  epoch_id integer not null,
  seq bigint not null
) with (fillfactor = 80);

-- The sum of the postings, kept with them in one transaction. Outsides have rows too, so that each item sums to zero.
create table stock (
  item_id integer not null,
  place_id integer not null,
  site_id integer not null,
  on_hand bigint not null default 0,
  reserved bigint not null default 0,
  blocked bigint not null default 0,
  primary key (item_id, place_id)
) with (fillfactor = 50);
create index stock_site on stock (site_id, item_id);

-- Recorded movements that wait for a person: their code is not known, or they make no sense yet.
create table held_movement (
  epoch_id integer not null,
  seq bigint not null,
  class_key text collate "C" not null,
  problem text not null,
  primary key (epoch_id, seq)
);
create index held_movement_class on held_movement (class_key);

-- What waits for a person. The same problem with the same key at the same site is one row with a count.
create table exception (
  id bigint generated always as identity primary key,
  site_id integer references site,
  problem text not null,
  key text not null,
  detail text not null,
  body bytea,
  body_bytes integer,
  count bigint not null default 1,
  state text not null default 'open' check (state in ('open', 'resolved')),
  first_time timestamptz not null default now(),
  last_time timestamptz not null default now()
);
create unique index exception_open on exception (problem, key, coalesce(site_id, 0)) where state = 'open';
create index exception_recent on exception (state, id desc);

create table projector_cursor (
  projector text not null,
  epoch_id integer not null,
  seq bigint not null,
  primary key (projector, epoch_id)
);

create table idempotency (
  key text not null,
  route text not null,
  request_hash bytea not null,
  status integer not null,
  response jsonb not null,
  created_at timestamptz not null default now(),
  primary key (key, route)
);

-- Central processes that live, so that each knows its fair share of the partitions.
create table central_process (
  id uuid primary key,
  seen_at timestamptz not null default now()
);

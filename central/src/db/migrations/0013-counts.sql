-- Counts: what people and readers found at places, and what was made of it. As in the ledger, rows point at each other without foreign
-- keys. Whoever changes a count or anything of it has locked its row, before any lock of the ledger.

create table stock_count (
  -- Time-ordered (RFC 9562, version 7).
  id uuid primary key,
  site_id integer not null,
  kind text not null check (kind in ('full', 'cycle')),
  blind boolean not null,
  -- Whether everything at its places is counted, or only the items of `stock_count_item`.
  all_items boolean not null,
  state text not null,
  name text,
  -- Above which variance somebody must approve it; what is null sets no limit.
  value_max bigint,
  units_max bigint,
  percent_max double precision,
  created_by text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  submitted_by text,
  submitted_at timestamptz,
  -- Null where the limits approved it.
  approved_by text,
  approved_at timestamptz,
  posted_at timestamptz,
  -- What was said when it was approved, rejected or cancelled.
  remark text,
  version integer not null default 1
) with (fillfactor = 70);
create index stock_count_site on stock_count (site_id, id desc);
create index stock_count_open on stock_count (id desc) where state not in ('posted', 'cancelled');

create table stock_count_place (
  count_id uuid not null,
  place_id integer not null,
  -- The time as of which the count is the truth here: when the counting of it ended, by event time.
  counted_at timestamptz,
  first_at timestamptz,
  -- The latest such time of the place and of its lines that were counted again.
  until_at timestamptz,
  -- A person said that all of it is counted, also where nothing was found.
  done boolean not null default false,
  -- Nothing was counted here, and the rest was submitted without it.
  left_out boolean not null default false,
  -- A recount was asked for: what was counted before does not count.
  counts_from timestamptz not null default '-infinity',
  -- Since when stock agrees with the count here; from then on, late movements are followed.
  settled_at timestamptz,
  -- A late movement changed it by more than the limit: it waits for approval.
  differs boolean not null default false,
  primary key (count_id, place_id)
) with (fillfactor = 70);
create index stock_count_place_of on stock_count_place (place_id, count_id desc);
-- A movement asks for the counts that it came too late for; there are seldom any.
create index stock_count_place_proof on stock_count_place (place_id, until_at) where settled_at is not null;

create table stock_count_item (
  count_id uuid not null,
  item_id integer not null,
  primary key (count_id, item_id)
);

-- What was found: by one source (a person, or one sweep of a device) of one code at one place.
create table stock_count_entry (
  count_id uuid not null,
  place_id integer not null,
  item_id integer not null,
  code text collate "C" not null,
  source text collate "C" not null,
  -- Labels, each of so many units.
  quantity bigint not null,
  units integer not null,
  serialised boolean not null,
  lot text,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (count_id, place_id, item_id, code, source)
) with (fillfactor = 80);

-- Lines that are counted again by themselves: each is the truth as of its own time, the rest of its place as of the place's.
create table stock_count_again (
  count_id uuid not null,
  place_id integer not null,
  item_id integer not null,
  from_at timestamptz not null,
  primary key (count_id, place_id, item_id)
);

-- Why a line differs, as a person says.
create table stock_count_reason (
  count_id uuid not null,
  place_id integer not null,
  item_id integer not null,
  reason text not null,
  primary key (count_id, place_id, item_id)
);

-- What the count proved, once it is posted: of each item at each place what was counted, and by how much stock was adjusted for it. What
-- the ledger would have said without is the difference.
create table stock_count_line (
  count_id uuid not null,
  place_id integer not null,
  item_id integer not null,
  site_id integer not null,
  counted_at timestamptz not null,
  counted bigint not null,
  adjusted bigint not null,
  -- Of `adjusted`, what went between the place and loss or found as a quantity rather than as single things.
  adjusted_class bigint not null,
  -- Price of one unit when it was posted, in the currency's minor unit.
  price bigint,
  currency text,
  reason text,
  primary key (count_id, place_id, item_id)
) with (fillfactor = 80);
create index stock_count_line_site on stock_count_line (site_id, counted_at);
create index stock_count_line_proof on stock_count_line (item_id, place_id, counted_at desc);

-- Things that the count took to loss, and those that it brought to the place. Where a lost one turns out to have left before, by a late
-- movement, it goes there; one that was brought is there as of the place's time, whatever else moved it before.
create table stock_count_thing (
  count_id uuid not null,
  place_id integer not null,
  item_id integer not null,
  code text collate "C" not null,
  found boolean not null,
  primary key (count_id, place_id, code)
);

-- Places whose stock is to be brought to what was counted: written without a lock, taken by who has the count's.
create table stock_count_due (
  id bigint generated always as identity primary key,
  count_id uuid not null,
  place_id integer not null
);

-- Items that came to a place and left it within one commit, so that it never had a level of them: as of a time in between, they were there.
create table stock_count_passed (
  place_id integer not null,
  item_id integer not null,
  primary key (place_id, item_id)
);

-- What edges said was counted, each once. Without a count it waits for one.
create table count_observation (
  site_id integer not null,
  epoch text not null,
  seq bigint not null,
  place text not null,
  code text collate "C" not null,
  quantity bigint not null,
  event_time timestamptz not null,
  read_point text not null,
  session text not null,
  count_id uuid,
  received_at timestamptz not null default now(),
  primary key (site_id, epoch, seq)
);
create index count_observation_waiting on count_observation (site_id, place, event_time) where count_id is null;
create index count_observation_age on count_observation using brin (received_at);

-- Which items are at a place. A row of `stock` never changes its place, so this costs only where an item comes to a place for the first
-- time.
create index stock_place on stock (place_id, item_id);

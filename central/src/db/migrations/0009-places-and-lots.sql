-- Who caused a movement of the centre's own, and why. The movement's hash covers it, so it is as fixed as the movement.
create table movement_note (
  epoch_id integer not null,
  seq bigint not null,
  -- As in `api_change`: `person:maria`, `client:web-shop`.
  actor text not null,
  reason text,
  -- The address of the document that it belongs to, as `/v1/orders/…`.
  document text,
  primary key (epoch_id, seq)
);
create index movement_note_document on movement_note (document, epoch_id, seq) where document is not null;
create trigger movement_note_append_only before update or delete or truncate on movement_note
  for each statement execute function refuse_change();
do $$ begin
  revoke update, delete, truncate on movement_note from tallygate_service;
exception when undefined_object or insufficient_privilege then
  null; -- 0005 says when the role is missing, and docs/audit.md what to do then.
end $$;

-- Whether a movement was undone is asked before it is undone again. Few movements reverse others, so this costs the rest nothing.
create index movement_reverses on movement (site_id, reverses_epoch, reverses_seq) where reverses_seq is not null;

-- Places stand in each other: bins in zones, zones in zones. What is at a place that is not available is blocked.
alter table place
  add column kind text not null default 'zone' check (kind in ('zone', 'dock', 'bin')),
  add column parent_id integer references place,
  add column gln_extension text,
  add column available boolean not null default true,
  add column updated_at timestamptz not null default now(),
  add constraint place_outside check (not outside or (parent_id is null and available)),
  add constraint place_gln_extension check (gln_extension is null or gln is not null);
create index place_parent on place (parent_id) where parent_id is not null;
-- Ingest asks for these in each transaction.
create index place_unavailable on place (site_id) where not available;

-- Where readers and scanners observe: a device, or one antenna of it, and what is done there.
create table read_point (
  site_id integer not null references site,
  code text collate "C" not null,
  place_id integer not null references place,
  biz_step text,
  primary key (site_id, code)
);
create index read_point_place on read_point (place_id);

-- What is known of a lot besides where it is.
create table lot (
  item_id integer not null,
  lot text collate "C" not null,
  expires_on date,
  best_before_on date,
  manufactured_on date,
  -- Of a blocked lot nothing is promised.
  status text not null default 'available' check (status in ('available', 'blocked')),
  -- The last date for which its expiry was told.
  told_expiry date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (item_id, lot)
);
create index lot_name on lot (lot);
create index lot_expiry on lot (least(expires_on, best_before_on), item_id, lot) where least(expires_on, best_before_on) is not null;

-- Of what moved under a code with a lot: the sum of its postings by lot, kept with them as `stock` is. Whoever changes a row has the
-- lock of its site.
create table lot_stock (
  item_id integer not null,
  place_id integer not null,
  lot text collate "C" not null,
  site_id integer not null,
  on_hand bigint not null default 0,
  primary key (item_id, place_id, lot)
) with (fillfactor = 50);
create index lot_stock_site on lot_stock (site_id, item_id);

-- Below how much of an item at a site, or at a place and in what stands in it, somebody is to be told.
create table reorder_point (
  id bigint generated always as identity primary key,
  item_id integer not null references item,
  site_id integer not null references site,
  place_id integer references place,
  -- Told once when no more than this is available, and again only after there was more than `clear_above`.
  quantity bigint not null check (quantity >= 0),
  clear_above bigint not null,
  order_quantity bigint check (order_quantity > 0),
  below_since timestamptz,
  updated_at timestamptz not null default now(),
  check (clear_above >= quantity)
);
create unique index reorder_point_of on reorder_point (item_id, site_id, coalesce(place_id, 0));
create index reorder_point_below on reorder_point (id) where below_since is not null;

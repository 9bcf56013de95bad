-- Documents: what the business asks of a site, and how far it is carried out. As in the ledger, rows point at each other without
-- foreign keys. Whoever changes a document or its lines has locked its row; of several, in the order of their ids.

-- A document's promise lasts as long as the document: no clock ends it, and nobody but the document.
alter table reservation alter column expires_at drop not null;
alter table reservation add column document_id uuid;
alter table reservation add constraint reservation_ends check ((expires_at is null) = (document_id is not null));

-- Numbers of documents for which the caller has none.
create sequence document_number;

create table document (
  -- Time-ordered (RFC 9562, version 7).
  id uuid primary key,
  kind text not null check (kind in ('order', 'shipment', 'transfer', 'return')),
  -- Unique within the kind: the caller's own, or one of ours.
  number text not null,
  -- Where it is carried out; of a transfer, the site that the goods leave.
  site_id integer not null,
  -- Where a transfer arrives; also when that is the same site.
  to_site_id integer,
  state text not null,
  -- Who it is with: a customer's or supplier's own short name.
  partner text,
  reference text,
  -- The promise that holds its goods. Once that has ended, goods that are held again get another.
  reservation_id uuid,
  -- A return's order.
  order_id uuid,
  due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Since when nothing more is awaited.
  ended_at timestamptz,
  version integer not null default 1
) with (fillfactor = 70);
create unique index document_number_of_kind on document (kind, number);
create index document_site on document (site_id, id desc);
create index document_to_site on document (to_site_id, id desc) where to_site_id is not null;
create index document_unended on document (kind, id desc) where ended_at is null;
create index document_order on document (order_id) where order_id is not null;

create table document_line (
  document_id uuid not null,
  -- From 1, as people count them.
  line smallint not null,
  site_id integer not null,
  to_site_id integer,
  item_id integer not null,
  -- What was asked for first, and what is expected now: a line may be changed, cut to what there is, or closed short.
  asked bigint not null check (asked > 0),
  quantity bigint not null check (quantity >= 0),
  -- Of an order: what waits for stock, since nothing is held for it.
  backordered bigint not null default 0 check (backordered >= 0),
  lot text,
  -- The place it is taken from, and of a transfer the one that it goes to; null for any.
  place_id integer,
  to_place_id integer,
  -- What left the shelf, or the first site; and what reached its end: shipped for an order, received for a shipment and a return,
  -- received at the other site for a transfer. More than the quantity is possible: what happened is never refused.
  picked bigint not null default 0,
  done bigint not null default 0,
  -- Of a return: what was decided of.
  inspected bigint not null default 0,
  -- Whether movements may still be its.
  open boolean not null default true,
  due_at timestamptz,
  primary key (document_id, line)
) with (fillfactor = 70);
-- A movement finds the lines that wait for it in a few reads, however many documents are open.
create index document_line_open on document_line (site_id, item_id, due_at, document_id, line) where open;
create index document_line_open_to on document_line (to_site_id, item_id, due_at, document_id, line)
  where open and to_site_id is not null;
create index document_line_backordered on document_line (item_id, site_id, due_at, document_id, line) where backordered > 0;
create index document_line_item on document_line (item_id, document_id);

-- Logistic units that a notice announces, and what is in them.
create table document_unit (
  document_id uuid not null,
  -- (00) and 18 digits.
  code text collate "C" not null,
  -- Whether it may still come: one SSCC is in one open notice at a time.
  open boolean not null default true,
  primary key (document_id, code)
);
create unique index document_unit_open on document_unit (code) where open;

create table document_unit_content (
  document_id uuid not null,
  code text collate "C" not null,
  -- From 1 within the unit.
  position smallint not null,
  line smallint not null,
  item_id integer not null,
  quantity bigint not null check (quantity > 0),
  serial_code text collate "C",
  primary key (document_id, code, position)
);
create index document_unit_content_serial on document_unit_content (serial_code) where serial_code is not null;

-- Lists of documents that are worked on together: a wave that is picked, a lorry that is loaded at a dock. With a read point, what
-- passes there in the list's step belongs to its documents while it is open.
create table document_list (
  id uuid primary key,
  site_id integer not null,
  -- A device or device/antenna; null for a list that no read point is bound to.
  read_point text collate "C",
  step text collate "C" not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  -- What it came to when it was closed: short, over and wrong.
  outcome jsonb,
  version integer not null default 1,
  check (closed_at is null = (outcome is null))
);
create unique index document_list_open on document_list (site_id, read_point, step) where closed_at is null and read_point is not null;
create index document_list_site on document_list (site_id, id desc);

create table document_list_member (
  list_id uuid not null,
  position smallint not null,
  document_id uuid not null,
  primary key (list_id, position),
  unique (list_id, document_id)
);
create index document_list_member_document on document_list_member (document_id, list_id);

-- One more at each change of a site's open lists and of the documents on them, so that an edge sees that it has missed one.
create table document_list_version (
  site_id integer primary key,
  version bigint not null
);

-- Which movement carried out which line, and why it is thought so. A reversal is a row of its own with a negative quantity.
create table document_match (
  epoch_id integer not null,
  seq bigint not null,
  document_id uuid not null,
  line smallint not null,
  step text not null check (step in ('picked', 'done')),
  list_id uuid,
  quantity bigint not null check (quantity <> 0),
  why text not null,
  event_time timestamptz not null,
  record_time timestamptz not null default now(),
  primary key (epoch_id, seq, document_id, line, step)
);
create index document_match_document on document_match (document_id, line, epoch_id, seq);
create index document_match_list on document_match (list_id) where list_id is not null;
create trigger document_match_append_only before update or delete or truncate on document_match
  for each statement execute function refuse_change();

-- What passed an open list's read point in its step and is none of its lines.
create table document_list_unexpected (
  list_id uuid not null,
  epoch_id integer not null,
  seq bigint not null,
  -- Null where no item has the code.
  item_id integer,
  code text collate "C" not null,
  quantity bigint not null,
  event_time timestamptz not null,
  record_time timestamptz not null default now(),
  primary key (list_id, epoch_id, seq)
);
create trigger document_list_unexpected_append_only before update or delete or truncate on document_list_unexpected
  for each statement execute function refuse_change();

-- What was decided of goods that came back.
create table document_inspection (
  id bigint generated always as identity primary key,
  document_id uuid not null,
  line smallint not null,
  result text not null check (result in ('available', 'quarantine', 'scrap')),
  quantity bigint not null check (quantity > 0),
  reason text,
  actor text not null,
  -- The movement by which the goods went where they were decided to go.
  epoch_id integer not null,
  seq bigint not null,
  time timestamptz not null default now()
);
create index document_inspection_document on document_inspection (document_id, id);
create trigger document_inspection_append_only before update or delete or truncate on document_inspection
  for each statement execute function refuse_change();

do $$ begin
  revoke update, delete, truncate on document_match, document_list_unexpected, document_inspection from tallygate_service;
exception when undefined_object or insufficient_privilege then
  null; -- 0005 says when the role is missing, and docs/audit.md what to do then.
end $$;

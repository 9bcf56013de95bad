-- What follows from movements: how far they were followed, what is in logistic units, and what waits to be looked at.

-- How far each epoch was followed. What was recorded before there were documents has nothing that follows from it.
create table follow_cursor (
  epoch_id integer primary key,
  seq bigint not null
) with (fillfactor = 70);
insert into follow_cursor (epoch_id, seq) select id, cursor_seq from epoch where cursor_seq > 0;

-- Movements that were posted after they were recorded: written by who posts them, taken by who follows.
create table follow_later (
  id bigint generated always as identity primary key,
  epoch_id integer not null,
  seq bigint not null
);

-- Levels whose shortage is to be looked at again, behind the transaction that matched what changed them.
create table follow_level (
  id bigint generated always as identity primary key,
  item_id integer not null,
  place_id integer not null
);

-- Movements of logistic units whose contents are to be moved after them.
create table follow_unit (
  id bigint generated always as identity primary key,
  epoch_id integer not null,
  seq bigint not null
);

-- Movements whose reversal was followed: each is taken back once.
create table follow_reversed (
  epoch_id integer not null,
  seq bigint not null,
  primary key (epoch_id, seq)
);

-- The kind of a line's document, which never changes, beside the line: a movement's direction says which kinds may be its own, and
-- those of another kind must not be in its way, however many there are.
alter table document_line add column kind text not null;
create index document_line_awaited on document_line (kind, site_id, item_id, due_at, document_id, line) where open;
-- Those that were picked and wait to be shipped must not be in the way of those that are yet to be picked.
create index document_line_unpicked on document_line (kind, site_id, item_id, due_at, document_id, line)
  where open and picked < quantity;

-- The lists that a read point had open at a time.
create index document_list_read_point on document_list (site_id, read_point, opened_at desc) where read_point is not null;

-- Which serialised things were counted for which step of a document: each once, however often it is read.
create table document_thing (
  code text collate "C" not null,
  document_id uuid not null,
  step text not null,
  line smallint not null,
  primary key (code, document_id, step)
);

-- Logistic units whose contents are known: where their contents were last taken to, and by which notice they were told.
create table unit (
  code text collate "C" primary key,
  site_id integer not null,
  -- Null until it was seen or packed anywhere.
  place_id integer,
  -- Event time of the movement that took it there; an older one changes nothing.
  seen timestamptz not null,
  document_id uuid,
  version integer not null default 1
);

-- What is in a unit now. A serialised thing is in one unit at most.
create table unit_content (
  unit_code text collate "C" not null,
  item_id integer not null,
  -- The code that its movements have: of one thing, or of a class of things.
  code text collate "C" not null,
  serialised boolean not null,
  quantity bigint not null check (quantity > 0),
  -- The notice's line that announced it.
  document_id uuid,
  line smallint,
  primary key (unit_code, code)
);
create unique index unit_content_thing on unit_content (code) where serialised;

-- Movements of contents that followed from the movement of their unit, and the notice's line that they carry out.
create table unit_movement (
  epoch_id integer not null,
  seq bigint not null,
  unit_code text collate "C" not null,
  unit_epoch_id integer not null,
  unit_seq bigint not null,
  document_id uuid,
  line smallint,
  primary key (epoch_id, seq)
);
create index unit_movement_unit on unit_movement (unit_code, epoch_id, seq);
create trigger unit_movement_append_only before update or delete or truncate on unit_movement
  for each statement execute function refuse_change();
do $$ begin
  revoke update, delete, truncate on unit_movement from tallygate_service;
exception when undefined_object or insufficient_privilege then
  null; -- 0005 says when the role is missing, and docs/audit.md what to do then.
end $$;

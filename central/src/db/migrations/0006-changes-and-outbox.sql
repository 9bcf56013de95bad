-- Who did what: each change that somebody asked for over the API, written in the transaction that makes it.
create table api_change (
  id bigint generated always as identity primary key,
  time timestamptz not null default now(),
  -- `person:maria`, `client:web-shop`
  actor text not null,
  -- What was done, as `item.add`, and to what, as `/v1/items/OAT-1L`.
  action text not null,
  resource text not null,
  site_id integer,
  before jsonb,
  after jsonb
);
create index api_change_resource on api_change (resource, id);
create index api_change_actor on api_change (actor, id);
create trigger api_change_append_only before update or delete or truncate on api_change
  for each statement execute function refuse_change();
do $$ begin
  revoke update, delete, truncate on api_change from tallygate_service;
exception when undefined_object or insufficient_privilege then
  null; -- 0005 says when the role is missing, and docs/audit.md what to do then.
end $$;

-- What happened and has yet to get its number among the events. Written in the transaction in which it happened, and by whoever
-- holds the lock of the thing that it is about: of two rows with one key the smaller id was committed first.
create table outbox (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  type text not null,
  -- What must stay in order: the document, or the item.
  key text not null,
  site_id integer,
  time timestamptz not null,
  data jsonb not null
);

-- Levels that have changed and have yet to be told. A level may stand here more than once; what it is then is read when it is told.
create table level_changed (
  id bigint generated always as identity primary key,
  item_id integer not null,
  place_id integer not null
);

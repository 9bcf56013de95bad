-- What became of an exception and who decided it. Without `resolved_by` it ended by itself. `ignored`: nobody looks at it any more, but its
-- cause goes on: it is the one row of its problem and key still, counts up, and ends by itself when its cause does.
alter table exception
  drop constraint exception_state_check,
  add constraint exception_state_check check (state in ('open', 'ignored', 'resolved')),
  add column resolution text,
  add column resolved_by text,
  add column resolved_at timestamptz,
  add column note text;
update exception set resolution = 'by_itself', resolved_at = last_time where state = 'resolved';
drop index exception_open;
create unique index exception_live on exception (problem, key, coalesce(site_id, 0)) where state <> 'resolved';
-- How many wait, by problem, for a badge that is asked for again and again; and a page of one problem.
create index exception_waiting on exception (problem, site_id) where state = 'open';
create index exception_of_problem on exception (problem, id desc);

-- A held movement that a person has put right by others: it stays recorded and is never posted.
alter table held_movement add column mended_by bigint references exception;

-- What edges have told of exceptions of their own, and how often each had come then: by what makes one of an edge's own, which is the same
-- in every copy of its store.
create table edge_exception (
  site_id integer not null references site,
  day integer not null,
  problem text not null,
  device_id text not null,
  key text not null,
  count bigint not null,
  primary key (site_id, day, problem, device_id, key)
);

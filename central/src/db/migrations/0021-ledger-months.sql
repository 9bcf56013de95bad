-- The ledger in months of record time. Each is a table of its own, so that an old one can be moved, frozen or detached as a whole. They are made
-- ahead by the service itself, and at the latest by the commit that needs one.

-- The clock of record times. Tests put another one in its place, to see a month end.
create function record_clock() returns timestamptz language sql volatile as 'select clock_timestamp()';

-- From this sequence on, an epoch's movements were recorded in this month: what tells a reader of an identity which partition to ask. One
-- row an epoch and month, written by the ledger's own trigger below; the last row whose first_seq is not above a sequence is right always.
create table epoch_month (
  epoch_id integer not null,
  first_seq bigint not null,
  since timestamptz not null,
  until timestamptz not null,
  primary key (epoch_id, first_seq) include (since, until)
);
create trigger epoch_month_append_only before update or delete or truncate on epoch_month
  for each statement execute function refuse_change();

-- What was recorded so far is the first partition, as it stands: all before the next month. Its rows are read once, to prove that.
drop view posting;
alter table movement rename to movement_first;
alter table movement_first rename constraint movement_pkey to movement_first_pkey;
alter index movement_item_event rename to movement_first_item_event;
alter index movement_record rename to movement_first_record;
alter index movement_event rename to movement_first_event;
alter index movement_reverses rename to movement_first_reverses;
alter index movement_site_record rename to movement_first_site_record;

create table movement (like movement_first including defaults) partition by range (record_time);
create index movement_item_event on movement (item_id, event_time)
  include (record_time, posted_from, posted_to, quantity) where item_id is not null;
create index movement_record on movement (record_time);
create index movement_event on movement using brin (event_time);
create index movement_site_record on movement (site_id, record_time);
create index movement_reverses on movement (site_id, reverses_epoch, reverses_seq) where reverses_seq is not null;
create trigger movement_append_only before update or delete or truncate on movement
  for each statement execute function refuse_change();

create view posting as
  select epoch_id, seq, 0::smallint as line, site_id, code, item_id, posted_from, posted_to, quantity, event_time, record_time
    from movement where item_id is not null and posted_from is not null
  union all
  select epoch_id, seq, line, site_id, code, item_id, posted_from, posted_to, quantity, event_time, record_time
    from further_posting where posted_from <> posted_to;

-- The movement with this identity: one look into epoch_month, and one into the only partition where it can be. PostgreSQL puts the statement in
-- the place of the call, so it is planned with what asks for it, and runs on one partition. The limits keep it in that shape and say that
-- there is at most one; the array is there because of two bounds the planner would think so much that it took a month's index by record time.
create function movement_at(of_epoch integer, of_seq bigint) returns setof movement language sql stable as $$
  select m.* from (
    select since, until from epoch_month where epoch_id = of_epoch and first_seq <= of_seq order by first_seq desc limit 1
  ) month cross join lateral (
    select * from movement
    where epoch_id = of_epoch and seq = of_seq and record_time >= month.since and record_time < any(array[month.until]) limit 1
  ) m
$$;

-- The lines of one movement, as the view has them.
create function postings_of(of_epoch integer, of_seq bigint) returns setof posting language sql stable as $$
  select epoch_id, seq, 0::smallint, site_id, code, item_id, posted_from, posted_to, quantity, event_time, record_time
    from movement_at(of_epoch, of_seq) where item_id is not null and posted_from is not null
  union all
  select epoch_id, seq, line, site_id, code, item_id, posted_from, posted_to, quantity, event_time, record_time
    from further_posting where epoch_id = of_epoch and seq = of_seq and posted_from <> posted_to
$$;

-- Runs behind every statement that appends, with the owner's right: epoch_month is written here and nowhere else. Within a month the
-- partition's key refuses a second row of an identity; across months this does, since behind an epoch's last month nothing is taken that is not
-- behind all of the epoch's movements before. The rows of the epochs are locked for that, and what they have is read behind the locks.
create function keep_epoch_months() returns trigger language plpgsql security definer as $$
declare
  epochs integer[];
  first_seqs bigint[];
  first_times timestamptz[];
  last_times timestamptz[];
  stretch record;
  last epoch_month;
begin
  if tg_relid <> 'movement'::regclass and pg_partition_root(tg_relid) is distinct from 'movement'::regclass then
    raise exception '% is detached from the ledger and takes no movements', tg_relid::regclass using errcode = 'restrict_violation';
  end if;
  select array_agg(epoch_id), array_agg(first_seq), array_agg(first_time), array_agg(last_time)
    into epochs, first_seqs, first_times, last_times
    from (
      select epoch_id, min(seq) as first_seq, min(record_time) as first_time, max(record_time) as last_time from appended group by epoch_id
    ) epoch;
  perform from epoch where id = any(epochs) order by id for no key update;
  -- Nearly always: all of it goes on in the last month of its epoch.
  if not exists (
    select from unnest(epochs, first_seqs, first_times, last_times) as told (epoch_id, first_seq, first_time, last_time)
    where not exists (
      select from (select * from epoch_month where epoch_id = told.epoch_id order by first_seq desc limit 1) month
      where month.first_seq <= told.first_seq and month.since <= told.first_time and month.until > told.last_time
    )
  ) then
    return null;
  end if;
  for stretch in
    select epoch_id, date_trunc('month', record_time, 'UTC') as since, min(seq) as first_seq, max(seq) as last_seq
    from appended group by 1, 2 order by 1, 3
  loop
    select * into last from epoch_month where epoch_id = stretch.epoch_id order by first_seq desc limit 1;
    if last.since <= stretch.since and last.until > stretch.since and last.first_seq <= stretch.first_seq then
      continue;
    end if;
    if last.epoch_id is not null and ((last.since <= stretch.since and last.until > stretch.since) or stretch.first_seq <= (
      select coalesce(max(seq), last.first_seq) from movement
      where epoch_id = stretch.epoch_id and record_time >= last.since and record_time < last.until
    )) then
      raise exception 'movements % to % of the epoch number % are not behind all that the ledger has of it', stretch.first_seq, stretch.last_seq,
        stretch.epoch_id using errcode = 'unique_violation';
    end if;
    insert into epoch_month (epoch_id, first_seq, since, until)
      values (stretch.epoch_id, stretch.first_seq, stretch.since, (stretch.since at time zone 'UTC' + interval '1 month') at time zone 'UTC');
  end loop;
  return null;
end $$;

create trigger movement_epoch_months after insert on movement referencing new table as appended
  for each statement execute function keep_epoch_months();

-- What a partition has of its own: a key, which the parent could only have with the record time in it; the triggers, which a statement on the
-- partition itself calls instead of the parent's; and the ledger's rights.
create function dress_movement_partition(partition regclass) returns void language plpgsql as $$
begin
  execute format('create trigger movement_append_only before update or delete or truncate on %s
    for each statement execute function refuse_change()', partition);
  execute format('create trigger movement_epoch_months after insert on %s referencing new table as appended
    for each statement execute function keep_epoch_months()', partition);
  if exists (select from pg_roles where rolname = 'tallygate_service') then
    execute format('revoke all on %s from tallygate_service', partition);
    execute format('grant select, insert on %s to tallygate_service', partition);
  end if;
end $$;

-- The name of the partition for what is recorded at a time. It is made where there is none, beside those who read and append: to attach a
-- table keeps out neither. What is older than the first partition's month belongs to the first, too.
create function movement_partition(at timestamptz) returns text language plpgsql security definer as $$
declare
  since timestamp := date_trunc('month', at at time zone 'UTC');
  name text := 'movement_' || to_char(since, 'YYYY_MM');
  first text;
begin
  if pg_partition_root(to_regclass(name)) = 'movement'::regclass then
    return name;
  end if;
  select relname into first from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'movement'::regclass and relname > name and pg_get_expr(relpartbound, pg_class.oid) like '%(MINVALUE)%';
  if first is not null then
    return first;
  end if;
  -- What attaching locks, taken before: of several who make it, the others then see that it is there.
  lock table movement in share update exclusive mode;
  if pg_partition_root(to_regclass(name)) = 'movement'::regclass then
    return name;
  end if;
  execute format('create table %I (like movement including defaults, primary key (epoch_id, seq))', name);
  perform dress_movement_partition(name::regclass);
  execute format('alter table movement attach partition %I for values from (%L) to (%L)', name, since at time zone 'UTC',
    (since + interval '1 month') at time zone 'UTC');
  return name;
end $$;

do $$
declare
  until timestamp := date_trunc('month', greatest(now(), (select max(record_time) from movement_first)) at time zone 'UTC') + interval '1 month';
  name text := 'movement_' || to_char(until - interval '1 month', 'YYYY_MM');
  function text;
begin
  execute format('alter table movement_first rename to %I', name);
  execute format('alter table %I rename constraint movement_first_pkey to %I', name, name || '_pkey');
  execute format('drop trigger movement_append_only on %I', name);
  perform dress_movement_partition(name::regclass);
  execute format('alter table movement attach partition %I for values from (minvalue) to (%L)', name, until at time zone 'UTC');
  insert into epoch_month (epoch_id, first_seq, since, until)
    select id, 1, '-infinity', until at time zone 'UTC' from epoch where cursor_seq > 0;
  -- They run with the owner's right, so whoever calls them must not choose what their names mean.
  foreach function in array array['keep_epoch_months()', 'movement_partition(timestamptz)'] loop
    execute format('alter function %s set search_path = %I, pg_temp', function, current_schema());
  end loop;
  revoke execute on function movement_partition from public;
end $$;

-- The rights of tallygate_service, whenever it is asked: after every migration, and by hand where the role was made later. What refuses
-- changes by its trigger is only ever added to, and so the role may only add to it; parts of a table without such a trigger of their own are
-- reached by the whole alone. epoch_month is written by the ledger's trigger, and months are made by whoever serves. Nothing is granted
-- ahead: what is new has no rights until this has looked at it. Gives whether there is such a role.
create function grant_service_rights() returns boolean language plpgsql as $$
declare
  it record;
begin
  if not exists (select from pg_roles where rolname = 'tallygate_service') then
    return false;
  end if;
  execute format('alter default privileges in schema %I revoke all on tables from tallygate_service', current_schema());
  execute format('alter default privileges in schema %I revoke all on sequences from tallygate_service', current_schema());
  execute format('grant usage on schema %I to tallygate_service', current_schema());
  -- What an extension has put here is somebody else's, and none of it is needed.
  for it in
    select case when found.relkind = 'S' then 'sequence' else 'table' end as kind, found.oid::regclass as name, case
        when found.relkind = 'S' then 'usage'
        when found.relkind = 'v' or found.relname in ('migration', 'epoch_month') then 'select'
        when exists (select from pg_trigger where tgrelid = found.oid and tgfoid = 'refuse_change'::regproc) then 'select, insert'
        when found.relispartition then 'select'
        else 'select, insert, update, delete'
      end as rights
    from pg_class found
    where found.relnamespace = current_schema()::regnamespace and found.relkind in ('r', 'p', 'v', 'S')
      and pg_has_role(found.relowner, 'usage')
  loop
    execute format('revoke all on %s %s from tallygate_service', it.kind, it.name);
    execute format('grant %s on %s %s to tallygate_service', it.rights, it.kind, it.name);
  end loop;
  grant execute on function movement_partition(timestamptz) to tallygate_service;
  return true;
end $$;

-- The ledger of one site is listed by record time, too, without passing over what all others recorded since. All rows of one commit share
-- the entry, which PostgreSQL then keeps once for them, and each site's new ones come last among its own.
create index movement_site_record on movement (site_id, record_time);

-- What was changed last waits in a list of its own, which each search reads from end to end: a short one.
alter index item_words set (gin_pending_list_limit = 512);
select gin_clean_pending_list('item_words');

-- The rights of tallygate_service, whenever it is asked: after every migration, and by hand where the role was made later. What refuses
-- changes by its trigger is only ever added to, and so the role may only add to it; parts of a table are reached by the whole alone.
-- Nothing is granted ahead: what is new has no rights until this has looked at it. Gives whether there is such a role.
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
        when found.relkind = 'v' or found.relispartition or found.relname = 'migration' then 'select'
        when exists (select from pg_trigger where tgrelid = found.oid and tgfoid = 'refuse_change'::regproc) then 'select, insert'
        else 'select, insert, update, delete'
      end as rights
    from pg_class found
    where found.relnamespace = current_schema()::regnamespace and found.relkind in ('r', 'p', 'v', 'S')
      and pg_has_role(found.relowner, 'usage')
  loop
    execute format('revoke all on %s %s from tallygate_service', it.kind, it.name);
    execute format('grant %s on %s %s to tallygate_service', it.rights, it.kind, it.name);
  end loop;
  return true;
end $$;

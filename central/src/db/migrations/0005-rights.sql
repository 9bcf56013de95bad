-- Append-only by rights, besides the triggers: a role that may do all that the service does, and cannot change, delete or truncate
-- what was written to the ledger, nor put a trigger out of action. A login that central uses becomes a member of it; the tables
-- stay with the owner, who alone runs migrations. Where the owner may not create roles nothing happens here, and docs/audit.md has
-- the statements for whoever may.
--
-- Roles belong to the whole server: one that is there already, for another database, is given its rights here too.
do $$
declare
  name text;
begin
  if not exists (select from pg_roles where rolname = 'tallygate_service') then
    if not (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) then
      return;
    end if;
    begin
      create role tallygate_service nologin;
    exception when duplicate_object or unique_violation then
      null; -- Another database of this server was quicker.
    end;
  end if;
  execute format('grant usage on schema %I to tallygate_service', current_schema());
  execute format('grant select, insert, update, delete on all tables in schema %I to tallygate_service', current_schema());
  execute format('grant usage on all sequences in schema %I to tallygate_service', current_schema());
  execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to tallygate_service', current_schema());
  execute format('alter default privileges in schema %I grant usage on sequences to tallygate_service', current_schema());
  foreach name in array array['movement', 'further_posting', 'seal'] loop
    execute format('revoke update, delete, truncate on %I from tallygate_service', name);
  end loop;
  revoke insert, update, delete, truncate on migration from tallygate_service;
exception when insufficient_privilege then
  null;
end $$;

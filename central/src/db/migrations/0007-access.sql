-- Who may call: clients (programs, with a secret of 256 bits) and persons (with a password). Names are never given again, since the
-- audit trail goes on naming whoever had them: a principal is disabled, not deleted.
create table principal (
  id integer generated always as identity primary key,
  kind text not null check (kind in ('client', 'person')),
  name text not null,
  -- What a secret or password is compared with, and how it was made: `sha256$…` or `scrypt$…`.
  credential text not null,
  -- One more at each new credential: what was signed for an older one has ended.
  credential_version integer not null default 1,
  -- Wrong passwords in a row, and until when no further one is looked at.
  failures integer not null default 0,
  locked_until timestamptz,
  disabled_at timestamptz,
  -- One more at each change that somebody asked for.
  version integer not null default 1,
  created_at timestamptz not null default now(),
  unique (kind, name)
);

create table principal_grant (
  principal_id integer not null references principal,
  role text not null,
  -- The site's code, which may have been heard or not; null for all sites.
  site text,
  unique nulls not distinct (principal_id, role, site)
);

-- Keys that our own tokens are signed with. One that signs no more stays until the last token of its has ended, and then goes.
create table signing_key (
  key_id text primary key,
  -- ES256, PKCS 8 in PEM.
  private_key text not null,
  -- Others get to know a key before anything is signed with it.
  signs_from timestamptz not null,
  created_at timestamptz not null default now()
);

-- People who are signed in. The cookie has the text whose hash stands here.
create table session (
  token_hash bytea primary key,
  principal_id integer not null references principal,
  created_at timestamptz not null,
  -- Used at or after this time; written now and then, not at each request.
  used_at timestamptz not null
);
create index session_principal on session (principal_id);
create index session_used on session (used_at);

-- Raised by whatever may make a caller's answer another one, so that each process notices by reading one row.
create table access_state (
  only_row boolean primary key default true check (only_row),
  revision bigint not null default 0
);
insert into access_state default values;

create function raise_access_revision() returns trigger language plpgsql as $$
begin
  update access_state set revision = revision + 1;
  return null;
end $$;
create trigger principal_revision after update of credential_version, disabled_at or delete or truncate on principal
  for each statement execute function raise_access_revision();
create trigger principal_grant_revision after insert or update or delete or truncate on principal_grant
  for each statement execute function raise_access_revision();
create trigger session_revision after delete or truncate on session
  for each statement execute function raise_access_revision();

-- The order of the list of changes; 0006 has indexes by resource and by actor.
create index api_change_time on api_change (time, id);

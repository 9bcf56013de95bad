-- Items in families, packs, further identifiers, and what codes used to mean.

alter table item
  add column status text not null default 'active' check (status in ('draft', 'active', 'discontinued')),
  add column tracking text not null default 'none' check (tracking in ('none', 'lot', 'serial')),
  add column description text,
  -- A family has the names of the attributes in which its variants differ. It is no stock, and in no family itself.
  add column variant_by text[],
  add column family_id integer references item,
  add column attributes jsonb not null default '{}',
  -- A variant's values in the order of its family's names: no other variant of the family has them.
  add column variant_key text,
  add constraint item_family check (variant_by is null or family_id is null),
  add constraint item_variant check ((family_id is null) = (variant_key is null));
create unique index item_variant_unique on item (family_id, variant_key) where family_id is not null;
create index item_status on item (status, sku) where status <> 'active';

-- The words of an item's SKU and name, so that what people type finds it by index.
alter table item add column words tsvector
  generated always as (to_tsvector('simple', sku || ' ' || name)) stored;
create index item_words on item using gin (words);

-- A box of so many units: an inner box, a case, a pallet. What it contains never changes.
create table item_pack (
  item_id integer not null references item,
  pack text not null,
  contains integer not null check (contains > 0),
  -- The smaller pack that it contains; without one, units of the item.
  of_pack text,
  units integer not null check (units > 0),
  primary key (item_id, pack)
);

-- A code counts as so many units: one, or what its pack has in it.
alter table item_code
  add column units integer not null default 1 check (units > 0),
  add column pack text;

-- What codes meant before they were taken from their items. What was posted then stays posted, and is right by this.
create table item_code_past (
  id bigint generated always as identity primary key,
  class_key text collate "C" not null,
  item_id integer not null references item,
  units integer not null,
  pack text,
  removed_at timestamptz not null default now()
);
create index item_code_past_key on item_code_past (class_key);
create trigger item_code_past_append_only before update or delete or truncate on item_code_past
  for each statement execute function refuse_change();

-- What a party calls an item: a supplier's or customer's own number, which no reader ever hears.
create table item_party_code (
  party text collate "C" not null,
  code text collate "C" not null,
  item_id integer not null references item,
  primary key (party, code)
);
create index item_party_code_item on item_party_code (item_id);

-- A serialised thing counts as what its code meant when it was first seen, wherever it goes: a case with a serial is its content.
alter table tag add column units integer not null default 1;

-- Packs are posted beside their movement's row, which says how many packs there were.
alter table further_posting drop constraint further_posting_why_check;
alter table further_posting add constraint further_posting_why_check check (why in ('bound', 'late', 'pack'));

-- What an item costs: on a list, in a currency, from a quantity on, for some callers or all, from one moment to another.
create table price (
  id integer generated always as identity primary key,
  item_id integer not null references item,
  list text collate "C" not null,
  currency text collate "C" not null,
  customer_group text collate "C" not null default '',
  quantity_from bigint not null default 1 check (quantity_from > 0),
  -- In the currency's minor unit, of one unit of the item.
  amount bigint not null check (amount >= 0),
  valid_from timestamptz not null default '-infinity',
  valid_until timestamptz not null default 'infinity',
  updated_at timestamptz not null default now(),
  check (valid_from < valid_until)
);
-- One price at a moment: ranges of one item, list, currency, group and break never overlap. The catalogue's lock makes the check safe.
create unique index price_one on price (item_id, list, currency, customer_group, quantity_from, valid_from);
create index price_list on price (list, id);

-- The lines of an import while it is under way. They outlive nothing: after a crash they are not needed.
create unlogged table import_line (
  import_id uuid not null,
  line integer not null,
  key text collate "C" not null,
  body jsonb not null,
  staged_at timestamptz not null default now(),
  primary key (import_id, line)
);
create index import_line_key on import_line (import_id, key);
create index import_line_age on import_line using brin (staged_at);

do $$ begin
  revoke update, delete, truncate on item_code_past from tallygate_service;
exception when undefined_object or insufficient_privilege then
  null; -- 0005 says when the role is missing, and docs/audit.md what to do then.
end $$;

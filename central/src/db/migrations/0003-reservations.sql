-- Promises of stock. What is held is in `stock.reserved`, which is at any time the sum of what the reservations that are held
-- have left of their holds. As in the ledger, rows point at each other without foreign keys.

alter table stock add constraint stock_reserved check (reserved >= 0);

create table reservation (
  -- Time-ordered (RFC 9562, version 7), so that new rows come last in the index.
  id uuid primary key,
  -- `held`, then once one of the others. Only whoever has locked the row changes it and its holds.
  state text not null default 'held' check (state in ('held', 'fulfilled', 'released', 'expired')),
  policy text not null,
  reference text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  check ((state = 'held') = (ended_at is null))
);
create index reservation_due on reservation (expires_at) where state = 'held';
create index reservation_reference on reservation (reference, id) where reference is not null;

-- What is held of one line of a reservation at one place. Once the reservation has ended, nothing is held any more; what was
-- neither fulfilled nor released by then has expired.
create table reservation_hold (
  reservation_id uuid not null,
  line smallint not null,
  place_id integer not null,
  site_id integer not null,
  item_id integer not null,
  quantity bigint not null check (quantity > 0),
  fulfilled bigint not null default 0 check (fulfilled >= 0),
  released bigint not null default 0 check (released >= 0),
  primary key (reservation_id, line, place_id),
  check (fulfilled + released <= quantity)
) with (fillfactor = 80);
create index reservation_hold_item on reservation_hold (item_id, reservation_id);
create index reservation_hold_site on reservation_hold (site_id, reservation_id);

-- Levels whose reserved quantity has changed since their site was last told: written in the transaction that changes them,
-- taken by the one that raises the site's version. A level may stand here more than once.
create table reserved_change (
  site_id integer not null,
  id bigint generated always as identity,
  item_id integer not null,
  place_id integer not null,
  primary key (site_id, id)
);

-- What requests were answered under their idempotency keys. Apart from `idempotency`, and as lean as can be: there is a row for each
-- request, and under the general table's text key and `jsonb` it cost more than the reservation itself.
create table reservation_answer (
  -- Of the route and the key: the first half of their SHA-256.
  id uuid primary key,
  request_hash uuid not null,
  response text not null,
  created_at timestamptz not null default now()
);
create index reservation_answer_age on reservation_answer using brin (created_at);

import pg from "pg";

export interface LedgerSize {
  readonly items: number;
  readonly movements: number;
}

/** Items that get half of all movements between them. */
export const busyItems = 1_000;

const sites = 4;
/** What a statement appends is kept until its end, to see that it is behind all that is there. */
const movementsAtOnce = 500_000;
const firstMs = Date.UTC(2025, 10, 23);
const yearMs = 365 * 86_400_000;

/** When the n-th of so many movements happened: they are spread evenly over a year. */
export function momentOf(part: number): string {
  return new Date(firstMs + part * yearMs).toISOString();
}

/** Stock keeping unit of the n-th item, from 1; the first ones are the busy ones. */
export function skuOf(n: number): string {
  return `SKU-${n}`;
}

/**
 * Fills an empty ledger, or makes a smaller one of this kind larger, straight in the database: ten million movements in minutes. Stock
 * is the sum of the postings; the hashes are noise, so an audit would find fault with each.
 */
export async function growLedger(databaseUrl: string, from: LedgerSize, to: LedgerSize, yearOf: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("set synchronous_commit = off");
    if (from.items === 0) {
      await openMonths(client);
      await addPlaces(client);
    }
    await addItems(client, from.items, to.items);
    await addMovements(client, from.movements, to, yearOf);
    await sumStock(client);
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
}

/** The year's months in place of the one that an empty ledger begins with, as if the centre had run all the time. */
async function openMonths(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    "select inhrelid::regclass as name from pg_inherits where inhparent = 'movement'::regclass",
  );
  for (const { name } of rows) await client.query(`drop table ${name}`);
  await client.query(
    "select movement_partition(month) from generate_series($1::timestamptz, now() + interval '2 months', interval '1 month') month",
    [new Date(firstMs)],
  );
}

async function addPlaces(client: pg.Client): Promise<void> {
  await client.query("insert into site (code) select 'site-' || n from generate_series(1, $1) n", [sites]);
  await client.query(
    `insert into place (site_id, code, outside) select site.id, p.code, p.outside from site,
     (values ('supplier', true), ('customer', true), ('loss', true), ('found', true), ('transit', true), ('shelf', false)) as p (code, outside)`,
  );
  await client.query(
    `insert into epoch (site_id, code, start_hash, cursor_hash) select id, lpad(id::text, 16, 'a'), ''::bytea, ''::bytea from site`,
  );
}

async function addItems(client: pg.Client, from: number, to: number): Promise<void> {
  await client.query(
    `insert into item (sku, name, uom, catalogue_version) select 'SKU-' || n, 'Item ' || n, 'H87', n from generate_series($1::int, $2::int) n`,
    [from + 1, to],
  );
  await client.query(
    `insert into item_code (class_key, item_id) select 'code:' || sku, id from item where catalogue_version > $1`,
    [from],
  );
  await client.query("update catalogue set version = $1", [to]);
}

/**
 * Two of three movements bring 5 units in, the third takes one out; every other one is of a busy item. A centre that runs finds all of them
 * followed already: documents, events and metrics are not what is measured here.
 */
async function addMovements(client: pg.Client, from: number, to: LedgerSize, yearOf: number): Promise<void> {
  await client.query("begin");
  for (let first = from; first < to.movements; first += movementsAtOnce) {
    const last = Math.min(first + movementsAtOnce, to.movements);
    await insertMovements(client, first, last, to, yearOf);
  }
  await client.query(
    `update epoch set cursor_seq = last from (select epoch_id, max(seq) as last from movement group by epoch_id) m
     where m.epoch_id = epoch.id`,
  );
  await client.query(
    `insert into follow_cursor (epoch_id, seq) select id, cursor_seq from epoch
     on conflict (epoch_id) do update set seq = excluded.seq`,
  );
  await client.query("commit");
}

async function insertMovements(
  client: pg.Client,
  first: number,
  last: number,
  to: LedgerSize,
  yearOf: number,
): Promise<void> {
  await client.query(
    `insert into movement (epoch_id, seq, site_id, quantity, event_time, record_time, item_id, posted_from, posted_to, code,
       from_account, to_account, biz_step, read_point, cause, hash)
     select epoch.id, n / $4 + 1, epoch.site_id, case when n % 3 = 0 then 1 else 5 end, moment, moment + interval '1 second', item,
       case when n % 3 = 0 then shelf.id else supplier.id end, case when n % 3 = 0 then customer.id else shelf.id end,
       'code:SKU-' || item, case when n % 3 = 0 then 'shelf' else 'supplier' end, case when n % 3 = 0 then 'customer' else 'shelf' end,
       case when n % 3 = 0 then 'shipping' else 'receiving' end, 'dock-1/1', 'reading', sha256(int8send(n))
     from (
       select n, $5::timestamptz + n * ($6::float8 * interval '1 second') as moment,
         case when n % 2 = 0 then (n / 2) % $7 + 1 else (hashint8(n)::bigint & 2147483647) % $3 + 1 end as item
       from generate_series($1::bigint, $2::bigint - 1) n
     ) made
     join epoch on epoch.site_id = (select min(id) from site) + n % $4
     join place supplier on supplier.site_id = epoch.site_id and supplier.code = 'supplier'
     join place customer on customer.site_id = epoch.site_id and customer.code = 'customer'
     join place shelf on shelf.site_id = epoch.site_id and shelf.code = 'shelf'
     order by n`,
    [first, last, to.items, sites, new Date(firstMs), yearMs / 1000 / yearOf, Math.min(busyItems, to.items)],
  );
}

async function sumStock(client: pg.Client): Promise<void> {
  await client.query("truncate stock");
  await client.query(
    `insert into stock (item_id, place_id, site_id, on_hand)
     select item_id, place_id, site_id, sum(quantity) from (
       select item_id, posted_to as place_id, site_id, quantity from movement
       union all select item_id, posted_from, site_id, -quantity from movement
     ) side group by item_id, place_id, site_id`,
  );
}

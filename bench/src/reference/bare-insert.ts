import pg from "pg";

/**
 * The least that anyone could do: the same facts into a table and quantities onto levels, two
 * statements a batch, nothing checked.
 * What our ledger costs is held against it, on the same server.
 */
export async function bareInsert(url: string, movements: number, perBatch: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      create table bare_movement (site int, epoch int, seq bigint, code text, epc text, quantity bigint, from_place text, to_place text,
        biz_step text, read_point text, cause text, event_time timestamptz, record_time timestamptz default now(),
        primary key (site, epoch, seq));
      create table bare_stock (item int, place int, on_hand bigint, primary key (item, place))`);
    const started = performance.now();
    for (let first = 0; first < movements; first += perBatch)
      await oneBatch(client, first, Math.min(perBatch, movements - first));
    return movements / ((performance.now() - started) / 1000);
  } finally {
    await client.end();
  }
}

async function oneBatch(client: pg.Client, first: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => first + n);
  await client.query("begin");
  await client.query({
    name: "insert",
    text: `insert into bare_movement (site, epoch, seq, code, epc, quantity, from_place, to_place, biz_step, read_point, cause, event_time)
           select 1, 1, * from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
             $8::text[], $9::text[], $10::timestamptz[])`,
    values: [
      rows,
      rows.map(n => `(01)09506000134352(21)${n}`),
      rows.map(n => `3034${n.toString(16).padStart(20, "0")}`),
      rows.map(() => 1),
      rows.map(() => "supplier"),
      rows.map(() => "dock-1"),
      rows.map(() => "receiving"),
      rows.map(() => "dock-1/1"),
      rows.map(() => "reading"),
      rows.map(n => new Date(1_800_000_000_000 + n).toISOString()),
    ],
  });
  const items = Array.from({ length: 20 }, (_, n) => n);
  await client.query({
    name: "upsert",
    text: `insert into bare_stock (item, place, on_hand) select item, 2, sum(quantity) from unnest($1::int[], $2::bigint[]) as t (item, quantity)
           group by item order by item on conflict (item, place) do update set on_hand = bare_stock.on_hand + excluded.on_hand`,
    values: [rows.map(n => items[n % items.length]), rows.map(() => 1)],
  });
  await client.query("commit");
}

import type { Pool } from "./pool.ts";
import { openTestServer, type TestDatabase } from "./testing.ts";
import { openMonthsFrom } from "./testing-months.ts";

/** What a large ledger holds. Its movements come from all sites in turn, one a second, and were recorded over five months; `movements` says in SQL what the `n`th is, `seq` of its `site`. */
export interface LargeLedger {
  readonly sites: number;
  /** Of each site, in this order: the `k`th place of the site `s` has the id `places.length * (s - 1) + k`. */
  readonly places: readonly string[];
  readonly outside: readonly string[];
  readonly items: number;
  readonly movements: LargeMovements;
  /** Statements that write what is there besides sites, places, items, epochs and movements. */
  readonly more: string;
}

interface LargeMovements {
  readonly count: number;
  readonly item: string;
  readonly code: string;
  readonly from: string;
  readonly to: string;
  /** The movement that moved the same thing before. */
  readonly previous?: { readonly epoch: string; readonly seq: string };
  readonly step: string;
  readonly readPoint: string;
}

/** Opens a ledger so large that the planner has to choose as it does in a system after months. Only plans count: nothing in it has a right hash. */
export async function openLargeLedger(large: LargeLedger): Promise<TestDatabase> {
  const server = await openTestServer();
  const database = await server.open();
  await openMonthsFrom(database.pool, "2026-07-01", 6);
  await database.pool.query(rowsOf(large));
  await analyze(database.pool);
  return {
    ...database,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** As autovacuum does: it passes over tables where nothing was written, such as a month to come, and over the ledger as a whole. */
async function analyze(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ tables: string }>(
    `select string_agg(oid::regclass::text, ', ') as tables from pg_class
     where relkind = 'r' and relnamespace = current_schema()::regnamespace and pg_relation_size(oid) > 0`,
  );
  await pool.query(`analyze ${rows[0]?.tables}`);
}

function rowsOf({ sites, places, outside, items, movements, more }: LargeLedger): string {
  return `
    insert into site (code) select 'site-' || n from generate_series(1, ${sites}) n;
    insert into place (site_id, code, outside) select s, code, code = any('{${outside}}')
      from generate_series(1, ${sites}) s, unnest('{${places}}'::text[]) with ordinality place (code, k) order by s, k;
    insert into item (sku, name, uom, catalogue_version)
      select 'SKU-' || n, 'Grain ' || n, 'H87', n from generate_series(1, ${items}) n;
    insert into epoch (site_id, code, start_hash, cursor_hash, cursor_seq)
      select s, lpad(to_hex(s), 16, '0'), sha256('x'), sha256('x'), ${movements.count / sites} from generate_series(1, ${sites}) s;
    ${movementRows(sites, movements)}
    ${more}`;
}

function movementRows(
  sites: number,
  { count, item, code, from, to, previous, step, readPoint }: LargeMovements,
): string {
  return `
    insert into movement (epoch_id, seq, site_id, quantity, event_time, record_time, item_id, posted_from, posted_to,
        previous_epoch_id, previous_seq, code, from_account, to_account, biz_step, read_point, cause, hash)
      select site, seq, site, 1, at, timestamptz '2026-07-01Z' + n * interval '153 d' / ${count}, ${item}, posted_from, posted_to, ${previous?.epoch ?? "null"}, ${previous?.seq ?? "null"},
        ${code}, source.code, destination.code, '${step}', ${readPoint}, 'reading', sha256('x')
      from (select n, 1 + n % ${sites} as site, 1 + n / ${sites} as seq, timestamptz '2026-11-01' + n * interval '1 s' as at
          from generate_series(0, ${count - 1}) n) told,
        lateral (select ${from} as posted_from, ${to} as posted_to) posted
        join place source on source.id = posted_from join place destination on destination.id = posted_to;`;
}

import { createLog } from "@tallygate/kit";
import type { Batch } from "@tallygate/protocol";
import type { Pool } from "../db/pool.ts";
import type { TestServer } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import { type Applied, applyBatches, type Ledger, openLedger } from "./apply.ts";
import { postHeldMovements } from "./post-held.ts";
import type { SiteCommit } from "./site-commit.ts";
import { received } from "./testing.ts";

export const log = createLog("test", "silent");

/** A ledger in a database of its own, and what tests ask it. */
export interface TestLedger extends AsyncDisposable {
  readonly url: string;
  readonly pool: Pool;
  readonly ledger: Ledger;
  apply(...batches: readonly Batch[]): Promise<Applied>;
  /** Adds an item with a class key, and posts what waited for it. */
  bind(sku: string, classKey: string, units?: number): Promise<readonly SiteCommit[]>;
  /** `"dock@lyon": 3` of each item, without zeros. */
  stock(sku: string): Promise<Record<string, number>>;
  /** The same, as the postings up to an event time add up to. */
  stockAsOf(sku: string, atMs: number): Promise<Record<string, number>>;
  rows<T>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  count(table: string): Promise<number>;
}

export async function openTestLedger(server: TestServer): Promise<TestLedger> {
  const database = await server.open();
  const { pool, url } = database;
  const ledger = openLedger({ pool, log });
  const rows = async <T>(sql: string, values: readonly unknown[] = []) =>
    (await pool.query(sql, [...values])).rows as T[];
  const levels = async (sql: string, values: readonly unknown[]) =>
    Object.fromEntries((await rows<{ at: string; sum: number }>(sql, values)).map(({ at, sum }) => [at, Number(sum)]));
  return {
    url,
    pool,
    ledger,
    rows,
    apply: (...batches) => applyBatches(ledger, batches.map(received)),
    bind: (sku, classKey, units) => bind(pool, sku, classKey, units),
    stock: sku =>
      levels(
        `select place.code || '@' || site.code as at, on_hand as sum from stock join item on item.id = item_id
         join place on place.id = place_id join site on site.id = place.site_id where sku = $1 and on_hand <> 0 order by 1`,
        [sku],
      ),
    stockAsOf: (sku, atMs) =>
      levels(
        `select place.code || '@' || site.code as at, sum(change) as sum from (
           select item_id, posted_to as place_id, quantity as change, event_time from posting
           union all select item_id, posted_from, -quantity, event_time from posting
         ) line join item on item.id = item_id join place on place.id = place_id join site on site.id = place.site_id
         where sku = $1 and event_time <= to_timestamp($2::float8 / 1000) group by 1 having sum(change) <> 0 order by 1`,
        [sku, atMs],
      ),
    count: async table => Number((await rows<{ count: number }>(`select count(*) from ${table}`))[0]?.count),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function bind(pool: Pool, sku: string, classKey: string, units = 1): Promise<readonly SiteCommit[]> {
  return transaction(pool, async client => {
    await client.query("update catalogue set version = version + 1");
    const { rows } = await client.query<{ id: number }>(
      `insert into item (sku, name, uom, catalogue_version) select $1, $1, 'H87', version from catalogue
       on conflict (sku) do update set catalogue_version = excluded.catalogue_version returning id`,
      [sku],
    );
    const itemId = rows[0]?.id ?? 0;
    await client.query("insert into item_code (class_key, item_id, units) values ($1, $2, $3)", [
      classKey,
      itemId,
      units,
    ]);
    return postHeldMovements(client, new Map([[classKey, { itemId, units }]]));
  });
}

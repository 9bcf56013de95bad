import { createLog } from "@tallygate/kit";
import { limits } from "@tallygate/protocol";
import { migrate } from "../../central/src/db/migrate.ts";
import { openPool, type Pool } from "../../central/src/db/pool.ts";
import { followNext } from "../../central/src/follow/pass.ts";
import { applyBatches, type Ledger, openLedger } from "../../central/src/ingest/apply.ts";
import { received, TestEdge } from "../../central/src/ingest/testing.ts";
import { Names } from "../../central/src/reservations/names.ts";
import { startPostgres } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { median } from "./report.ts";

const bench = "matching";
const items = 100;
const few = 100;
const many = 100_000;

/** What it costs to find a movement's document, by how many are open: the same work, with the same movements, in two databases in turn. */
export const matching: Bench = {
  summary: "matching a movement to its document, with 100 and with 100,000 open documents",
  run: async (report, { brief }) => {
    const movements = brief ? 500 : 4_000;
    const rounds = brief ? 2 : 7;
    await using postgres = await startPostgres();
    const small = await open(await postgres.database("few"), few);
    const large = await open(await postgres.database("many"), many);
    const costs: { readonly small: number[]; readonly large: number[] } = { small: [], large: [] };
    // The first of each fills caches.
    await cost(small, movements);
    await cost(large, movements);
    for (let round = 0; round < rounds; round++) {
      costs.small.push(await cost(small, movements));
      costs.large.push(await cost(large, movements));
    }
    await small.pool.end();
    await large.pool.end();
    const reference = { name: `with ${few} open documents`, value: median(costs.small) };
    const metric = `following a movement that carries out an order, ${many.toLocaleString("en")} open`;
    report({ bench, metric, value: median(costs.large), unit: "µs", reference });
    report({ bench, metric: `the same, ${few} open`, value: reference.value, unit: "µs" });
  },
};

interface Opened {
  readonly pool: Pool;
  readonly ledger: Ledger;
  readonly edge: TestEdge;
  readonly names: Names;
}

const log = createLog("bench", "silent");

async function open(url: string, documents: number): Promise<Opened> {
  const pool = openPool({ url, size: 4, applicationName: "bench", log });
  await migrate(pool);
  const ledger = openLedger({ pool, log });
  const edge = new TestEdge("lyon");
  const opened = { pool, ledger, edge, names: new Names() };
  await pool.query(`
    insert into item (sku, name, uom, catalogue_version) select 'SKU-' || n, 'x', 'H87', n from generate_series(1, ${items}) n;
    insert into item_code (class_key, item_id) select 'code:' || id, id from item`);
  await applyBatches(ledger, [received(edge.record({ code: "code:1" }))]);
  // Orders of which none is ever filled, so that each round finds the same.
  await pool.query(`
    insert into document (id, kind, number, site_id, state, created_at, updated_at, due_at)
      select gen_random_uuid(), 'order', n, 1, 'reserved', now(), now(), now() + n * interval '1 s' from generate_series(1, ${documents}) n;
    insert into document_line (document_id, line, site_id, item_id, asked, quantity, kind, due_at)
      select id, 1, 1, 1 + number::integer % ${items}, 1000000, 1000000, kind, due_at from document;
    analyze`);
  await follow(opened);
  return opened;
}

/** Microseconds of each movement, of a pass that has nothing else to do. */
async function cost(opened: Opened, movements: number): Promise<number> {
  const { ledger, edge } = opened;
  const out = { from: "dock", to: "customer", eventTimeMs: Date.now() };
  const all = Array.from({ length: movements }, (_, index) => ({ ...out, code: `code:${1 + (index % items)}` }));
  for (let at = 0; at < movements; at += limits.batchMovementsMax) {
    await applyBatches(ledger, [received(edge.record(...all.slice(at, at + limits.batchMovementsMax)))]);
  }
  const begun = performance.now();
  const matched = await follow(opened);
  if (matched !== movements) throw new Error(`${matched} of ${movements} movements found their document`);
  return ((performance.now() - begun) * 1000) / movements;
}

async function follow({ pool, names }: Opened): Promise<number> {
  for (let matched = 0; ; ) {
    const pass = await followNext({ pool, names, log });
    if (pass.movements === 0) return matched;
    matched += pass.matched.length;
  }
}

import { join } from "node:path";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { Client } from "@tallygate/client";
import pg from "pg";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { freePort, startNats, startPostgres } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { type HttpLoad, type HttpLoadResult, httpLoad } from "./load/http-load.ts";
import { stockBatch } from "./load/stock.ts";
import { addCaller, authorizationOf, startPart, unlimited } from "./parts.ts";
import { oneStatement, wantedItem } from "./reference/one-statement.ts";
import { median, percentile, type Report } from "./report.ts";

const bench = "reservations";
const skus = 500;
const connections = 128;
const lastUnits = 2_000;

/** Promises over HTTP, half of them on one SKU, against one statement a request on a pool of the same server. */
export const reservations: Bench = {
  summary: "reservations granted over HTTP, half on one SKU, against one statement a request",
  run: async (report, { brief }) => {
    const requests = brief ? 4_000 : 60_000;
    const dir = await temporaryDir("bench");
    try {
      await using postgres = await startPostgres();
      await using nats = await startNats();
      const reference = { requests: requests / 4, connections: 12, skus };
      const bare = [await oneStatement(await postgres.database("one1"), reference)];
      const database = await postgres.database("full");
      const ports = [await freePort(), await freePort()];
      const config = (port: number | undefined) => ({
        http: { listen: `127.0.0.1:${port}` },
        database: { url: database },
        nats: { servers: [nats.url] },
        rate_limits: unlimited,
      });
      await using _first = await startPart("central", join(dir, "0"), config(ports[0]));
      const first = ports[0] ?? 0;
      const caller = await addCaller(`http://127.0.0.1:${first}`, database);
      await stock(nats.url, caller);
      const headers = await authorizationOf(caller);
      const single = await load({ port: first, requests, bodies: ones(), headers });
      const again = await load({ port: first, requests, bodies: ones(), headers });
      const given = { port: first, headers };
      const bulk = await bulkRate(given, { requests: brief ? 20 : 400, reservations: 500, lines: 1 });
      const wide = await bulkRate(given, { requests: brief ? 20 : 400, reservations: 100, lines: 5 });
      bare.push(await oneStatement(await postgres.database("one2"), reference));
      tell(report, { single, again, bulk, wide, bare: median(bare) });
      await using _second = await startPart("central", join(dir, "1"), config(ports[1]));
      await oversold(report, { database, ports, headers: await authorizationOf(caller) });
    } finally {
      await removeDir(dir);
    }
  },
};

function tell(
  report: Report,
  {
    single,
    again,
    bulk,
    wide,
    bare,
  }: { single: HttpLoadResult; again: HttpLoadResult; bulk: number; wide: number; bare: number },
): void {
  const reference = { name: "one statement a request, without HTTP", value: bare };
  const rate = (result: HttpLoadResult) => result.latenciesMs.length / result.seconds;
  const metric = `granted one a request over HTTP, ${connections} connections`;
  report({ bench, metric, value: rate(single), unit: "reservations/s", reference, target: { atLeast: 6_000 } });
  const p99 = percentile(single.latenciesMs, 0.99);
  report({ bench, metric: "p99 of the answer meanwhile", value: p99, unit: "ms", target: { atMost: 50 } });
  const before = { name: "the first as many", value: rate(single) };
  report({
    bench,
    metric: "granted when there are as many already",
    value: rate(again),
    unit: "reservations/s",
    reference: before,
  });
  for (const [metric, value] of [
    ["granted in bulk, 500 of one line a request", bulk],
    ["granted in bulk, 100 of five lines a request", wide],
  ] as const) {
    report({ bench, metric, value, unit: "lines/s", reference, target: { atLeast: 30_000 } });
  }
}

const body = (item: number) => ({ lines: [{ sku: `ITEM-${item}`, quantity: 1 }] });

function ones(): string[] {
  return Array.from({ length: 2 * skus }, (_, n) => JSON.stringify(body(wantedItem(n, skus))));
}

async function load(given: Pick<HttpLoad, "port" | "requests" | "bodies" | "headers">): Promise<HttpLoadResult> {
  const result = await httpLoad({ ...given, paths: ["/v1/reservations"], connections, keys: true });
  if (result.statuses["201"] !== given.requests) throw new Error(`answers: ${JSON.stringify(result.statuses)}`);
  return result;
}

interface Bulk {
  readonly requests: number;
  readonly reservations: number;
  /** Of each reservation: the first as in those that come alone, the others of further items. */
  readonly lines: number;
}

async function bulkRate(given: Pick<HttpLoad, "port" | "headers">, bulk: Bulk): Promise<number> {
  const reservations = Array.from({ length: bulk.reservations }, (_, n) => ({
    lines: Array.from({ length: bulk.lines }, (_, line) => {
      const item = line === 0 ? wantedItem(n, skus) : 1 + ((n * bulk.lines + line) % (skus - 1));
      return { sku: `ITEM-${item}`, quantity: 1 };
    }),
  }));
  const bodies = [JSON.stringify({ reservations })];
  const paths = ["/v1/reservations/bulk"];
  const { requests } = bulk;
  const { seconds, statuses } = await httpLoad({ ...given, paths, connections: 6, bodies, requests, keys: true });
  if (statuses["200"] !== requests) throw new Error(`bulk answers: ${JSON.stringify(statuses)}`);
  return (requests * bulk.reservations * bulk.lines) / seconds;
}

/** Twice as many requests as there are units, through two processes at once. */
async function oversold(
  report: Report,
  {
    database,
    ports,
    headers,
  }: { readonly database: string; readonly ports: readonly number[]; readonly headers: string },
): Promise<void> {
  const load = { paths: ["/v1/reservations"], connections: 64, keys: true, headers };
  const bodies = [JSON.stringify({ lines: [{ sku: "LAST", quantity: 1 }] })];
  const results = await Promise.all(ports.map(port => httpLoad({ ...load, port, bodies, requests: lastUnits })));
  const granted = results.reduce((sum, { statuses }) => sum + (statuses["201"] ?? 0), 0);
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const { rows } = await client.query(
    "select sum(reserved)::int as reserved from stock join item on item.id = item_id where sku = 'LAST'",
  );
  await client.end();
  const wrong = Math.max(Math.abs(granted - lastUnits), Math.abs(rows[0].reserved - lastUnits));
  const metric = `units oversold or kept back, ${2 * lastUnits} requests for ${lastUnits} over two processes`;
  report({ bench, metric, value: wrong, unit: "units", target: { atMost: 0 } });
}

/** Makes the items known and brings their stock in as an edge would. */
async function stock(natsUrl: string, caller: Client): Promise<void> {
  const items = [...Array.from({ length: skus }, (_, n) => `ITEM-${n}`), "LAST"];
  for (const sku of items) {
    const added = await caller.fetch("/v1/items", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sku, name: sku, codes: [`code:${sku}`] }),
    });
    if (!added.ok) throw new Error(`${sku}: ${added.status} ${await added.text()}`);
  }
  const connection = await connect({ servers: natsUrl });
  for (const { subject, data } of stockBatch("lyon", items, sku => (sku === "LAST" ? lastUnits : 1_000_000))) {
    await jetstream(connection).publish(subject, data);
  }
  await connection.close();
  for (const end = Date.now() + 30_000; ; ) {
    const answer = await caller.fetch("/v1/stock/LAST");
    const { on_hand } = (await answer.json()) as { on_hand: number };
    if (on_hand === lastUnits) return;
    if (Date.now() > end) throw new Error("the stock did not come within 30 s");
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

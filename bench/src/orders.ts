import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Client } from "@tallygate/client";
import pg from "pg";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { freePort, startNats, startPostgres } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { type HttpLoad, type HttpLoadResult, httpLoad } from "./load/http-load.ts";
import { gtins, siteBatches } from "./load/movements.ts";
import { addCaller, authorizationOf, startPart, unlimited } from "./parts.ts";
import { oneStatement, wantedItem } from "./reference/one-statement.ts";
import { percentile, type Report } from "./report.ts";

const bench = "orders";
const skus = 200;
const linesPerOrder = 5;
const perSecond = 10_000 / 60;
const connections = 64;
/** Orders are placed at the first site; its gates read goods of the same items, and those that leave carry orders out. */
const sites = 4;
const orderSite = "bench-0";
const movementsPerSecond = 2_000;
const perBatch = 50;
const perPlace = 500_000_000;

/** Orders over HTTP beside readings of the same goods, until as many are open as a busy shop has. */
export const orders: Bench = {
  summary: "10,000 orders a minute of five lines, half of them on one SKU, while 2,000 movements/s arrive",
  run: async (report, { brief }) => {
    const seconds = brief ? 10 : 300;
    const dir = await temporaryDir("bench");
    try {
      await using postgres = await startPostgres();
      await using nats = await startNats();
      const database = await postgres.database("full");
      const port = await freePort();
      const config = {
        http: { listen: `127.0.0.1:${port}` },
        database: { url: database },
        nats: { servers: [nats.url] },
        rate_limits: unlimited,
      };
      await using _central = await startPart("central", join(dir, "0"), config);
      const caller = await addCaller(`http://127.0.0.1:${port}`, database);
      const connection = await connect({ servers: nats.url });
      const feeds = await stock(connection, caller, 2 * seconds);
      const load = { port, paths: ["/v1/orders"], connections, bodies: orderBodies(), keys: true };
      const place = async (given: Pick<HttpLoad, "requests" | "perSecond">) =>
        place201({ ...load, ...given, headers: await authorizationOf(caller) });
      // The first orders of a process, which is warm in all that follows.
      await place({ requests: 200, perSecond });
      const moving = move(connection, feeds, seconds);
      const paced = await place({ requests: Math.round(perSecond * seconds), perSecond });
      const lateMs = await moving;
      const fast = await place({ requests: brief ? 500 : 5_000 });
      const lines = linesPerOrder * (brief ? 500 : 5_000);
      const bare = await oneStatement(await postgres.database("one"), { requests: lines, connections: 12, skus });
      await connection.close();
      tell(report, { paced, fast, lateMs, bare: bare / linesPerOrder });
      report({ bench, metric: "open orders in the end", value: await count(database, openOrders), unit: "orders" });
      const wrong = await count(database, faults);
      report({
        bench,
        metric: "levels oversold, or not what is held",
        value: wrong,
        unit: "levels",
        target: { atMost: 0 },
      });
    } finally {
      await removeDir(dir);
    }
  },
};

interface Measured {
  readonly paced: HttpLoadResult;
  readonly fast: HttpLoadResult;
  /** How far behind its pace the feed of movements was in the end. */
  readonly lateMs: number;
  /** Orders a second. */
  readonly bare: number;
}

function tell(report: Report, { paced, fast, lateMs, bare }: Measured): void {
  const rate = (result: HttpLoadResult) => result.latenciesMs.length / result.seconds;
  const target = { atLeast: 0.98 * perSecond };
  report({ bench, metric: "accepted at that pace", value: rate(paced), unit: "orders/s", target });
  const third = Math.floor(paced.latenciesMs.length / 3);
  const first = percentile(paced.latenciesMs.slice(0, third), 0.5);
  const last = percentile(paced.latenciesMs.slice(-third), 0.5);
  const begun = { name: "in the first third", value: first };
  report({ bench, metric: "p50 in the last third, with more open orders", value: last, unit: "ms", reference: begun });
  for (const [share, name] of [
    [0.5, "p50"],
    [0.99, "p99"],
    [1, "max"],
  ] as const) {
    const value = percentile(paced.latenciesMs, share);
    const wanted = share === 0.99 ? { target: { atMost: 250 } } : {};
    report({ bench, metric: `${name} from when an order was due to its answer`, value, unit: "ms", ...wanted });
  }
  report({ bench, metric: "movements behind their pace in the end", value: lateMs, unit: "ms" });
  const reference = { name: "one statement a line, without HTTP, movements or documents", value: bare };
  const metric = `accepted as fast as they are answered, ${connections} connections, without movements`;
  report({ bench, metric, value: rate(fast), unit: "orders/s", reference });
}

async function place201(load: HttpLoad): Promise<HttpLoadResult> {
  const result = await httpLoad(load);
  if (result.statuses["201"] !== load.requests) throw new Error(`answers: ${JSON.stringify(result.statuses)}`);
  return result;
}

/** Half of all lines are of one item; no order names an item twice but that one. */
function orderBodies(): string[] {
  return Array.from({ length: skus }, (_, n) =>
    JSON.stringify({
      site: orderSite,
      lines: Array.from({ length: linesPerOrder }, (_, line) => ({
        sku: `ITEM-${wantedItem(n * linesPerOrder + line, skus)}`,
        quantity: 1,
      })),
    }),
  );
}

type Feed = ReturnType<typeof siteBatches>;

/** A batch of each site every few milliseconds. Gives how late the last ones were. */
async function move(connection: NatsConnection, feeds: readonly Feed[], seconds: number): Promise<number> {
  const everyMs = (perBatch * sites * 1000) / movementsPerSecond;
  const startMs = performance.now();
  for (let round = 0; round * everyMs < seconds * 1000; round++) {
    await sleep(Math.max(0, startMs + round * everyMs - performance.now()));
    await publishNext(connection, feeds);
  }
  return Math.max(0, performance.now() - startMs - seconds * 1000);
}

async function publishNext(connection: NatsConnection, feeds: readonly Feed[]): Promise<void> {
  const stream = jetstream(connection);
  const batches = feeds.map(feed => feed.next().value).filter(batch => batch !== undefined);
  await Promise.all(batches.map(({ subject, data }) => stream.publish(subject, data)));
}

/** Makes the items known, lets the first movements come, and puts what orders want on the shelf. Gives the movements that follow. */
async function stock(connection: NatsConnection, caller: Client, seconds: number): Promise<readonly Feed[]> {
  const codes = gtins(skus);
  for (const [n, gtin] of codes.entries()) {
    await post(caller, "/v1/items", { sku: `ITEM-${n}`, name: gtin, gtins: [gtin] });
  }
  const perSite = (movementsPerSecond / sites) * seconds;
  const feeds = Array.from({ length: sites }, (_, n) => {
    const onTo = n === 0 ? "customer" : "storage";
    return siteBatches(`bench-${n}`, String(n + 1).padStart(16, "0"), codes, perSite, perBatch, onTo);
  });
  await publishNext(connection, feeds);
  for (const end = Date.now() + 30_000; ; await sleep(50)) {
    const { on_hand } = (await (await caller.fetch(`/v1/stock/ITEM-0?site=${orderSite}`)).json()) as {
      on_hand: number;
    };
    if (on_hand > 0) break;
    if (Date.now() > end) throw new Error("the first movements did not come within 30 s");
  }
  await post(caller, "/v1/places", { site: orderSite, code: "shelf", name: "Shelf" });
  const shelf = (sku: string) => ({ site: orderSite, sku, quantity: perPlace, from: "supplier", to: "shelf" });
  await post(caller, "/v1/movements", { movements: codes.map((_, n) => shelf(`ITEM-${n}`)) });
  return feeds;
}

async function post(caller: Client, path: string, body: unknown): Promise<void> {
  const answer = await caller.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

const openOrders = "select count(*) from document where kind = 'order' and ended_at is null";

/** Levels of which more is promised than is there, or of which the promise is not the sum of what is held. */
const faults = `
  with held as (
    select item_id, place_id, sum(h.quantity - h.fulfilled - h.released) as quantity
      from reservation_hold h join reservation r on r.id = h.reservation_id
     where r.state = 'held' group by item_id, place_id
  )
  select count(*) from held full join stock using (item_id, place_id)
   where coalesce(stock.reserved, 0) <> coalesce(held.quantity, 0) or stock.reserved > greatest(stock.on_hand, 0)`;

async function count(database: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const { rows } = await client.query<{ count: string }>(sql);
  await client.end();
  return Number(rows[0]?.count);
}

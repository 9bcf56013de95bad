import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Client } from "@tallygate/client";
import type { CloudEvent } from "@tallygate/protocol";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { freePort, startNats, startPostgres } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { type HttpLoadResult, httpLoad } from "./load/http-load.ts";
import { gtins, siteBatches } from "./load/movements.ts";
import { startSlowTarget } from "./load/slow-target.ts";
import { stockBatch } from "./load/stock.ts";
import { addCaller, authorizationOf, startPart } from "./parts.ts";
import { percentile, type Report } from "./report.ts";

const bench = "events";
const skus = 200;
const linesPerOrder = 5;
const ordersPerMinute = 10_000;
const movementsPerSecond = 2_000;
const sites = 4;
/** Movements of one batch, as an edge that is read all the time sends them. */
const perBatch = 50;
/** Items of which one thing comes in and nothing else happens, and in which round one does. */
const marksMax = 120;
const marksEvery = 5;

/** From what happens to NATS, while orders and movements come; and the same with a webhook whose target hardly answers. */
export const events: Bench = {
  summary:
    "lag of events to NATS while 2,000 movements/s and 10,000 orders a minute come, without and with a slow webhook",
  run: async (report, { brief }) => {
    const seconds = brief ? 5 : 60;
    const alone = await measure(seconds, false);
    const beside = await measure(seconds, true);
    tell(report, "no webhook", alone);
    tell(report, "a webhook that never answers", beside, alone);
    report({
      bench,
      metric: "events that NATS did not get, both runs",
      value: alone.missing + beside.missing,
      unit: "events",
      target: { atMost: 0 },
    });
  },
};

interface Measured {
  /** From the order's commit, as its event says, to the subscriber. */
  readonly orderLagMs: Float64Array;
  /** From the movement's publication by the edge to the subscriber's `stock.changed`. */
  readonly stockLagMs: Float64Array;
  readonly orders: HttpLoadResult;
  readonly eventsPerSecond: number;
  readonly missing: number;
}

function tell(report: Report, how: string, measured: Measured, alone?: Measured): void {
  const { orderLagMs, stockLagMs, orders, eventsPerSecond } = measured;
  const against = (value: number | undefined) =>
    value === undefined ? {} : { reference: { name: "without the webhook", value } };
  for (const [share, name] of [
    [0.5, "p50"],
    [0.99, "p99"],
    [1, "max"],
  ] as const) {
    report({
      bench,
      metric: `order committed → NATS, ${name}, ${how}`,
      value: percentile(orderLagMs, share),
      unit: "ms",
      target: { atMost: 2_000 },
      ...against(alone && percentile(alone.orderLagMs, share)),
    });
    report({
      bench,
      metric: `movement sent by an edge → stock.changed on NATS, ${name}, ${how}`,
      value: percentile(stockLagMs, share),
      unit: "ms",
      target: { atMost: 2_000 },
      ...against(alone && percentile(alone.stockLagMs, share)),
    });
  }
  const p99 = percentile(orders.latenciesMs, 0.99);
  const before = alone && percentile(alone.orders.latenciesMs, 0.99);
  report({
    bench,
    metric: `p99 of an order's answer, ${how}`,
    value: p99,
    unit: "ms",
    target: { atMost: 250 },
    ...against(before),
  });
  report({
    bench,
    metric: `events, ${how}`,
    value: eventsPerSecond,
    unit: "events/s",
    ...against(alone?.eventsPerSecond),
  });
}

async function measure(seconds: number, withWebhook: boolean): Promise<Measured> {
  const dir = await temporaryDir("bench");
  try {
    await using postgres = await startPostgres();
    await using nats = await startNats();
    await using target = await startSlowTarget();
    const database = await postgres.database("full");
    const port = await freePort();
    const config = {
      http: { listen: `127.0.0.1:${port}` },
      database: { url: database },
      nats: { servers: [nats.url] },
      webhooks: { allow_http: true, allow_networks: ["127.0.0.0/8"] },
    };
    await using _central = await startPart("central", join(dir, "0"), config);
    const caller = await addCaller(`http://127.0.0.1:${port}`, database);
    const connection = await connect({ servers: nats.url });
    const known = await stock(connection, caller);
    if (withWebhook) await post(caller, "/v1/webhooks", { url: target.url });
    const watch = watchEvents(connection);
    const requests = Math.round((ordersPerMinute / 60) * seconds);
    const load = { port, paths: ["/v1/orders"], connections: 64, bodies: orderBodies(), requests, keys: true };
    const headers = await authorizationOf(caller);
    const [orders, stockLagMs] = await Promise.all([
      httpLoad({ ...load, perSecond: ordersPerMinute / 60, headers }),
      move(connection, watch, { known, seconds }),
    ]);
    if (orders.statuses["201"] !== requests) throw new Error(`orders were answered ${JSON.stringify(orders.statuses)}`);
    const missing = await watch.missing(caller);
    await connection.close();
    const eventsPerSecond = watch.count() / seconds;
    return { orderLagMs: Float64Array.from(watch.orderLagMs), stockLagMs, orders, eventsPerSecond, missing };
  } finally {
    await removeDir(dir);
  }
}

/** Hears everything that is published, and says how late it is. */
function watchEvents(connection: NatsConnection) {
  const orderLagMs: number[] = [];
  const seen = new Set<number>();
  const waiting = new Map<string, () => void>();
  let first = Number.POSITIVE_INFINITY;
  connection.subscribe("tallygate.events.>", {
    callback: (error, message) => {
      if (error !== null) return;
      const event = message.json<CloudEvent>();
      const seq = Number(event.sequence);
      first = Math.min(first, seq);
      seen.add(seq);
      if (event.type === "io.tallygate.order.placed.v1") orderLagMs.push(Date.now() - Date.parse(event.time));
      if (event.type === "io.tallygate.stock.changed.v1") waiting.get(String(event.data["sku"]))?.();
    },
  });
  return {
    orderLagMs,
    count: () => seen.size,
    /** Resolves when the item's levels are told. */
    changed: (sku: string) => new Promise<void>(resolve => waiting.set(sku, resolve)),
    /** Waits for the last of what was numbered, and counts what never came. */
    async missing(caller: Client): Promise<number> {
      let last = 0;
      for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
        // From a time to come on there is nothing yet, and the feed says behind which number that is.
        const answer = await caller.fetch("/v1/events?since=2100-01-01T00:00:00Z&limit=1");
        ({ next_after: last } = (await answer.json()) as { next_after: number });
        if (seen.has(last)) break;
      }
      let never = 0;
      for (let seq = first; seq <= last; seq++) if (!seen.has(seq)) never += 1;
      return never;
    },
  };
}

/** Movements of all sites, a batch every few milliseconds; and twice a second one of an item that nothing else moves. */
async function move(
  connection: NatsConnection,
  watch: ReturnType<typeof watchEvents>,
  { known, seconds }: { readonly known: readonly string[]; readonly seconds: number },
): Promise<Float64Array> {
  const stream = jetstream(connection);
  const perSite = (movementsPerSecond / sites) * seconds;
  const feeds = Array.from({ length: sites }, (_, n) =>
    siteBatches(`bench-${n}`, String(n).padStart(16, "0"), known, perSite, perBatch),
  );
  const lags: Promise<number>[] = [];
  const everyMs = (perBatch * sites * 1000) / movementsPerSecond;
  const startMs = performance.now();
  for (let round = 0; round * everyMs < seconds * 1000; round++) {
    await sleep(Math.max(0, startMs + round * everyMs - performance.now()));
    const batches = feeds.map(feed => feed.next().value).filter(batch => batch !== undefined);
    if (round % marksEvery === 0 && lags.length < marksMax) {
      const sku = `MARK-${lags.length}`;
      const sentMs = performance.now();
      lags.push(watch.changed(sku).then(() => performance.now() - sentMs));
      const marks = stockBatch(`mark-${lags.length}`, [sku], () => 1);
      batches.push(...marks);
    }
    await Promise.all(batches.map(({ subject, data }) => stream.publish(subject, data)));
  }
  return Float64Array.from(await Promise.all(lags));
}

/** Half of the lines are of one item. */
function orderBodies(): string[] {
  return Array.from({ length: skus }, (_, n) =>
    JSON.stringify({
      site: "lyon",
      lines: Array.from({ length: linesPerOrder }, (_, line) => ({
        sku: line % 2 === 0 ? "ITEM-0" : `ITEM-${(n * linesPerOrder + line) % skus}`,
        quantity: 1,
      })),
    }),
  );
}

async function post(caller: Client, path: string, body: unknown): Promise<void> {
  const answer = await caller.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Makes the items known and brings in what orders want. Gives the GTINs of what moves. */
async function stock(connection: NatsConnection, caller: Client): Promise<readonly string[]> {
  const wanted = Array.from({ length: skus }, (_, n) => `ITEM-${n}`);
  const moved = gtins(20);
  const marks = Array.from({ length: marksMax }, (_, n) => `MARK-${n}`);
  for (const sku of wanted) await post(caller, "/v1/items", { sku, name: sku, codes: [`code:${sku}`] });
  for (const [n, gtin] of moved.entries())
    await post(caller, "/v1/items", { sku: `MOVED-${n}`, name: gtin, gtins: [gtin] });
  for (const sku of marks) await post(caller, "/v1/items", { sku, name: sku, codes: [`code:${sku}`] });
  for (const { subject, data } of stockBatch("lyon", wanted, () => 100_000_000)) {
    await jetstream(connection).publish(subject, data);
  }
  for (const end = Date.now() + 30_000; ; await sleep(50)) {
    const { on_hand } = (await (await caller.fetch(`/v1/stock/ITEM-${skus - 1}`)).json()) as { on_hand: number };
    if (on_hand > 0) return moved;
    if (Date.now() > end) throw new Error("the stock did not come within 30 s");
  }
}

import { join } from "node:path";
import type { Client } from "@tallygate/client";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { freePort, startNats, startPostgres } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { type HttpLoad, httpLoad } from "./load/http-load.ts";
import { busyItems, growLedger, type LedgerSize, momentOf, skuOf } from "./load/large-ledger.ts";
import { addCaller, authorizationOf, startPart, startReference, unlimited } from "./parts.ts";
import { median, percentile, type Report } from "./report.ts";

const bench = "stock-lookup";
const connections = 64;
/** Look-ups of popular items before they begin anew. */
const returning = 20_000;

/** Stock by SKU over HTTP against a route that does nothing, and stock as of past times, at a tenth of the size and at all of it. */
export const stockLookup: Bench = {
  summary: "stock by SKU over HTTP against an empty route, and as of past times, with 1 M items and 10 M movements",
  run: async (report, { brief }) => {
    const whole: LedgerSize = brief
      ? { items: 10_000, movements: 100_000 }
      : { items: 1_000_000, movements: 10_000_000 };
    const tenth: LedgerSize = { items: whole.items / 10, movements: whole.movements / 10 };
    const requests = brief ? 4_000 : 60_000;
    const dir = await temporaryDir("bench");
    try {
      await using postgres = await startPostgres();
      await using nats = await startNats();
      const database = await postgres.database("full");
      const [port, emptyPort] = [await freePort(), await freePort()];
      await using _empty = await startReference("empty-hono", [String(emptyPort)]);
      const config = {
        http: { listen: `127.0.0.1:${port}` },
        database: { url: database },
        nats: { servers: [nats.url] },
        rate_limits: unlimited,
        audit: { enabled: false },
      };
      await using _central = await startPart("central", join(dir, "0"), config);
      const caller = await addCaller(`http://127.0.0.1:${port}`, database);
      const nothing = { items: 0, movements: 0 };
      let before: Measured | undefined;
      for (const [from, size] of [
        [nothing, tenth],
        [tenth, whole],
      ] as const) {
        await growLedger(database, from, size, whole.movements);
        const measured = await measure({ port, emptyPort, requests, size, caller });
        tell(report, size, measured, before);
        before = measured;
      }
    } finally {
      await removeDir(dir);
    }
  },
};

interface Measured {
  readonly empty: number;
  readonly spread: number;
  readonly popular: number;
  readonly popularP99: number;
  readonly asOfP99: Readonly<Record<string, number>>;
}

async function measure({ port, emptyPort, requests, size, caller }: Where): Promise<Measured> {
  const headers = await authorizationOf(caller);
  const usual = { port, connections, requests, paths: spreadPaths(size, requests), headers };
  const load = (given: Partial<HttpLoad>) => look({ ...usual, ...given });
  const bare = [await load({ port: emptyPort })];
  const spread = await load({});
  const popular = await load({ paths: popularPaths(size) });
  bare.push(await load({ port: emptyPort }));
  const paced = await load({ paths: popularPaths(size), perSecond: popular.rate / 2, requests: requests / 2 });
  const asOfP99: Record<string, number> = {};
  for (const by of ["event", "record"]) {
    for (const [name, items] of [
      ["a busy item", Math.min(busyItems, size.items)],
      ["any item", size.items],
    ] as const) {
      const paths = asOfPaths(items, by);
      asOfP99[`of ${name}, by ${by} time`] = (await load({ paths, connections: 1, requests: paths.length })).p99;
    }
  }
  const empty = median(bare.map(({ rate }) => rate));
  return { empty, spread: spread.rate, popular: popular.rate, popularP99: paced.p99, asOfP99 };
}

interface Where {
  readonly port: number;
  readonly emptyPort: number;
  readonly requests: number;
  readonly size: LedgerSize;
  readonly caller: Client;
}

async function look(load: Omit<HttpLoad, "bodies" | "keys">) {
  const { seconds, latenciesMs, statuses } = await httpLoad({ ...load, bodies: [], keys: false });
  if (statuses["200"] !== load.requests) throw new Error(`answers: ${JSON.stringify(statuses)}`);
  return { rate: load.requests / seconds, p99: percentile(latenciesMs, 0.99) };
}

/** Every item is as likely as any other, and none is asked for twice before all were: nothing of it is in memory. */
function spreadPaths({ items }: LedgerSize, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `/v1/stock/${skuOf(((n * 7_919) % items) + 1)}`);
}

/** Half of the look-ups are of a few items, as in a shop, and the others come back to ten thousand. */
function popularPaths(size: LedgerSize): string[] {
  return spreadPaths(size, returning).map((path, n) =>
    n % 2 === 0 ? path : `/v1/stock/${skuOf((((n - 1) / 2) % busyItems) + 1)}`,
  );
}

function asOfPaths(items: number, by: string): string[] {
  return Array.from({ length: 200 }, (_, n) => {
    const asOf = momentOf(((n * 37) % 200) / 200);
    return `/v1/stock/${skuOf(((n * 7_919) % items) + 1)}?as_of=${asOf}&by=${by}`;
  });
}

function tell(
  report: Report,
  { items, movements }: LedgerSize,
  measured: Measured,
  before: Measured | undefined,
): void {
  const of = `${items / 1e6} M items and ${movements / 1e6} M movements`;
  const reference = { name: "empty route", value: measured.empty };
  const half = { atLeast: measured.empty / 2 };
  report({
    bench,
    metric: `look-ups, each of another item, ${of}`,
    value: measured.spread,
    unit: "requests/s",
    reference,
    target: half,
  });
  const metric = `look-ups, half of them of ${busyItems} items, half of ${Math.min(returning / 2, items)} others, ${of}`;
  report({ bench, metric, value: measured.popular, unit: "requests/s", reference, target: half });
  report({ bench, metric: "p99 at half of that rate", value: measured.popularP99, unit: "ms", target: { atMost: 10 } });
  for (const [name, p99] of Object.entries(measured.asOfP99)) {
    const past = before?.asOfP99[name];
    report({
      bench,
      metric: `p99 as of a past time ${name}, ${of}`,
      value: p99,
      unit: "ms",
      target: { atMost: 50 },
      ...(past === undefined ? {} : { reference: { name: "a tenth of the size", value: past } }),
    });
  }
}

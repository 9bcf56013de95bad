import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@tallygate/client";
import pg from "pg";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { freePort, startMosquitto, startNats, startPostgres } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { mqttLoad } from "./load/mqtt-load.ts";
import { zebraMessage } from "./load/zebra.ts";
import { addCaller, startPart, startReference } from "./parts.ts";
import { percentile } from "./report.ts";
import { watchCursor } from "./watch-cursor.ts";

/** Doors of the site, each with a reader of its own; one reader is slowed above 25,000 messages a second. */
const gates = 4;
const topicOf = (gate: number) => `bench/dock-${gate + 1}/tags`;
const topic = topicOf(0);

/** Antenna to API, and readings a second that end in PostgreSQL, all on this machine. */
export const endToEnd: Bench = {
  summary: "from the antenna to the central API: latency at 2,000 movements/s; throughput against a hand-made bridge",
  run: async (report, { brief }) => {
    const latencies = await latency(brief ? 3 : 30);
    for (const [share, atMost] of [
      [0.5, 50],
      [0.99, 250],
    ] as const) {
      report({
        bench: "end-to-end",
        metric: `antenna → visible in the central API, p${share * 100}`,
        value: percentile(latencies, share),
        unit: "ms",
        target: { atMost },
      });
    }
    const readings = brief ? 20_000 : 400_000;
    const handMade = await bridge(readings / 4);
    report({
      bench: "end-to-end",
      metric: "answered messages that the hand-made bridge lost",
      value: handMade.lost / (readings / 4),
      unit: "of 1",
    });
    for (const readsPerTag of [10, 1]) {
      const value = await throughput(readings, readsPerTag);
      report({
        bench: "end-to-end",
        metric: `readings to PostgreSQL, ${readsPerTag === 1 ? "each a movement" : `a tag heard ${readsPerTag} times a crossing`}`,
        value,
        unit: "readings/s",
        reference: { name: "mosquitto + one statement a message", value: handMade.rowsPerSecond },
        ...(readsPerTag === 1 ? {} : { target: { atLeast: 10 * handMade.rowsPerSecond } }),
      });
    }
  },
};

interface Site extends AsyncDisposable {
  readonly mqttPort: number;
  readonly central: Client;
  readonly database: string;
}

async function openSite(): Promise<Site> {
  const dir = await temporaryDir("bench");
  const stack = new AsyncDisposableStack();
  stack.defer(() => removeDir(dir));
  const postgres = stack.use(await startPostgres());
  const nats = stack.use(await startNats());
  const database = await postgres.database("tallygate");
  const [port, edge, mqttPort] = [await freePort(), await freePort(), await freePort()];
  stack.use(
    await startPart("central", dir, {
      http: { listen: `127.0.0.1:${port}` },
      ...{ database: { url: database }, nats: { servers: [nats.url] } },
    }),
  );
  const central = await addCaller(`http://127.0.0.1:${port}`, database);
  await central.fetch("/v1/items", {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify({ sku: "BENCH", name: "What the benchmark moves", gtins: ["80614141123458"] }),
  });
  stack.use(
    await startPart("edge", dir, {
      http: { listen: `127.0.0.1:${edge}` },
      ...{
        site: "bench",
        mqtt: { listen: `127.0.0.1:${mqttPort}`, anonymous: true },
        nats: { servers: [nats.url] },
        data: join(dir, "data"),
        devices: Array.from({ length: gates }, (_, gate) => ({
          id: `dock-${gate + 1}`,
          driver: "zebra-iotc",
          topic: topicOf(gate),
          read_points: [{ place: `dock-${gate + 1}`, from: "supplier" }],
        })),
      },
    }),
  );
  return { mqttPort, central, database, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Each reading is a new tag, so the n-th message is the movement with sequence n + 1. */
async function latency(seconds: number): Promise<Float64Array> {
  const rate = 2000;
  await using site = await openSite();
  const load = (messages: number, from: number) =>
    mqttLoad({
      port: site.mqttPort,
      connections: 1,
      window: 10_000,
      messages,
      rate,
      topic: () => topic,
      payload: n => zebraMessage(from + n, n, Date.now()),
    });
  const warmUp = rate * 3;
  await using cursor = await watchCursor(site.central);
  await load(warmUp, 0);
  const { sentAtMs } = await load(rate * seconds, warmUp);
  const seenAtMs = await cursor.until(warmUp + rate * seconds);
  return sentAtMs.map((sentAt, n) => (seenAtMs[warmUp + n + 1] ?? Number.NaN) - sentAt);
}

async function throughput(readings: number, readsPerTag: number): Promise<number> {
  await using site = await openSite();
  const started = performance.now();
  await mqttLoad({
    port: site.mqttPort,
    connections: gates,
    window: 1000,
    messages: readings,
    topic: topicOf,
    payload: n => zebraMessage(tagOf(n, readsPerTag), n, Date.now()),
  });
  await rowsReach(site.database, "select coalesce(sum(cursor_seq), 0)::int as n from epoch", readings / readsPerTag);
  return readings / ((performance.now() - started) / 1000);
}

/** At each gate a hundred tags pass at a time, heard in turn, as a pallet does; no tag passes two gates. */
function tagOf(n: number, readsPerTag: number): number {
  const [gate, ofGate] = [n % gates, Math.floor(n / gates)];
  const pallet = Math.floor(ofGate / (100 * readsPerTag));
  return (pallet * gates + gate) * 100 + (ofGate % 100);
}

interface Bridge {
  readonly rowsPerSecond: number;
  /** Messages that the broker had answered and that never became a row: its queue for a slow subscriber is bounded. */
  readonly lost: number;
}

/** The bridge cannot hold its devices back, so it is offered more than it can take, and what it takes is counted. */
async function bridge(readings: number): Promise<Bridge> {
  await using postgres = await startPostgres();
  await using mosquitto = await startMosquitto();
  const database = await postgres.database("bridge");
  await using _bridge = await startReference("naive-bridge", [mosquitto.url, database, topic]);
  const started = performance.now();
  await mqttLoad({
    port: mosquitto.port,
    connections: 1,
    window: 500,
    messages: readings,
    rate: 20_000,
    topic: () => topic,
    payload: n => zebraMessage(n, n, Date.now()),
  });
  const { rows, endedAt } = await rowsAtRest(database, "select count(*)::int as n from reading");
  return { rowsPerSecond: rows / ((endedAt - started) / 1000), lost: readings - rows };
}

/** How many rows there are when none has come for a second, and when the last one came. */
async function rowsAtRest(url: string, sql: string): Promise<{ readonly rows: number; readonly endedAt: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let last = { rows: 0, endedAt: performance.now() };
    for (;;) {
      const { rows } = await client.query(sql);
      if (rows[0].n > last.rows) last = { rows: rows[0].n, endedAt: performance.now() };
      else if (performance.now() - last.endedAt > 1000) return last;
      await sleep(20);
    }
  } finally {
    await client.end();
  }
}

async function rowsReach(url: string, sql: string, wanted: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const end = performance.now() + 300_000;
    for (;;) {
      const { rows } = await client.query(sql);
      if (rows[0].n >= wanted) return;
      if (performance.now() > end) throw new Error(`${rows[0].n} of ${wanted} rows within 5 minutes`);
      await sleep(20);
    }
  } finally {
    await client.end();
  }
}

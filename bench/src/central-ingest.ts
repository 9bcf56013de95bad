import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import pg from "pg";
import { removeDir, temporaryDir } from "../../deploy/local/local-server.ts";
import { freePort, startNats, startPostgres } from "../../deploy/local/servers.ts";
import type { Bench } from "./bench.ts";
import { gtins, siteBatches } from "./load/movements.ts";
import { addCaller, startPart } from "./parts.ts";
import { bareInsert } from "./reference/bare-insert.ts";
import { median } from "./report.ts";

const sites = 4;
const items = 20;

interface Sample {
  readonly atMs: number;
  readonly movements: number;
}

/** The full path from JetStream: chain, tags, postings, stock, cursors, and what edges are told. */
export const centralIngest: Bench = {
  summary: "movements applied exactly once from JetStream, against a bare insert and upsert",
  run: async (report, { brief }) => {
    const movements = brief ? 40_000 : 2_400_000;
    const dir = await temporaryDir("bench");
    try {
      await using postgres = await startPostgres();
      await using nats = await startNats();
      const bare = [await bareInsert(await postgres.database("bare1"), movements / 8, 1000)];
      const samples = await drain(dir, { database: await postgres.database("full"), nats: nats.url }, movements);
      bare.push(await bareInsert(await postgres.database("bare2"), movements / 8, 1000));
      const reference = { name: "bare insert + upsert", value: median(bare) };
      const rate = (from: number, to: number) => rateBetween(samples, from * movements, to * movements);
      report({
        bench: "central-ingest",
        metric: `movements applied, ${movements / 1_000_000} M of ${sites} sites`,
        value: rate(0.02, 1),
        unit: "movements/s",
        reference,
        target: { atLeast: Math.max(40_000, reference.value / 2) },
      });
      report({
        bench: "central-ingest",
        metric: "the last third, against the first",
        value: rate(0.67, 1),
        unit: "movements/s",
        reference: { name: "the first third", value: rate(0.02, 0.34) },
      });
    } finally {
      await removeDir(dir);
    }
  },
};

interface Servers {
  readonly database: string;
  readonly nats: string;
}

/** Fills the stream while no centre runs, then starts one and watches the cursors. */
async function drain(dir: string, { database, nats }: Servers, movements: number): Promise<Sample[]> {
  const listen = `127.0.0.1:${await freePort()}`;
  const config = {
    http: { listen },
    database: { url: database },
    nats: { servers: [nats] },
    ingest: { stream_max_bytes: 8 * 2 ** 30 },
  };
  const known = gtins(items);
  await using first = await startPart("central", join(dir, "first"), config);
  const caller = await addCaller(`http://${listen}`, database);
  for (const [n, gtin] of known.entries()) {
    await caller.fetch("/v1/items", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
      body: JSON.stringify({ sku: `ITEM-${n}`, name: `Item ${n}`, gtins: [gtin] }),
    });
  }
  await first.stop();
  await fill(nats, known, movements);
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await using _central = await startPart("central", join(dir, "second"), config);
    return await watch(client, movements);
  } finally {
    await client.end();
  }
}

async function fill(url: string, known: readonly string[], movements: number): Promise<void> {
  const connection = await connect({ servers: url });
  const stream = jetstream(connection);
  const bySite = Array.from({ length: sites }, (_, n) =>
    siteBatches(`site-${n}`, String(n + 1).padStart(16, "0"), known, movements / sites),
  );
  for (let open = true; open; ) {
    const round = bySite.map(batches => batches.next().value).filter(batch => batch !== undefined);
    await Promise.all(round.map(({ subject, data }) => stream.publish(subject, data)));
    open = round.length > 0;
  }
  await connection.close();
}

/** Until all are there; a centre that makes no progress for half a minute will make none. */
async function watch(client: pg.Client, movements: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  let movedMs = performance.now();
  for (;;) {
    const { rows } = await client.query("select coalesce(sum(cursor_seq), 0)::int as movements from epoch");
    samples.push({ atMs: performance.now(), movements: rows[0].movements });
    if (rows[0].movements >= movements) return samples;
    if (samples.at(-2)?.movements !== rows[0].movements) movedMs = performance.now();
    if (performance.now() - movedMs > 30_000) throw new Error(`only ${rows[0].movements} of ${movements} are there`);
    await sleep(50);
  }
}

function rateBetween(samples: readonly Sample[], from: number, to: number): number {
  const first = samples.find(sample => sample.movements >= from);
  const last = samples.find(sample => sample.movements >= to) ?? samples.at(-1);
  if (first === undefined || last === undefined || first === last) return Number.NaN;
  return ((last.movements - first.movements) / (last.atMs - first.atMs)) * 1000;
}

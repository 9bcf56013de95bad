import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { createMetrics } from "@tallygate/kit";
import { HelloReply, movementsStream, Resend, SiteChange, subjects } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalServer, startNats } from "../../../deploy/local/servers.ts";
import { createCentralMetrics } from "../api/metrics.ts";
import { type OwnTestServer, openOwnTestServer } from "../db/testing.ts";
import { openNatsLink } from "../relay/nats-link.ts";
import { openRelay } from "../relay/relay.ts";
import { openIngest } from "./ingest.ts";
import { encoded, TestEdge } from "./testing.ts";
import { log, openTestLedger, type TestLedger } from "./testing-ledger.ts";

const gtin = "(01)09506000134352";
const patient = { timeout: 45_000, interval: 50 };

let server: OwnTestServer;
let nats: LocalServer;
beforeAll(async () => {
  [server, nats] = await Promise.all([openOwnTestServer(), startNats()]);
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** What a central process has of ingest and relay; partitions are shared out quickly. */
async function openProcess({ pool, url: databaseUrl }: TestLedger) {
  const stack = new AsyncDisposableStack();
  const link = stack.use(await openNatsLink({ nats: { servers: [nats.url] }, name: "test", log }));
  const relay = stack.use(openRelay({ link, pool, log }));
  const metrics = createCentralMetrics(createMetrics());
  const quick = { heartbeatMs: 50, deadMs: 1_000, streamMaxBytes: 64 * 1024 * 1024 };
  stack.use(await openIngest({ link, pool, databaseUrl, relay, log, metrics, ...quick }));
  return { link, relay, metrics, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** An edge's uplink: it publishes from the centre's cursor on, and again when it is asked, until all is confirmed. */
class TestUplink implements AsyncDisposable {
  readonly edge: TestEdge;
  readonly changes: SiteChange[] = [];
  readonly resends: Resend[] = [];
  private readonly nc: NatsConnection;

  private constructor(nc: NatsConnection, site: string) {
    this.nc = nc;
    this.edge = new TestEdge(site);
    nc.subscribe(subjects.change(site), {
      callback: (_, message) => void this.changes.push(SiteChange.parse(message.json())),
    });
    nc.subscribe(subjects.resend(site), {
      callback: (_, message) => void this.resends.push(Resend.parse(message.json())),
    });
  }

  static async open(site: string): Promise<TestUplink> {
    return new TestUplink(await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 }), site);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.nc.close();
  }

  async publish(first: number, last: number): Promise<void> {
    const { edge } = this;
    await jetstream(this.nc, { timeout: 2_000 }).publish(
      subjects.movements(edge.site),
      encoded(edge.batch(first, last)),
    );
  }

  async hello(): Promise<HelloReply> {
    const { site, epoch, lastSeq } = this.edge;
    const hello = { v: 1, site, epochs: [{ epoch, seq: lastSeq }], timeMs: 0 };
    const reply = await this.nc.request(subjects.hello(site), JSON.stringify(hello), { timeout: 2_000 });
    return HelloReply.parse(reply.json());
  }

  /** Publishes what the centre lacks, `size` movements a batch, until it has all. */
  async drain(size: number): Promise<void> {
    const cursor = async () => (await this.hello()).cursors[0]?.seq ?? 0;
    await vi.waitFor(async () => {
      const from = await cursor();
      for (let first = from + 1; first <= this.edge.lastSeq; first += size) {
        await this.publish(first, Math.min(this.edge.lastSeq, first + size - 1));
      }
      await vi.waitFor(async () => expect(await cursor()).toBe(this.edge.lastSeq), { timeout: 1_500, interval: 25 });
    }, patient);
  }
}

async function withItem(): Promise<TestLedger> {
  const ledger = await openTestLedger(server);
  await ledger.bind("OAT", gtin);
  const nc = await connect({ servers: nats.url });
  const jsm = await jetstreamManager(nc);
  await jsm.streams.delete(movementsStream).catch(() => false);
  await nc.close();
  return ledger;
}

describe("ingest over NATS", () => {
  test("a batch that is published lands in the ledger, and the site is told its cursor and levels", async () => {
    await using ledger = await withItem();
    await using _process = await openProcess(ledger);
    await using uplink = await TestUplink.open("lyon");
    uplink.edge.record({ code: gtin, quantity: 5 }, { code: `${gtin}(21)1` });
    await uplink.drain(500);
    expect(await ledger.stock("OAT")).toEqual({ "dock@lyon": 6, "supplier@lyon": -6 });
    const { epoch } = uplink.edge;
    await vi.waitFor(() => expect(uplink.changes.at(0)?.cursors).toEqual([{ epoch, seq: 2 }]), patient);
    expect(uplink.changes[0]).toMatchObject({ version: 1, levels: [{ onHand: -6 }, { onHand: 6 }] });
  });

  test("I4: a gap is asked for again over NATS, not more than once a second, and closes", async () => {
    await using ledger = await withItem();
    await using _process = await openProcess(ledger);
    await using uplink = await TestUplink.open("lyon");
    for (let count = 0; count < 6; count++) uplink.edge.record({ code: gtin });
    await uplink.publish(3, 3);
    await uplink.publish(4, 4);
    await uplink.publish(5, 5);
    await vi.waitFor(() => expect(uplink.resends).toMatchObject([{ from: 1 }]), patient);
    await uplink.drain(2);
    expect(uplink.resends).toHaveLength(1);
    expect(await ledger.count("movement")).toBe(6);
  });

  test("I10: a message that is no batch is kept, and those behind it are applied", async () => {
    await using ledger = await withItem();
    await using _process = await openProcess(ledger);
    await using uplink = await TestUplink.open("lyon");
    uplink.edge.record({ code: gtin });
    await uplink.drain(1);
    const nc = await connect({ servers: nats.url });
    await jetstream(nc).publish(subjects.movements("lyon"), "junk");
    await nc.close();
    uplink.edge.record({ code: gtin });
    await uplink.drain(1);
    await vi.waitFor(async () => expect(await ledger.rows("select problem from exception")).toHaveLength(1), patient);
  });

  test("I4: two processes share the partitions; when one ends, the other goes on, and each movement is applied once", async () => {
    await using ledger = await withItem();
    await using uplinks = new AsyncDisposableStack();
    const edges = await Promise.all(
      ["lyon", "oslo", "porto", "graz"].map(async site => uplinks.use(await TestUplink.open(site))),
    );
    await using _first = await openProcess(ledger);
    const second = await openProcess(ledger);
    await vi.waitFor(async () => expect((await lockCounts(ledger)).toSorted()).toEqual([8, 8]), patient);
    for (const { edge } of edges) for (let count = 0; count < 300; count++) edge.record({ code: gtin });
    const draining = Promise.all(edges.map(uplink => uplink.drain(7)));
    await vi.waitFor(async () => expect(await ledger.count("movement")).toBeGreaterThan(100), patient);
    await second[Symbol.asyncDispose]();
    await draining;
    expect(await ledger.count("movement")).toBe(4 * 300);
    expect(await ledger.rows("select sum(on_hand) from stock where on_hand > 0")).toEqual([{ sum: String(4 * 300) }]);
    await vi.waitFor(async () => expect(await lockCounts(ledger)).toEqual([16]), patient);
  });

  test("PostgreSQL killed in the middle: ingest waits, goes on by itself, and applies each movement once", async () => {
    await using ledger = await withItem();
    await using _process = await openProcess(ledger);
    await using uplink = await TestUplink.open("lyon");
    for (let count = 0; count < 400; count++) uplink.edge.record({ code: gtin });
    await uplink.drain(400);
    for (let count = 0; count < 400; count++) uplink.edge.record({ code: gtin });
    for (let first = 401; first < 800; first += 10) await uplink.publish(first, first + 9);
    await server.postgres.kill();
    await uplink.publish(401, 410);
    await server.postgres.restart();
    await uplink.drain(50);
    expect(await ledger.count("movement")).toBe(800);
    expect(await ledger.stock("OAT")).toEqual({ "dock@lyon": 800, "supplier@lyon": -800 });
  });

  test("I3: NATS loses what it had acknowledged and nobody had read: it comes again from the edge", async () => {
    await using ledger = await withItem();
    await using uplink = await TestUplink.open("lyon");
    const before = await openProcess(ledger);
    uplink.edge.record(...Array.from({ length: 100 }, () => ({ code: gtin })));
    await vi.waitFor(() => uplink.publish(1, 50), patient);
    await vi.waitFor(async () => expect(await ledger.count("movement")).toBe(50), patient);
    await before[Symbol.asyncDispose]();
    await uplink.publish(51, 90);
    await loseStorage();
    await using _after = await openProcess(ledger);
    await vi.waitFor(() => uplink.publish(91, 100), patient);
    await vi.waitFor(() => expect(uplink.resends.at(-1)).toMatchObject({ from: 51 }), patient);
    await uplink.drain(10);
    expect(await ledger.count("movement")).toBe(100);
  });

  test("I3: a process that runs while NATS loses its storage makes the stream again and goes on", async () => {
    await using ledger = await withItem();
    await using _process = await openProcess(ledger);
    await using uplink = await TestUplink.open("lyon");
    uplink.edge.record(...Array.from({ length: 100 }, () => ({ code: gtin })));
    await vi.waitFor(() => uplink.publish(1, 50), patient);
    await vi.waitFor(async () => expect(await ledger.count("movement")).toBe(50), patient);
    await loseStorage();
    await uplink.drain(10);
    expect(await ledger.count("movement")).toBe(100);
  });
});

/** Stops NATS, deletes all that it keeps, and starts it again. */
async function loseStorage(): Promise<void> {
  await nats.stop();
  const kept = await readdir(nats.dir);
  expect(kept).not.toEqual([]);
  for (const name of kept) await rm(join(nats.dir, name), { recursive: true });
  await nats.restart();
}

/** How many partitions each connection holds. */
async function lockCounts(ledger: TestLedger): Promise<readonly number[]> {
  const rows = await ledger.rows<{ count: string }>(
    `select count(*)::integer as count from pg_locks where locktype = 'advisory' and classid = 20011
       and database = (select oid from pg_database where datname = current_database()) group by pid`,
  );
  return rows.map(row => Number(row.count));
}

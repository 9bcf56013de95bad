import { randomBytes } from "node:crypto";
import { createLog, createMetrics, type HttpServer } from "@tallygate/kit";
import {
  type Batch,
  type ChainPoint,
  genesisHash,
  hashMovement,
  Movement,
  type SiteChange,
  subjects,
} from "@tallygate/protocol";
import type { Access } from "../auth/access.ts";
import { makeNatsKeys } from "../auth/nats/keys.ts";
import { openToAll } from "../auth/open-to-all.ts";
import { openPricing } from "../catalogue/prices/pricing.ts";
import { CountsConfig } from "../counts/config.ts";
import { openCounts } from "../counts/counts.ts";
import type { Pool } from "../db/pool.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { Head } from "../events/head.ts";
import { createAddressGuard } from "../events/webhooks/address.ts";
import { openFollower } from "../follow/follower.ts";
import { createFollowMetrics } from "../follow/metrics.ts";
import { applyBatches, type Ledger, openLedger } from "../ingest/apply.ts";
import { readMessage } from "../ingest/read-message.ts";
import { type SiteCommit, siteChanges } from "../ingest/site-commit.ts";
import type { Influx } from "../projector/influx.ts";
import type { HeardStatus } from "../relay/feeds.ts";
import { openReservations } from "../reservations/reservations.ts";
import { type CentralMetrics, createCentralMetrics } from "./metrics.ts";
import { openApi } from "./open-api.ts";
import type { Announcements, ApiParts, ChangeFeed, StockNews } from "./parts.ts";

/** A feed of changes inside one process, for tests: what is published reaches every listener at once. */
export class LocalFeed implements ChangeFeed, Announcements {
  /** Nothing is kept of what is looked up: this feed hears of catalogue and reservations nothing at all. */
  readonly news: StockNews = { hearing: () => undefined, subscribe: () => () => undefined };
  readonly catalogueVersions: number[] = [];
  readonly #listeners = new Set<(change: SiteChange) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  subscribe(listener: (change: SiteChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publishCommits(commits: readonly SiteCommit[]): void {
    for (const change of commits.flatMap(siteChanges)) for (const listener of this.#listeners) listener(change);
  }

  catalogueChanged(version: number): void {
    this.catalogueVersions.push(version);
  }
}

/** One site's store as far as the wire sees it: gives movements their ids and hashes. */
export class TestSite {
  readonly site: string;
  epoch: string;
  #follows: ChainPoint | undefined;
  #seq = 0;
  #hash = genesisHash;

  constructor(site: string, epoch = randomBytes(8).toString("hex")) {
    this.site = site;
    this.epoch = epoch;
  }

  /** The next batch of this store. */
  batch(movements: readonly Partial<MovementInput>[]): Batch {
    const before = this.#hash;
    const first = this.#seq + 1;
    const parsed = movements.map(movement => Movement.parse({ ...usual, ...movement }));
    for (const movement of parsed) {
      this.#seq++;
      this.#hash = hashMovement(this.#hash, this.site, this.epoch, this.#seq, movement);
    }
    const follows = this.#follows === undefined ? {} : { follows: this.#follows };
    const batch = { v: 1, site: this.site, epoch: this.epoch, first, before, after: this.#hash, ...follows };
    return { ...batch, movements: parsed } as Batch;
  }

  /** The store is opened again. */
  reopen(): void {
    this.#follows = { epoch: this.epoch, seq: this.#seq, hash: this.#hash } as ChainPoint;
    this.epoch = randomBytes(8).toString("hex");
    this.#seq = 0;
  }
}

export interface MovementInput {
  readonly code: string;
  readonly epcHex?: string;
  readonly quantity: number;
  readonly from: string;
  readonly to: string;
  readonly bizStep: string;
  readonly readPoint: string;
  readonly eventTimeMs: number;
  readonly cause: string;
}

/** 2026-11-23T09:30:00Z */
export const noonMs = Date.UTC(2026, 10, 23, 9, 30);

const usual: MovementInput = {
  code: "(01)09506000134352",
  quantity: 1,
  from: "supplier",
  to: "dock-1",
  bizStep: "receiving",
  readPoint: "dock-1/2",
  eventTimeMs: noonMs,
  cause: "reading",
};

/** A ledger in a real PostgreSQL, with what feeds and reads it. */
export interface TestLedger extends AsyncDisposable {
  readonly pool: Pool;
  readonly ledger: Ledger;
  readonly feed: LocalFeed;
  readonly statuses: Map<string, HeardStatus>;
  /** Applies a batch as ingest does, and tells the feed. */
  apply(site: TestSite, movements: readonly Partial<MovementInput>[]): Promise<void>;
}

export async function openTestLedger(server?: TestServer): Promise<TestLedger> {
  const database = await (server ?? (await openTestServer())).open();
  return { ...openTestLedgerIn(database.pool), [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

/** The same in a database that there is; its pool is the caller's. */
export function openTestLedgerIn(pool: Pool): TestLedger {
  const ledger = openLedger({ pool, log: createLog("test", "error") });
  const feed = new LocalFeed();
  return {
    pool,
    ledger,
    feed,
    statuses: new Map(),
    async apply(site, movements) {
      const data = new TextEncoder().encode(JSON.stringify(site.batch(movements)));
      const { commits } = await applyBatches(ledger, [readMessage(subjects.movements(site.site), data)]);
      feed.publishCommits(commits);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

export interface TestApi extends AsyncDisposable {
  readonly http: HttpServer;
  readonly metrics: CentralMetrics;
  readonly nats: { connected: boolean };
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form, and say what they expect there.
  readonly body: any;
}

/**
 * The HTTP interface over a test ledger, on a port of its own. Without `access`, everyone may do everything; `around` may stand between
 * the routes and what decides their reservations.
 */
export async function openTestApi(
  ledger: TestLedger,
  influx?: Pick<Influx, "query">,
  access?: Pick<Access, "authenticator"> & Partial<Pick<Access, "routes">>,
  around = (reservations: ApiParts["reservations"]) => reservations,
): Promise<TestApi> {
  const registry = createMetrics();
  const metrics = createCentralMetrics(registry);
  const nats = { connected: true };
  const log = createLog("test", "error");
  const publish: LocalFeed["publishCommits"] = commits => ledger.feed.publishCommits(commits);
  const reservations = openReservations({ pool: ledger.pool, publish, metrics, log });
  const followed = { changes: ledger.feed, publish, metrics: createFollowMetrics(registry), restMs: 0, lookMs: 50 };
  const follower = openFollower({ pool: ledger.pool, log, ...followed });
  const head = new Head(ledger.pool);
  const counts = openCounts({ pool: ledger.pool, publish, config: CountsConfig.parse({}), log });
  const pricing = await openPricing({ timeout_ms: 1_000, on_failure: "default" }, { log });
  const http = await openApi({
    pool: ledger.pool,
    authenticator: access?.authenticator ?? openToAll,
    accessRoutes: access?.routes,
    changes: ledger.feed,
    sites: ledger.statuses,
    news: ledger.feed.news,
    relay: ledger.feed,
    reservations: around(reservations),
    counts,
    pricing,
    events: { head, source: "urn:tallygate:test" },
    webhookAddresses: createAddressGuard({ allowHttp: true, networks: ["127.0.0.0/8"] }),
    sitesKey: (await makeNatsKeys()).sitesKey,
    influx,
    metrics,
    registry,
    log,
    listen: { host: "127.0.0.1", port: 0 },
    version: "0.0.0",
    natsConnected: () => nats.connected,
  });
  const request: TestApi["request"] = async (method, path, { headers = {}, body } = {}) => {
    const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const response = await fetch(http.url + path, { method, headers: { ...type, ...headers }, ...sent });
    const text = await response.text();
    const isJson = /\bjson/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    http,
    metrics,
    nats,
    request,
    get: (path, headers = {}) => request("GET", path, { headers }),
    post: (path, body, headers = {}) => request("POST", path, { headers, body }),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await head[Symbol.asyncDispose]();
      await follower[Symbol.asyncDispose]();
      await counts[Symbol.asyncDispose]();
      await reservations[Symbol.asyncDispose]();
    },
  };
}

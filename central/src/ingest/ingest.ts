import assert from "node:assert/strict";
import { type ConsumerMessages, type JetStreamClient, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { backoff, sleep } from "@tallygate/kit";
import { movementsStream } from "@tallygate/protocol";
import type { Logger } from "pino";
import type { CentralMetrics } from "../api/metrics.ts";
import type { Pool } from "../db/pool.ts";
import { centralLimits } from "../limits.ts";
import type { NatsLink } from "../relay/nats-link.ts";
import type { Relay } from "../relay/relay.ts";
import { type Applied, applyBatches, type Ledger, openLedger } from "./apply.ts";
import { Inbox, type Waiting } from "./inbox.ts";
import { Partitions } from "./partitions.ts";
import { consumerName, ensureStream } from "./stream.ts";

export interface IngestOptions {
  readonly link: NatsLink;
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly relay: Pick<Relay, "publishCommits" | "askAgain">;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly metrics: Pick<
    CentralMetrics,
    "movementsApplied" | "batches" | "movementsHeld" | "exceptionsRecorded" | "ingestLag"
  >;
  readonly streamMaxBytes: number;
  readonly movementsMax?: number;
  readonly heartbeatMs?: number;
  readonly deadMs?: number;
}

const waits = { minMs: 100, maxMs: 5_000 };
/**
 * Messages that one partition's consumer fetches ahead, and when it asks for more. All partitions together stay below the 64 MiB
 * that a NATS server keeps for one slow client before it disconnects it: batches of 500 movements are 140 kB each, and 64 of them
 * a partition were too many. Not by bytes: client and server do not count a message's bytes alike, and after some thousand
 * messages the client waits for bytes that the server has sent long ago, until the request expires.
 */
const fetchAhead = { max_messages: 20, threshold_messages: 10 };

/**
 * Applies the movements of the partitions that this process owns, until it is disposed. Neither PostgreSQL nor NATS being away
 * ends it: it holds what it has, fetches no more than its inbox takes, and goes on by itself. Throws when the stream cannot be made
 * at the start, as on a server without JetStream.
 */
export async function openIngest(options: IngestOptions): Promise<AsyncDisposable> {
  return new Ingest(options).open();
}

/**
 * What is applied one transaction after the other. A site belongs to one lane by its partition, so lanes do not wait for each
 * other's sites, except where a thing goes from one to the other. Each remembers places and items for itself.
 */
interface Lane {
  readonly inbox: Inbox;
  readonly ledger: Ledger;
}

class Ingest implements AsyncDisposable {
  private readonly options: IngestOptions;
  private readonly lanes: readonly Lane[];
  private readonly partitions: Partitions;
  private readonly js: JetStreamClient;
  private readonly stop = new AbortController();
  private running: Promise<unknown> | undefined;
  private ensuring: Promise<void> | undefined;

  constructor(options: IngestOptions) {
    const { movementsMax = centralLimits.transactionMovementsMax, link, pool, log, databaseUrl } = options;
    this.options = options;
    this.lanes = Array.from({ length: centralLimits.lanes }, () => ({
      inbox: new Inbox({ movementsMax, bytesMax: centralLimits.transactionBytesMax }),
      ledger: openLedger({ pool, log }),
    }));
    this.js = jetstream(link.nc);
    const { heartbeatMs = centralLimits.heartbeatMs, deadMs = centralLimits.processDeadMs } = options;
    const own = (partition: number) => this.own(partition);
    this.partitions = new Partitions({ url: databaseUrl, log, own, heartbeatMs, deadMs });
  }

  async open(): Promise<this> {
    await this.ensureStream();
    this.partitions.open();
    this.running = Promise.all(this.lanes.map(lane => this.run(lane)));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.partitions[Symbol.asyncDispose]();
    this.stop.abort();
    await this.running;
  }

  private async run({ inbox, ledger }: Lane): Promise<void> {
    for (;;) {
      const taken = await inbox.take(this.stop.signal);
      if (taken.length === 0) return;
      const applied = await this.apply(ledger, taken);
      if (applied === undefined) return;
      for (const { message } of taken) message.ack();
      this.options.relay.publishCommits(applied.commits);
      this.options.relay.askAgain(applied.resends);
      this.count(taken, applied);
    }
  }

  /** Tries until it is done; undefined when the process stops before. */
  private async apply(ledger: Ledger, taken: readonly Waiting[]): Promise<Applied | undefined> {
    const messages = taken.map(entry => entry.read);
    for (const waitMs of backoff(waits)) {
      if (this.stop.signal.aborted) return undefined;
      try {
        return await applyBatches(ledger, messages);
      } catch (error) {
        this.options.log.warn(
          { err: error, messages: messages.length, waitMs },
          "the ledger cannot be written; waiting",
        );
      }
      await sleep(waitMs, this.stop.signal);
    }
    return undefined;
  }

  private count(taken: readonly Waiting[], applied: Applied): void {
    const { metrics } = this.options;
    metrics.movementsApplied.inc(applied.movements);
    metrics.movementsHeld.inc(applied.held);
    for (const outcome of applied.outcomes) metrics.batches.inc({ outcome });
    for (const { problem, count } of applied.exceptions) metrics.exceptionsRecorded.inc({ problem }, count);
    for (const { read } of taken) {
      if (read.kind !== "batch") continue;
      const newest = read.batch.movements.reduce((time, movement) => Math.max(time, movement.eventTimeMs), 0);
      metrics.ingestLag.observe(Math.max(0, Date.now() - newest) / 1000);
    }
  }

  /** Reads a partition's messages into the inbox until it is disposed. */
  private own(partition: number): AsyncDisposable {
    const stop = new AbortController();
    let messages: ConsumerMessages | undefined;
    const reading = this.read(partition, stop.signal, opened => {
      messages = opened;
    });
    return {
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        messages?.stop();
        await reading;
        this.inboxOf(partition).drop(partition);
      },
    };
  }

  /** Opens the consumer again whenever it ends, as it does when NATS has lost its storage. */
  private async read(
    partition: number,
    signal: AbortSignal,
    opened: (messages: ConsumerMessages) => void,
  ): Promise<void> {
    let failing = backoff(waits);
    while (!signal.aborted) {
      try {
        await this.ensureStream();
        const consumer = await this.js.consumers.get(movementsStream, consumerName(partition));
        const messages = await consumer.consume({ ...fetchAhead, abort_on_missing_resource: true });
        opened(messages);
        if (signal.aborted) messages.stop();
        failing = backoff(waits);
        for await (const message of messages) await this.inboxOf(partition).put(message, partition, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.options.log.warn({ err: error, partition }, "the partition cannot be read; it is tried again");
      }
      await sleep(failing.next().value, signal);
    }
  }

  private inboxOf(partition: number): Inbox {
    const lane = this.lanes[partition % this.lanes.length];
    assert(lane !== undefined);
    return lane.inbox;
  }

  /** Once for all partitions that ask at the same time. */
  private ensureStream(): Promise<void> {
    this.ensuring ??= jetstreamManager(this.options.link.nc)
      .then(jsm => ensureStream(jsm, { maxBytes: this.options.streamMaxBytes }))
      .catch((error: unknown) => {
        throw new Error(`the NATS stream ${movementsStream} cannot be made or read; is JetStream switched on?`, {
          cause: error,
        });
      })
      .finally(() => {
        this.ensuring = undefined;
      });
    return this.ensuring;
  }
}

import { randomUUID } from "node:crypto";
import { sleep } from "@tallygate/kit";
import { partitions } from "@tallygate/protocol";
import pg from "pg";
import type { Logger } from "pino";
import { beat, leave, lockPartition, unlockPartition } from "../db/ledger/processes.ts";
import { connectionOptions } from "../db/pool.ts";
import { centralLimits } from "../limits.ts";

export interface PartitionsOptions {
  readonly url: string;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Called when a partition becomes this process's own; what it returns is disposed of before the partition is given up. */
  readonly own: (partition: number) => AsyncDisposable;
  readonly heartbeatMs?: number;
  readonly deadMs?: number;
}

/**
 * This process's share of the partitions. Ownership is an advisory lock on one connection of its own, so it ends with the
 * connection, however the process ends:
 *
 * - without a connection nothing is owned;
 * - at each beat the process says that it lives, counts those that do, and gives up or takes partitions until it has its share.
 *
 * Nothing is lost or doubled when two processes believe to own the same partition for a moment: each movement's cursor decides.
 */
export class Partitions implements AsyncDisposable {
  private readonly options: PartitionsOptions;
  private readonly id = randomUUID();
  private readonly owned = new Map<number, AsyncDisposable>();
  private readonly stop = new AbortController();
  private client: pg.Client | undefined;
  private running: Promise<void> | undefined;

  constructor(options: PartitionsOptions) {
    this.options = options;
  }

  get count(): number {
    return this.owned.size;
  }

  /** Begins; the first share is taken at once. */
  open(): this {
    this.running = this.run();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.running;
    await this.disown([...this.owned.keys()]);
    const { client } = this;
    if (client === undefined) return;
    await leave(client, this.id).catch(() => undefined); // It would be taken for dead soon anyway.
    await client.end().catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { log, heartbeatMs = centralLimits.heartbeatMs } = this.options;
    let failing = false;
    while (!this.stop.signal.aborted) {
      try {
        await this.share();
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ err: error }, "the partitions cannot be shared out; it is tried again");
        failing = true;
        await this.lose();
      }
      await sleep(heartbeatMs, this.stop.signal);
    }
  }

  private async share(): Promise<void> {
    const client = this.client ?? (await this.connect());
    const living = await beat(client, { id: this.id, deadMs: this.options.deadMs ?? centralLimits.processDeadMs });
    const before = this.owned.size;
    const fair = Math.ceil(partitions / Math.max(1, living));
    for (const partition of [...this.owned.keys()].slice(fair)) {
      await this.disown([partition]);
      await unlockPartition(client, partition);
    }
    for (const partition of shuffled(partitions)) {
      if (this.owned.size >= fair) break;
      if (this.owned.has(partition) || !(await lockPartition(client, partition))) continue;
      if (client !== this.client) throw new Error("the connection that holds the partitions was lost");
      this.owned.set(partition, this.options.own(partition));
    }
    if (this.owned.size === before) return;
    this.options.log.info(
      { partitions: [...this.owned.keys()].sort((a, b) => a - b), living },
      "owns other partitions now",
    );
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...connectionOptions(this.options.url, "tallygate partitions"),
      query_timeout: centralLimits.connectTimeoutMs,
    });
    // A lost connection is found at its next use at the latest; hearing of it here ends the ownership at once.
    client.on("error", () => void this.lose(client));
    client.on("end", () => void this.lose(client));
    await client.connect();
    this.client = client;
    return client;
  }

  /** Gives up everything, unless the connection that was lost has been replaced already. */
  private async lose(lost = this.client): Promise<void> {
    if (lost !== this.client) return;
    this.client = undefined;
    await this.disown([...this.owned.keys()]);
    await lost?.end().catch(() => undefined);
  }

  private async disown(given: readonly number[]): Promise<void> {
    const ending = given.map(partition => this.owned.get(partition));
    for (const partition of given) this.owned.delete(partition);
    await Promise.all(ending.map(owned => owned?.[Symbol.asyncDispose]()));
  }
}

/** In any order, so that processes that start together do not all try the same one first. */
function shuffled(count: number): readonly number[] {
  const start = Math.floor(Math.random() * count);
  return Array.from({ length: count }, (_, index) => (start + index) % count);
}

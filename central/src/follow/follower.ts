import { backoff, type Log, sentence, sleep } from "@tallygate/kit";
import type { ChangeFeed } from "../api/parts.ts";
import type { Pool } from "../db/pool.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { Wake } from "../projector/wake.ts";
import { Names } from "../reservations/names.ts";
import { followLimits } from "./limits.ts";
import type { FollowMetrics } from "./metrics.ts";
import { followNext } from "./pass.ts";
import { settleShortages } from "./shortages.ts";
import { moveContents } from "./units.ts";

/** Any number that nothing else in this database locks by. */
const followLock = 20_151_512_152;

export interface FollowerOptions {
  readonly pool: Pool;
  readonly changes: ChangeFeed;
  /** Tells the sites what contents of units have moved. */
  readonly publish: (commits: readonly SiteCommit[]) => void;
  readonly metrics: FollowMetrics;
  readonly log: Log;
  readonly passMovements?: number;
  readonly restMs?: number;
  readonly lookMs?: number;
  readonly leadEveryMs?: number;
}

/** Starts following movements, in the background; nothing else waits for it. Disposing it ends after the transaction under way. */
export function openFollower(options: FollowerOptions): AsyncDisposable {
  return new Follower(options);
}

/**
 * Does what follows from movements once they are recorded, behind a cursor for each epoch: finds their documents, lets holds go, moves
 * what is in logistic units, opens and closes shortages, and marks what is to be told.
 *
 * Modes: *waiting* (another process follows, or PostgreSQL does not answer) → *leading* (holds the advisory lock on a connection of its
 * own, and follows) → *waiting* when something fails → *stopped*. Only `#run` moves between them. Two processes that both believe to
 * lead do no harm: each pass moves its cursors in its transaction, which the second cannot.
 */
class Follower implements AsyncDisposable {
  readonly #options: FollowerOptions;
  readonly #stop = new AbortController();
  readonly #wake = new Wake(0);
  readonly #names = new Names();
  readonly #unsubscribe: () => void;
  readonly #running: Promise<void>;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#unsubscribe = options.changes.subscribe(() => this.#wake.call([]));
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe();
    this.#stop.abort();
    this.#wake.call([]);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { leadEveryMs = followLimits.leadEveryMs, metrics, log } = this.#options;
    let waits = newWaits();
    let failing = false;
    while (!signal.aborted) {
      try {
        await this.#lead(() => {
          waits = newWaits();
          failing = false;
        });
        await sleep(leadEveryMs, signal);
      } catch (error) {
        if (!failing) log.warn({ err: error }, `movements are not followed for a moment: ${sentence(error)}`);
        failing = true;
        await sleep(waits.next().value, signal);
      } finally {
        metrics.leading.set(0);
      }
    }
  }

  /** Returns when another process leads, or when it is to stop; throws when something fails. */
  async #lead(succeeded: () => void): Promise<void> {
    const { pool, metrics } = this.#options;
    const client = await pool.connect();
    let locked = false;
    let failed = true;
    try {
      const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1) as locked", [
        followLock,
      ]);
      locked = rows[0]?.locked === true;
      if (locked) metrics.leading.set(1);
      while (locked && !this.#stop.signal.aborted) {
        await this.#catchUp();
        succeeded();
        await this.#wake.wait(this.#options.lookMs ?? followLimits.lookMs);
        this.#wake.take();
        await client.query("select"); // Whoever has lost the connection has lost the lock.
      }
      failed = false;
    } finally {
      // Closing the connection gives up the lock.
      client.release(locked || failed);
    }
  }

  /** Passes until nothing is left. */
  async #catchUp(): Promise<void> {
    const { pool, metrics, restMs = followLimits.restMs } = this.#options;
    for (let more = true; more && !this.#stop.signal.aborted; ) {
      const beganMs = performance.now();
      const pass = await followNext({ ...this.#options, names: this.#names });
      this.#count(pass);
      const levels = await settleShortages(pool, this.#names.directory);
      metrics.shortages.inc(levels.opened);
      const units = await moveContents(pool, this.#names.directory);
      this.#options.publish(units.commits);
      more = pass.more || levels.more || units.moved > 0;
      const tookMs = performance.now() - beganMs;
      if (pass.movements > 0) await sleep(restMs === 0 ? 0 : Math.max(restMs, tookMs), this.#stop.signal);
    }
  }

  #count({ movements, matched, misfits, failed, recordedMs }: Awaited<ReturnType<typeof followNext>>): void {
    const { metrics } = this.#options;
    if (movements === 0) return;
    metrics.passes.inc();
    metrics.movements.inc(movements);
    metrics.failed.inc(failed);
    for (const why of matched) metrics.matches.inc({ why });
    for (const problem of misfits) metrics.misfits.inc({ problem });
    if (recordedMs !== undefined) metrics.lag.observe(Math.max(0, Date.now() - recordedMs) / 1000);
  }
}

function newWaits() {
  return backoff({ minMs: followLimits.backoffMinMs, maxMs: followLimits.backoffMaxMs });
}

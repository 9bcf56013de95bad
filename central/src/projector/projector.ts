import { backoff, type Log, sentence, sleep } from "@tallygate/kit";
import type { CentralMetrics } from "../api/metrics.ts";
import type { ChangeFeed } from "../api/parts.ts";
import type { Client, Pool } from "../db/pool.ts";
import {
  addCursors,
  deleteCursors,
  type LaggingEpoch,
  moveCursors,
  type ProjectedRow,
  readLaggingEpochs,
  readProjectedRows,
} from "../db/queries/projector.ts";
import { type Influx, InfluxUnavailable, PointsRefused } from "./influx.ts";
import { projectorLimits } from "./limits.ts";
import { measurement, pointOf } from "./point.ts";
import { Wake } from "./wake.ts";

/** Whose cursors these are in `projector_cursor`. */
const projector = "influx";

/** Any number that nothing else in this database locks by. */
const projectorLock = 20_091_808_010;

export interface ProjectorOptions {
  readonly pool: Pool;
  readonly influx: Influx;
  readonly changes: ChangeFeed;
  readonly metrics: Pick<CentralMetrics, "pointsWritten" | "pointsRefused" | "projectorUp">;
  readonly log: Log;
}

/** Starts drawing the ledger in InfluxDB, in the background; nothing else waits for it. Disposing it stops after the write under way. */
export function openProjector(options: ProjectorOptions): AsyncDisposable {
  return new Projector(options);
}

/**
 * Lets the projector draw everything anew, also while it runs: the same rows give the same points. On InfluxDB 1 the old points
 * go first. Gives how many epochs are drawn again.
 */
export async function rebuildMetrics({ pool, influx }: Pick<ProjectorOptions, "pool" | "influx">): Promise<number> {
  await influx.prepare();
  await influx.drop(measurement);
  return deleteCursors(pool, projector);
}

/**
 * Behind each epoch's cursor all rows are committed and in order, so they are drawn epoch by epoch up to there, and the projector's own
 * cursor moves once InfluxDB has said that it has the points. A crash in between draws the same points again.
 *
 * Modes: *waiting* (another process leads, or PostgreSQL does not answer) → *leading* (holds the advisory lock on its own connection
 * and draws) → *waiting* when PostgreSQL fails → *stopped*. Only `#run` moves between them.
 */
class Projector implements AsyncDisposable {
  readonly #options: ProjectorOptions;
  readonly #stop = new AbortController();
  readonly #wake = new Wake(projectorLimits.changedEpochsMax);
  readonly #unsubscribe: () => void;
  readonly #running: Promise<void>;
  /** Undefined until the first success or failure; what changes it is logged. */
  #up: boolean | undefined;
  #waits = newWaits();

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#unsubscribe = options.changes.subscribe(change =>
      this.#wake.call(change.cursors.map(cursor => cursor.epoch)),
    );
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
    while (!signal.aborted) {
      try {
        await this.#lead();
        await sleep(projectorLimits.leadEveryMs, signal);
      } catch (error) {
        await this.#waitAfter(error);
      }
    }
  }

  /** Returns when another process leads, or when it is to stop; throws when something does not answer. */
  async #lead(): Promise<void> {
    const client = await this.#options.pool.connect();
    let locked = false;
    let failed = true;
    try {
      const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1) as locked", [
        projectorLock,
      ]);
      locked = rows[0]?.locked === true;
      if (locked) await this.#drawPatiently(client);
      failed = false;
    } finally {
      // Closing the connection gives up the lock.
      client.release(locked || failed);
    }
  }

  /** While only InfluxDB does not answer, this process goes on leading: another one would fare no better. */
  async #drawPatiently(client: Client): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#draw(client);
      } catch (error) {
        if (!(error instanceof InfluxUnavailable)) throw error;
        await this.#waitAfter(error);
      }
    }
  }

  async #draw(client: Client): Promise<void> {
    await this.#options.influx.prepare();
    let epochs: readonly string[] | undefined;
    while (!this.#stop.signal.aborted) {
      await this.#catchUp(client, epochs);
      this.#note(true);
      await this.#wake.wait(projectorLimits.lookAllMs);
      await sleep(projectorLimits.gatherMs, this.#stop.signal);
      epochs = this.#wake.take();
    }
  }

  /** Draws what these epochs have beyond the projector's cursors; all epochs without a list. */
  async #catchUp(client: Client, epochs: readonly string[] | undefined): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const lagging = await readLaggingEpochs(client, {
        projector,
        limit: projectorLimits.writeEpochsMax,
        ...(epochs && { epochs }),
      });
      if (lagging.length === 0) return;
      await addCursors(client, projector, begunNow(lagging));
      const perEpoch = Math.max(1, Math.floor(projectorLimits.writeRowsMax / lagging.length));
      const rows = await readProjectedRows(client, lagging, perEpoch);
      if (rows.length === 0) throw new Error(`the ledger lacks rows below the cursor of epoch ${lagging[0]?.epoch_id}`);
      await this.#write(rows);
      await moveCursors(client, projector, movesOf(lagging, rows));
    }
  }

  async #write(rows: readonly ProjectedRow[]): Promise<void> {
    const { influx, metrics, log } = this.#options;
    const points = rows.map(pointOf).filter(point => point !== undefined);
    metrics.pointsRefused.inc(rows.length - points.length);
    try {
      await influx.write(points);
      metrics.pointsWritten.inc(points.length);
      this.#note(true);
    } catch (error) {
      if (!(error instanceof PointsRefused)) throw error;
      // One point that it will never take must not hold back those behind it; the ledger has the row all the same.
      metrics.pointsRefused.inc();
      log.warn(
        { err: error, code: "metrics.refused" },
        "InfluxDB refused a part of a write for good; going on behind it",
      );
    }
  }

  async #waitAfter(error: unknown): Promise<void> {
    this.#note(false, error);
    await sleep(this.#waits.next().value, this.#stop.signal);
  }

  #note(up: boolean, error?: unknown): void {
    if (up) this.#waits = newWaits();
    this.#options.metrics.projectorUp.set(up ? 1 : 0);
    if (this.#up === up) return;
    const first = this.#up === undefined;
    this.#up = up;
    const { log } = this.#options;
    if (!up) log.warn({ err: error, code: "metrics.unavailable" }, `movement metrics wait: ${sentence(error)}`);
    else if (!first) log.info("movement metrics are drawn again");
  }
}

function newWaits() {
  return backoff({ minMs: projectorLimits.backoffMinMs, maxMs: projectorLimits.backoffMaxMs });
}

function begunNow(lagging: readonly LaggingEpoch[]): number[] {
  return lagging.filter(epoch => epoch.after_seq === 0).map(epoch => epoch.epoch_id);
}

/** How far each epoch came. Every lagging epoch has at least one row below its cursor, for the ledger has no gaps. */
function movesOf(lagging: readonly LaggingEpoch[], rows: readonly ProjectedRow[]) {
  const last = new Map(rows.map(row => [row.epoch_id, row.seq]));
  return lagging.flatMap(({ epoch_id, after_seq }) => {
    const to_seq = last.get(epoch_id);
    return to_seq === undefined ? [] : [{ epoch_id, from_seq: after_seq, to_seq }];
  });
}

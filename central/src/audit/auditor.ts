import { backoff, type Log, sentence, sleep } from "@tallygate/kit";
import { readLastSeal } from "../db/audit/seals.ts";
import { beginPass, endPass, readAuditState, savePosition } from "../db/audit/state.ts";
import type { Client, Pool } from "../db/pool.ts";
import { findSite } from "../db/queries/sites.ts";
import { transaction } from "../db/transaction.ts";
import { openExceptions } from "../exceptions/open.ts";
import { addChecked, Checked, type Fault, nothingChecked } from "./fault.ts";
import { auditLimits } from "./limits.ts";
import type { AuditMetrics } from "./metrics.ts";
import { Position } from "./position.ts";
import { makeSeal } from "./sealed.ts";
import { rowsOf } from "./verify.ts";
import { start, step } from "./walk.ts";

/** Any number that nothing else in this database locks by. */
const auditLock = 20_011_212_259;

export interface AuditorOptions {
  readonly pool: Pool;
  readonly metrics: AuditMetrics;
  readonly log: Log;
  readonly rowsPerSecond?: number;
  readonly passEveryMs?: number;
  readonly sealEveryMs?: number;
  readonly leadEveryMs?: number;
}

/** Starts the standing auditor, in the background; nothing else waits for it. Disposing it ends the statement under way. */
export function openAuditor(options: AuditorOptions): AsyncDisposable {
  return new Auditor(options);
}

/**
 * Walks through the whole ledger, slowly and over and over, remembers how far it is, keeps an exception of each first row that
 * disagrees, and seals the ledger once a day.
 *
 * Modes: *waiting* (another process audits, or PostgreSQL does not answer) → *leading* (holds the advisory lock on its own connection)
 * → *waiting* when something fails → *stopped*. Only `#run` moves between them.
 */
class Auditor implements AsyncDisposable {
  readonly #options: AuditorOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #waits = newWaits();

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { leadEveryMs = auditLimits.leadEveryMs, metrics, log } = this.#options;
    let failing = false;
    while (!signal.aborted) {
      try {
        await this.#lead();
        failing = false;
        await sleep(leadEveryMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!failing) log.warn({ err: error }, `the standing audit waits: ${sentence(error)}`);
        failing = true;
        await sleep(this.#waits.next().value, signal);
      } finally {
        metrics.leading.set(0);
      }
    }
  }

  /** Returns when another process leads, or when it is to stop; throws when PostgreSQL does not answer. */
  async #lead(): Promise<void> {
    const client = await this.#options.pool.connect();
    let locked = false;
    let failed = true;
    // A statement under way does not keep the process from stopping: its connection is closed under it.
    const end = () => void client.end().catch(() => undefined);
    this.#stop.signal.addEventListener("abort", end);
    try {
      const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1) as locked", [
        auditLock,
      ]);
      locked = rows[0]?.locked === true;
      if (locked) await client.query("select set_config('statement_timeout', $1, false)", [auditLimits.statementMs]);
      while (locked && !this.#stop.signal.aborted) await this.#round(client);
      failed = false;
    } finally {
      this.#stop.signal.removeEventListener("abort", end);
      // Closing the connection gives up the lock.
      client.release(locked || failed);
    }
  }

  /** A seal when it is time, and a step or a wait. */
  async #round(client: Client): Promise<void> {
    const { metrics, passEveryMs = auditLimits.passEveryMs } = this.#options;
    metrics.leading.set(1);
    await this.#sealDaily(client);
    const state = await readAuditState(client);
    if (state.last_pass_ended_at !== null) metrics.lastPass.set(Date.parse(state.last_pass_ended_at) / 1000);
    if (state.pass_began_at === null) {
      const wait = state.since_last_pass_ms === null ? 0 : passEveryMs - state.since_last_pass_ms;
      if (wait <= 0) await beginPass(client);
      else await sleep(Math.min(wait, auditLimits.roundMs), this.#stop.signal);
      return;
    }
    await this.#audit(client, {
      position: Position.safeParse(state.position).data ?? start,
      checked: Checked.safeParse(state.checked).data ?? nothingChecked,
      faults: state.faults,
    });
    this.#waits = newWaits();
  }

  async #audit(client: Client, from: { position: Position; checked: Checked; faults: number }): Promise<void> {
    const { metrics, rowsPerSecond = auditLimits.standingRowsPerSecond } = this.#options;
    const { fault, checked: more, next } = await step(client, from.position);
    if (fault !== undefined) await this.#report(client, fault);
    const checked = addChecked(from.checked, more);
    const faults = from.faults + (fault === undefined ? 0 : 1);
    if (next.phase === "done") await endPass(client, { checked, faults });
    else await savePosition(client, { position: next, checked, faults });
    const rows = rowsOf(addChecked(nothingChecked, more));
    metrics.rows.inc(rows);
    await sleep((rows / rowsPerSecond) * 1000, this.#stop.signal);
  }

  /** The same row that still disagrees in the next pass counts up on its exception. */
  async #report(client: Client, fault: Fault): Promise<void> {
    const { metrics, log } = this.#options;
    const { kind, site, epoch, seq, detail } = fault;
    metrics.faults.inc({ kind });
    log.error({ code: "audit.fault", ...fault }, `the ledger disagrees with itself: ${detail}`);
    const siteId = site === null ? undefined : await findSite(client, site);
    const row = epoch === null ? detail : `${epoch}/${seq}`;
    const key = `${kind} ${row}`.slice(0, auditLimits.keyCharsMax);
    await openExceptions(client, [{ siteId, problem: "audit.fault", key, detail: `${kind}: ${detail}`, count: 1 }]);
  }

  async #sealDaily(client: Client): Promise<void> {
    const { pool, metrics, log, sealEveryMs = auditLimits.sealEveryMs } = this.#options;
    const last = await readLastSeal(client);
    if (last !== undefined && last.age_ms < sealEveryMs) return;
    const seal = await transaction(pool, inside => makeSeal(inside));
    metrics.seals.inc();
    log.info({ seal: seal.number, hash: seal.hash, epochs: seal.epochs.length }, "the ledger was sealed");
  }
}

function newWaits() {
  return backoff({ minMs: auditLimits.backoffMinMs, maxMs: auditLimits.backoffMaxMs });
}

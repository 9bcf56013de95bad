import { sleep } from "@tallygate/kit";
import type { Logger } from "pino";
import { readAccessRevision } from "../db/auth/state.ts";
import type { Pool } from "../db/pool.ts";
import { authLimits } from "./limits.ts";

/**
 * Notices that a caller was disabled, signed out or given other rights, by whichever process: reads one number once a second. While
 * PostgreSQL does not answer, nothing is noticed, and what is remembered holds until it ends.
 */
export class Revision implements AsyncDisposable {
  private readonly pool: Pool;
  private readonly log: Pick<Logger, "warn">;
  private readonly stop = new AbortController();
  private readonly running: Promise<void>;
  private seen = 0;

  constructor({ pool, log }: { readonly pool: Pool; readonly log: Pick<Logger, "warn"> }) {
    this.pool = pool;
    this.log = log;
    this.running = this.run();
  }

  /** The newest that was read. */
  get current(): number {
    return this.seen;
  }

  /** Reads it now; for whoever has just changed something. */
  async read(): Promise<void> {
    this.seen = Math.max(this.seen, await readAccessRevision(this.pool));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let failing = false;
    while (!this.stop.signal.aborted) {
      try {
        await this.read();
        failing = false;
      } catch (error) {
        if (!failing) this.log.warn({ err: error }, "it was not noticed whether callers have changed; tried again");
        failing = true;
      }
      await sleep(authLimits.revisionEveryMs, this.stop.signal);
    }
  }
}

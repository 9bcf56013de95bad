import type { Result } from "@tallygate/protocol";
import type { Change } from "../db/audit/changes.ts";
import type { OutboxEvent } from "../db/events/outbox.ts";
import type { Client } from "../db/pool.ts";
import type { Line, Reservation } from "./model.ts";

/**
 * What is written in the transaction that decides a group, besides what is reserved: for all jobs of the group together, since a
 * statement for each would cost more than the rows. `D` is what a job brings, and `W` what is written of it once it is decided.
 */
export interface Attachment<D, W> {
  /** What nobody else may have; of two jobs with the same the second waits for the first one's answer. */
  readonly claimOf: (draft: D) => string | undefined;
  /** Looks at what drafts name, before anything is locked; gives each with what it still lacked, or why it is refused. */
  readonly prepare: (client: Client, drafts: readonly D[]) => Promise<readonly Result<D>[]>;
  /**
   * What comes of a draft whose reservation was granted: the job's answer, and what there is to write. Only one for which nothing is
   * held may still be refused. Pure.
   */
  readonly settle: (draft: D, granted: Granted) => Result<{ readonly answer: object; readonly write: W }>;
  /**
   * Writes what was settled; every other lock but those of kept answers is taken by then. Who did what and what is told is given back,
   * and written with that of the reservations: levels that everyone wants are locked here, and each statement makes others wait.
   */
  readonly write: (client: Client, writes: readonly W[]) => Promise<Told>;
}

/** Who did what, and what other systems are told of it. */
export interface Told {
  readonly changes: readonly Change[];
  readonly events: readonly OutboxEvent[];
}

export interface Granted {
  /** The lines that were asked for, looked up. */
  readonly lines: readonly Line[];
  /** What is held of them; with `whenShort: "take"` it may be less, and nothing. */
  readonly reservation: Reservation;
  readonly nowMs: number;
}

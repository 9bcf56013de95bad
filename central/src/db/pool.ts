import pg from "pg";
import type { Logger } from "pino";
import { centralLimits } from "../limits.ts";

/** Where a statement runs: the pool for one of its own, a client inside a transaction. */
export type Executor = Pick<pg.Pool, "query">;
export type Pool = pg.Pool;
export type Client = pg.PoolClient;

export interface PoolOptions {
  readonly url: string;
  readonly size: number;
  /** Shown in `pg_stat_activity`, so that an operator sees whose connection it is. */
  readonly applicationName: string;
  readonly log: Pick<Logger, "warn">;
}

/** Opens the pool; no connection is made yet. Integers of 64 bits come as numbers, and as an error above 2^53. */
export function openPool({ url, size, applicationName, log }: PoolOptions): Pool {
  const pool = new pg.Pool({
    ...connectionOptions(url, applicationName),
    max: size,
    statement_timeout: centralLimits.statementTimeoutMs,
    lock_timeout: centralLimits.lockTimeoutMs,
    idle_in_transaction_session_timeout: centralLimits.idleTransactionTimeoutMs,
  });
  // An error event without a listener ends the process. The pool drops such a client by itself; a client that is checked
  // out reports through its pending query, and its owner sees the next query fail.
  pool.on("error", error => log.warn({ err: error }, "a connection to PostgreSQL was lost"));
  pool.on("connect", client => {
    client.on("error", () => undefined);
  });
  return pool;
}

/** What every connection of ours has in common; for the one connection that holds locks and is outside the pool. */
export function connectionOptions(url: string, applicationName: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: centralLimits.connectTimeoutMs,
    keepAlive: true,
    types: { getTypeParser },
  };
}

const int8 = 20;

function getTypeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === int8 && format !== "binary") return parseInt8;
  return pg.types.getTypeParser(oid, format);
}

/** Reads an integer of 64 bits; throws above 2^53. */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`the number ${text} from PostgreSQL is above 2^53`);
  return value;
}

import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { centralLimits } from "../limits.ts";
import type { Client, Pool } from "./pool.ts";

/** What PostgreSQL answers when the same transaction, tried again, may well succeed; and how long to wait before. */
const conflictWaitMs: ReadonlyMap<string, number> = new Map([
  ["40001", 5], // serialization_failure
  ["40P01", 10], // deadlock_detected
  ["55P03", 50], // lock_not_available: lock_timeout
]);

/** What says that the server is not there, or not ready, rather than that something is wrong with the statement. */
const connectionCodes: ReadonlySet<string> = new Set([
  "08000", // connection_exception
  "08001", // sqlclient_unable_to_establish_sqlconnection
  "08003", // connection_does_not_exist
  "08004", // sqlserver_rejected_establishment_of_sqlconnection
  "08006", // connection_failure
  "25P03", // idle_in_transaction_session_timeout
  "53300", // too_many_connections
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT", // a Unix socket of a server that is not running
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
]);

/** Thrown inside a transaction to roll it back and run it again at once: what it had read is no longer true. */
export class Outdated extends Error {
  override readonly name = "Outdated";
}

/** Whether PostgreSQL could not be reached, or was lost: nothing is known to be wrong with what was asked. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.every(isUnavailable);
  const code = codeOf(error);
  if (code !== undefined) return connectionCodes.has(code);
  // pg gives these three no code of their own; the class is the plain Error and the words are the only mark there is.
  return /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(
    error.message,
  );
}

/** Whether the server refused for a conflict with another transaction. */
export function isConflict(error: unknown): boolean {
  return error instanceof Outdated || conflictWaitMs.has(codeOf(error) ?? "");
}

/**
 * Runs `work` in one transaction and gives what it returns after the commit. On a conflict the whole is run again, so `work`
 * must keep nothing outside. A lost connection is not tried again here: whoever owns the loop decides how long to wait.
 * A commit whose answer was lost may have happened; every caller's work is harmless when repeated.
 *
 * @param begin opens the transaction, and may set what holds until its end
 */
export async function transaction<T>(pool: Pool, work: (client: Client) => Promise<T>, begin = "begin"): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await once(pool, work, begin);
    } catch (error) {
      if (!isConflict(error) || tries >= centralLimits.transactionTriesMax) throw error;
      await sleep((conflictWaitMs.get(codeOf(error) ?? "") ?? 0) * tries);
    }
  }
}

async function once<T>(pool: Pool, work: (client: Client) => Promise<T>, begin: string): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(begin);
    const value = await work(client);
    await client.query("commit");
    return value;
  } catch (error) {
    broken = !(await rolledBack(client));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function rolledBack(client: Client): Promise<boolean> {
  try {
    await client.query("rollback");
    return true;
  } catch {
    return false; // The connection is gone, and the transaction with it. The first error says why.
  }
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError) return error.code;
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return undefined;
}

import { hash } from "node:crypto";
import { contractVersion, type Resend } from "@tallygate/protocol";
import type { Logger } from "pino";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import type { Pool } from "../db/pool.ts";
import { isConflict, isUnavailable, transaction } from "../db/transaction.ts";
import { openExceptions } from "../exceptions/open.ts";
import { applyInTransaction, byIndexOnly } from "./apply-in-transaction.ts";
import type { Verdict } from "./chain.ts";
import { Directory } from "./directory.ts";
import { ItemCache } from "./item-cache.ts";
import { cutBody, type ReadBatch, type ReadMessage, type RefusedMessage } from "./read-message.ts";
import type { SiteCommit } from "./site-commit.ts";

/** The ledger as one process writes to it. */
export interface Ledger {
  readonly pool: Pool;
  readonly directory: Directory;
  readonly items: ItemCache;
  readonly log: Pick<Logger, "error" | "warn">;
}

export function openLedger({ pool, log }: Pick<Ledger, "pool" | "log">): Ledger {
  return { pool, directory: new Directory(), items: new ItemCache(), log };
}

/** What became of messages, all of it committed. */
export interface Applied {
  readonly commits: readonly SiteCommit[];
  readonly resends: readonly Resend[];
  /** Movements that are new in the ledger, and how many of them wait for a person. */
  readonly movements: number;
  readonly held: number;
  readonly exceptions: readonly ExceptionCase[];
  /** What became of each message. */
  readonly outcomes: readonly (Verdict["kind"] | "refused")[];
}

const nothing: Applied = { commits: [], resends: [], movements: 0, held: 0, exceptions: [], outcomes: [] };

/**
 * Applies batches, from any sites, in one transaction: each movement once, in its order, together with its posting and its
 * cursor. What came before changes nothing, what leaves a gap is asked for again, and what is wrong is kept for a person.
 *
 * When the transaction fails for what is in it, the batches are tried in halves until the one that fails stands alone; it
 * goes to the exceptions and the rest is applied. Throws when PostgreSQL is not there, or conflicts do not end: try again.
 */
export async function applyBatches(ledger: Ledger, messages: readonly ReadMessage[]): Promise<Applied> {
  const reads = messages.filter(message => message.kind === "batch");
  const refused = messages.filter(message => message.kind === "refused");
  try {
    return await applyTogether(ledger, reads, refused);
  } catch (error) {
    if (isUnavailable(error) || isConflict(error) || messages.length === 0) throw error;
    return applyApart(ledger, messages, error);
  }
}

async function applyApart(ledger: Ledger, messages: readonly ReadMessage[], error: unknown): Promise<Applied> {
  const [only, second] = messages;
  if (only !== undefined && second === undefined) {
    if (only.kind === "refused") throw error;
    const { site, epoch, first } = only.batch;
    ledger.log.error({ err: error, site, epoch, first }, "a batch cannot be applied; it is in the exceptions");
    const detail = `${site}/${epoch} from ${first} on fails in the ledger: ${String(error)}`;
    return applyTogether(
      ledger,
      [],
      [{ kind: "refused", site, problem: { code: "internal", detail }, data: only.data }],
    );
  }
  const middle = messages.length >>> 1;
  const before = await applyBatches(ledger, messages.slice(0, middle));
  const after = await applyBatches(ledger, messages.slice(middle));
  return added(before, after);
}

function added(a: Applied, b: Applied): Applied {
  return {
    commits: [...a.commits, ...b.commits],
    resends: [...a.resends, ...b.resends],
    movements: a.movements + b.movements,
    held: a.held + b.held,
    exceptions: [...a.exceptions, ...b.exceptions],
    outcomes: [...a.outcomes, ...b.outcomes],
  };
}

async function applyTogether(
  ledger: Ledger,
  reads: readonly ReadBatch[],
  refused: readonly RefusedMessage[],
): Promise<Applied> {
  const { pool, directory } = ledger;
  await directory.ensureSites(
    pool,
    reads.map(read => read.batch.site),
  );
  await directory.ensureAccounts(pool, missingAccounts(directory, reads));
  // Sites beyond those of the batches, that the movements turn out to take things from. They grow from try to try.
  const alsoLock = new Set<number>();
  return transaction(
    pool,
    async client => {
      const applied =
        reads.length === 0
          ? nothing
          : await applyInTransaction({ client, reads, directory, items: ledger.items, alsoLock });
      const exceptions = refusedCases(refused);
      await openExceptions(client, exceptions);
      return added(applied, { ...nothing, exceptions, outcomes: refused.map(() => "refused" as const) });
    },
    `begin; ${byIndexOnly}`,
  );
}

function missingAccounts(directory: Directory, reads: readonly ReadBatch[]): { siteId: number; code: string }[] {
  const missing = new Map<string, { siteId: number; code: string }>();
  for (const { batch } of reads) {
    const siteId = directory.siteId(batch.site);
    for (const { from, to } of batch.movements) {
      if (!directory.hasAccount(siteId, from)) missing.set(`${siteId}/${from}`, { siteId, code: from });
      if (!directory.hasAccount(siteId, to)) missing.set(`${siteId}/${to}`, { siteId, code: to });
    }
  }
  return [...missing.values()];
}

/** A refused message names its site only by its subject, and such a site need not exist: the key says which it was. */
function refusedCases(refused: readonly RefusedMessage[]): readonly ExceptionCase[] {
  const cases = new Map<string, ExceptionCase>();
  for (const { site, problem, data } of refused) {
    const key = `${site}/${hash("sha256", data, "hex").slice(0, 16)}`;
    const count = (cases.get(key)?.count ?? 0) + 1;
    const detail = `contract ${contractVersion}: ${problem.detail}`.slice(0, 1000);
    cases.set(key, { siteId: undefined, problem: problem.code, key, detail, ...cutBody(data), count });
  }
  return [...cases.values()];
}

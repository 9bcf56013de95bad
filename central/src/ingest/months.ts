import type { Log } from "@tallygate/kit";
import { makeMonths, readLocks } from "../db/ledger/months.ts";
import type { Pool } from "../db/pool.ts";
import { centralLimits } from "../limits.ts";
import { Repeat } from "../repeat.ts";

/**
 * Makes the ledger's partitions ahead, at the start and every now and then, so that no commit has to. Any number of processes may, at any
 * time: what is there already stays. A commit that needs one before this has made it makes it itself. Says so when PostgreSQL will soon have
 * too few locks for all of them.
 */
export function openMonths({ pool, log }: { readonly pool: Pool; readonly log: Pick<Log, "warn"> }): AsyncDisposable {
  return new Repeat({
    pass: async () => {
      await makeMonths(pool, centralLimits.monthsAhead);
      const { months, locks } = await readLocks(pool);
      if (needed(months) > 2 * locks) log.warn({ months, locks }, adviceFor(months));
      return false;
    },
    everyMs: centralLimits.monthsEveryMs,
    retryMs: centralLimits.monthsRetryMs,
    failing: "the ledger's next months are made later",
    log,
  });
}

/** What a statement holds while it is planned: each month and its six indexes. Half of all connections may do so at once. */
function needed(months: number): number {
  return 7 * months;
}

function adviceFor(months: number): string {
  return `PostgreSQL has few locks for the ${months} months of the ledger: set max_locks_per_transaction to ${2 * needed(months)}, and restart it`;
}

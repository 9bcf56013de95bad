import type { Pool } from "../db/pool.ts";
import { lockSweeper, readDue } from "../db/reservations/reservations.ts";
import { transaction } from "../db/transaction.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import { reservationLimits } from "./limits.ts";
import type { Names } from "./names.ts";
import { carryOut } from "./write.ts";

/**
 * Ends a batch of reservations that are past their time; of all processes one at a time does. Nothing depends on when: nobody can
 * fulfil them any more, and only their stock comes back late. How many have ended is given; undefined when another process is at it.
 */
export function sweep(pool: Pool, names: Names): Promise<number | undefined> {
  return transaction(
    pool,
    async client => {
      if (!(await lockSweeper(client))) return undefined;
      const due = await readDue(client, reservationLimits.sweepMax);
      if (due.length === 0) return 0;
      const { decided } = await carryOut(
        client,
        due.map(id => ({ kind: "expire", id })),
        names,
      );
      return decided.changed.length;
    },
    `begin; ${byIndexOnly}`,
  );
}

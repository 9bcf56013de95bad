import type { Pool } from "../db/pool.ts";
import { lockSweeper, readDue, readNowMs } from "../db/reservations/reservations.ts";
import { transaction } from "../db/transaction.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import { reservationLimits } from "./limits.ts";
import type { Names } from "./names.ts";
import { carryOut, writeDown } from "./write.ts";

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
      const commands = due.map(id => ({ kind: "expire" as const, id }));
      const carried = await carryOut(client, { commands, names, nowMs: await readNowMs(client) });
      await writeDown(client, carried, { names, answers: [] });
      return carried.decided.changed.length;
    },
    `begin; ${byIndexOnly}`,
  );
}

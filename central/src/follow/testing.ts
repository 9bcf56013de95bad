import { createMetrics } from "@tallygate/kit";
import type { ChangeFeed } from "../api/parts.ts";
import type { Pool } from "../db/pool.ts";
import { log } from "../ingest/testing-ledger.ts";
import { Names } from "../reservations/names.ts";
import { type FollowerOptions, openFollower } from "./follower.ts";
import { createFollowMetrics } from "./metrics.ts";
import { followNext, type PassResult } from "./pass.ts";
import { settleShortages } from "./shortages.ts";
import { moveContents } from "./units.ts";

/** A feed that nobody speaks on: the follower looks by itself. */
export const silent: ChangeFeed = { subscribe: () => () => undefined };

/** Follows all that was recorded, and what follows from that, as one process does; gives what came of it. */
export async function followAll(
  pool: Pool,
  { passMovements }: { readonly passMovements?: number } = {},
): Promise<Omit<PassResult, "recordedMs" | "more">> {
  const names = new Names();
  const sum = { movements: 0, matched: [] as PassResult["matched"], misfits: [] as PassResult["misfits"], failed: 0 };
  for (;;) {
    const pass = await followNext({ pool, names, log, ...(passMovements !== undefined && { passMovements }) });
    const levels = await settleShortages(pool, names.directory);
    const units = await moveContents(pool, names.directory);
    sum.movements += pass.movements;
    sum.matched = [...sum.matched, ...pass.matched];
    sum.misfits = [...sum.misfits, ...pass.misfits];
    sum.failed += pass.failed;
    if (pass.movements === 0 && !levels.more && units.moved === 0) return sum;
  }
}

/** A follower that runs as it does in a process, as fast as it can. */
export function openTestFollower(pool: Pool, options: Partial<FollowerOptions> = {}) {
  const metrics = createFollowMetrics(createMetrics());
  const fast = { restMs: 0, lookMs: 10, leadEveryMs: 10 };
  const follower = openFollower({ pool, changes: silent, publish: () => undefined, metrics, log, ...fast, ...options });
  return { follower, metrics };
}

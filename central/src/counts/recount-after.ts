import { areThereCounts, type MovedSince, noteTouched } from "../db/counts/due.ts";
import type { Client } from "../db/pool.ts";

/**
 * To be called with movements behind their commit, in the transaction that follows them: one that is older than a posted count of its
 * place has changed what that count had expected, and the place is looked at again soon. It waits for no lock. Where nobody counts, it asks
 * for that and no more: looking at each movement cost as much again as all the rest of following it.
 */
export async function recountAfter(client: Client, moved: MovedSince): Promise<void> {
  if (await areThereCounts(client)) await noteTouched(client, moved);
}

import { noteTouched, type Touched } from "../db/counts/due.ts";
import type { Client } from "../db/pool.ts";

/**
 * To be called with what movements have changed, behind them, in the caller's transaction: what is older than a posted count of its
 * place has changed what that count had expected, and the place is looked at again soon. It waits for no lock, and finds nothing by one
 * look into an index where no count of a place is as young as the movements there: nearly always.
 */
export async function recountAfter(client: Client, touched: readonly Touched[]): Promise<void> {
  await noteTouched(client, touched);
}

import type { ExceptionCase } from "../db/ledger/exceptions.ts";
import type { ReachedLevel } from "../db/ledger/postings.ts";
import { openShortages, resolveShortages } from "../db/ledger/shortages.ts";
import type { Client } from "../db/pool.ts";
import type { StockDelta } from "../stock/deltas.ts";
import { isShort, type Shortage, shortageOf } from "../stock/shortages.ts";
import type { Directory } from "./directory.ts";

/**
 * Opens an exception where movements took what was promised, and closes it where they brought it back. A movement is a fact and
 * is never refused. Where nothing is reserved this asks the database nothing. The levels are locked, and with them their exceptions.
 *
 * @returns the shortages that began
 */
export async function postShortages(
  client: Client,
  {
    levels,
    deltas,
    directory,
  }: {
    readonly levels: readonly ReachedLevel[];
    readonly deltas: readonly StockDelta[];
    readonly directory: Directory;
  },
): Promise<readonly ExceptionCase[]> {
  const promised = levels.filter(level => level.reserved > 0);
  if (promised.length === 0) return [];
  const changes = new Map(deltas.map(({ itemId, placeId, quantity }) => [`${itemId} ${placeId}`, quantity]));
  const opened: (Shortage & { readonly siteId: number })[] = [];
  const closed: string[] = [];
  const began: ExceptionCase[] = [];
  for (const after of promised) {
    const before = { ...after, onHand: after.onHand - (changes.get(`${after.itemId} ${after.placeId}`) ?? 0) };
    const { siteId, code } = directory.place(after.placeId);
    const names = { sku: directory.sku(after.itemId), site: directory.siteCode(siteId), place: code };
    const step = shortageOf({ ...names, before, after });
    if (step.closed !== undefined) closed.push(step.closed);
    if (step.opened === undefined) continue;
    opened.push({ ...step.opened, siteId });
    if (!isShort(before)) began.push({ ...step.opened, siteId, problem: "stock.shortage", count: 1 });
  }
  await openShortages(client, opened);
  await resolveShortages(client, closed);
  return began;
}

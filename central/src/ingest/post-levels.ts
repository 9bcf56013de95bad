import { addLots, ensureLots, type ReachedLot } from "../db/ledger/lots.ts";
import { addStock, type LevelDelta, type ReachedLevel } from "../db/ledger/postings.ts";
import { readUnavailableIds } from "../db/places/unavailable.ts";
import type { Client } from "../db/pool.ts";
import type { LotDelta, StockDelta } from "../stock/deltas.ts";
import type { Directory } from "./directory.ts";

export interface PostedLevels {
  readonly stock: readonly StockDelta[];
  readonly lots: readonly LotDelta[];
}

/**
 * Writes the levels that postings change, and with them what is blocked: everything where a place is not available, elsewhere what there
 * is of blocked lots. The sites are locked, and whoever changes a place's availability or a lot's status locks them too.
 */
export async function postLevels(
  client: Client,
  { stock, lots }: PostedLevels,
  directory: Directory,
): Promise<readonly ReachedLevel[]> {
  if (stock.length === 0 && lots.length === 0) return [];
  const siteOf = (placeId: number) => directory.place(placeId).siteId;
  const siteIds = new Set([...stock, ...lots].map(({ placeId }) => siteOf(placeId)));
  const unavailable = await readUnavailableIds(client, [...siteIds]);
  if (lots.length === 0) return addStock(client, stock, { siteOf, unavailable });
  await ensureLots(client, lots);
  const reached = await addLots(client, lots, siteOf);
  return addStock(client, withBlocked(stock, blockedBy(lots, reached, directory)), { siteOf, unavailable });
}

/** What becomes blocked, or free, by what came and went of blocked lots; goods that are missing block nothing. */
function blockedBy(
  lots: readonly LotDelta[],
  reached: readonly ReachedLot[],
  directory: Directory,
): readonly StockDelta[] {
  return reached.flatMap(({ itemId, placeId, onHand, blocked }, index) => {
    if (!blocked || directory.place(placeId).outside) return [];
    const before = onHand - (lots[index]?.quantity ?? 0);
    return [{ itemId, placeId, quantity: Math.max(onHand, 0) - Math.max(before, 0) }];
  });
}

/** A level may be blocked by lots that come and go in equal parts, and so change without a change of what is on hand. */
function withBlocked(stock: readonly StockDelta[], blocked: readonly StockDelta[]): readonly LevelDelta[] {
  if (blocked.length === 0) return stock;
  const levels = new Map<string, LevelDelta>(stock.map(delta => [`${delta.itemId} ${delta.placeId}`, delta]));
  for (const { itemId, placeId, quantity } of blocked) {
    const key = `${itemId} ${placeId}`;
    const level = levels.get(key) ?? { itemId, placeId, quantity: 0 };
    levels.set(key, { ...level, blocked: (level.blocked ?? 0) + quantity });
  }
  return [...levels.values()].sort((a, b) => a.itemId - b.itemId || a.placeId - b.placeId);
}

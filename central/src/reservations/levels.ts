import type { StockRow } from "./model.ts";
import { freeLots } from "./policies/first-expiry.ts";
import type { Candidate } from "./policies/policy.ts";

export interface ReservedChange {
  readonly row: StockRow;
  /** What `reserved` rises by; never 0. */
  readonly by: number;
}

interface Level {
  readonly row: StockRow;
  by: number;
}

/** The locked levels, with what has been decided of them so far. */
export class Levels {
  private readonly items = new Map<number, Map<number, Level>>();

  constructor(rows: readonly StockRow[]) {
    for (const row of rows) {
      let places = this.items.get(row.itemId);
      if (places === undefined) {
        places = new Map();
        this.items.set(row.itemId, places);
      }
      places.set(row.placeId, { row, by: 0 });
    }
  }

  /** Where some of an item is available, at one place, one site, or anywhere. */
  candidates(itemId: number, { placeId, siteId }: { placeId: number | undefined; siteId: number | undefined }) {
    const places = this.items.get(itemId);
    if (places === undefined) return [];
    if (placeId !== undefined) {
      const level = places.get(placeId);
      return level === undefined ? [] : some(level);
    }
    const found: Candidate[] = [];
    for (const level of places.values()) {
      if (siteId === undefined || level.row.siteId === siteId) found.push(...some(level));
    }
    return found;
  }

  reserve(itemId: number, placeId: number, quantity: number): void {
    const level = this.items.get(itemId)?.get(placeId);
    if (level === undefined) throw new Error(`the level of item ${itemId} at place ${placeId} is not locked`);
    level.by += quantity;
  }

  changes(): readonly ReservedChange[] {
    const changes: ReservedChange[] = [];
    for (const places of this.items.values()) {
      for (const { row, by } of places.values()) if (by !== 0) changes.push({ row, by });
    }
    return changes.sort((a, b) => a.row.itemId - b.row.itemId || a.row.placeId - b.row.placeId);
  }
}

function some({ row, by }: Level): readonly Candidate[] {
  const available = row.onHand - row.reserved - row.blocked - by;
  if (available <= 0) return [];
  const { placeId, siteId, onHand, reserved, blocked, lots } = row;
  if (lots === undefined) return [{ placeId, siteId, available }];
  const free = freeLots(lots, { there: onHand - blocked, promised: reserved + by });
  const inAll = free.reduce((sum, { quantity }) => sum + quantity, 0);
  return inAll > 0 ? [{ placeId, siteId, available: inAll, lots: free }] : [];
}

import type { Pool } from "../db/pool.ts";
import { type LevelRow, readStockOfSkus, type StockItemRow, type StockOfSkuRow } from "../db/queries/stock.ts";
import { batchReads } from "./batch-reads.ts";
import { type Representation, representationOf } from "./etag.ts";
import { KeptReads } from "./kept-reads.ts";
import { apiLimits } from "./limits.ts";
import type { StockNews } from "./parts.ts";
import { itemStock, type StockView } from "./stock-view.ts";

/**
 * Looks up the stock of items by SKU. What is looked up again comes from memory, and is never older than the last commit that concerns it
 * of which this process has heard: of its own at once, of another's over NATS after that one's commit. While NATS is not there, and
 * for whatever went by in silence, the database is asked.
 */
export function openStockLookUps({ pool, news }: { readonly pool: Pool; readonly news: StockNews }) {
  const kept = new KeptReads<StockFound>({
    read: batchReads<string, StockFound>({
      read: skus => readBySku(pool, skus),
      keysMax: apiLimits.lookUpSkusMax,
      flightsMax: apiLimits.lookUpFlightsMax,
    }),
    hearing: news.hearing,
    keysMax: apiLimits.lookUpsKeptMax,
    ageMaxMs: apiLimits.lookUpsKeptMs,
  });
  news.subscribe(changed => (changed === "all" ? kept.forgetAll() : kept.forget(changed)));
  return (sku: string) => kept.get(sku);
}

/** An item and all its levels that are not zero. */
export class StockFound {
  readonly item: StockItemRow;
  readonly levels: readonly LevelRow[];
  private whole: Representation | undefined;

  constructor(item: StockItemRow, levels: readonly LevelRow[]) {
    this.item = item;
    this.levels = levels;
  }

  /** The answer as this view shows it. That of all sites, which most ask for, is made once for as long as the stock is kept. */
  represent(view: StockView): Representation {
    if (Object.values(view).some(option => option !== undefined)) return this.made(view);
    this.whole ??= this.made(view);
    return this.whole;
  }

  private made(view: StockView): Representation {
    return representationOf(itemStock(this.item, this.levels, view));
  }
}

async function readBySku(pool: Pool, skus: readonly string[]): Promise<ReadonlyMap<string, StockFound>> {
  const rows = await readStockOfSkus(pool, skus);
  return new Map(rows.map(row => [row.sku, foundIn(row)]));
}

function foundIn({ id, sku, name, uom, levels }: StockOfSkuRow): StockFound {
  return new StockFound(
    { id, sku, name, uom },
    levels.map(level => levelOf(id, level)),
  );
}

function levelOf(item_id: number, level: StockOfSkuRow["levels"][number]): LevelRow {
  const [site, place, outside, on_hand, reserved, blocked] = level;
  return { item_id, site, place, outside, on_hand, reserved, blocked };
}

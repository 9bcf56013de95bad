import type { Pool } from "../db/pool.ts";
import {
  type LevelRow,
  readStockOfSkus,
  type StockItemRow,
  type StockOfSku,
  type StoredLevel,
} from "../db/queries/stock.ts";
import { batchReads } from "./batch-reads.ts";
import { type Representation, representationOf } from "./etag.ts";
import { KeptReads } from "./kept-reads.ts";
import { apiLimits } from "./limits.ts";
import type { StockNews } from "./parts.ts";
import { PlaceNames } from "./place-names.ts";
import { itemStock, type StockView } from "./stock-view.ts";

/**
 * Looks up the stock of items by SKU. What is looked up again comes from memory, and is never older than the last commit that concerns it
 * of which this process has heard: of its own at once, of another's over NATS after that one's commit. While NATS is not there, and
 * for whatever went by in silence, the database is asked.
 */
export function openStockLookUps({ pool, news }: { readonly pool: Pool; readonly news: StockNews }) {
  const names = new PlaceNames(pool);
  const kept = new KeptReads<StockFound>({
    read: batchReads<string, StockFound>({
      read: skus => readBySku(pool, names, skus),
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

async function readBySku(
  pool: Pool,
  names: PlaceNames,
  skus: readonly string[],
): Promise<ReadonlyMap<string, StockFound>> {
  const stocks = await readStockOfSkus(pool, skus);
  await names.learn(stocks.flatMap(({ levels }) => levels.map(({ placeId }) => placeId)));
  return new Map(stocks.map(stock => [stock.sku, foundIn(stock, names)]));
}

function foundIn({ levels, ...item }: StockOfSku, names: PlaceNames): StockFound {
  return new StockFound(item, levels.map(level => named(item.id, level, names)).sort(bySiteAndPlace));
}

function named(item_id: number, { placeId, onHand, reserved, blocked }: StoredLevel, names: PlaceNames): LevelRow {
  const name = names.get(placeId);
  if (name === undefined) throw new Error(`there is stock at place ${placeId}, and no such place`);
  const { site, place, outside } = name;
  return { item_id, site, place, outside, on_hand: onHand, reserved, blocked };
}

function bySiteAndPlace(one: LevelRow, other: LevelRow): number {
  return compare(one.site, other.site) || compare(one.place, other.place);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

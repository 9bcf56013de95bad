import { isOutside } from "@tallygate/protocol";
import { limits } from "../limits.ts";
import type { Item } from "./catalogue.ts";
import type { WorldEvent } from "./events.ts";
import type { Thing } from "./things.ts";

/** What is so, whatever the devices heard of it. */
export interface Truth {
  /** Time of the world, in milliseconds since it began. */
  readonly atMs: number;
  readonly events: number;
  /** Expected on hand at each place of a site where it is not 0: `tagged` things and `scanned` pieces of a class. */
  readonly stock: readonly StockTruth[];
  /** The same for the outsides of each site: what came from the supplier is negative there. */
  readonly outsides: readonly StockTruth[];
  /** Each tagged piece of goods that is at a place, or has left for an outside not too long ago. */
  readonly tags: readonly TagTruth[];
  /** Each tagged pallet. Pallets are no stock. */
  readonly pallets: readonly TagTruth[];
  /** Things that left for an outside so long ago that only the sums in `outsides` still hold them. */
  readonly forgotten: number;
}

export interface StockTruth {
  readonly site: string;
  readonly sku: string;
  readonly gtin: string;
  /** A place, or an outside. */
  readonly place: string;
  readonly onHand: number;
  readonly tagged: number;
  /** Sum of the scans that say a class of things. */
  readonly scanned: number;
}

export interface TagTruth {
  readonly site: string;
  readonly epcHex: string;
  /** The canonical element string. */
  readonly code: string;
  readonly sku?: string;
  /** A place, or an outside. */
  readonly place: string;
  readonly sinceMs: number;
}

/** Keeps the truth while events happen; what it tells is a replay of all of them. */
export interface TruthKeeper {
  apply(event: WorldEvent): void;
  truth(): Truth;
}

type Level = { -readonly [Key in keyof StockTruth]: StockTruth[Key] };
type Where = { readonly thing: Thing; readonly site: string; readonly place: string; readonly sinceMs: number };

export function createTruthKeeper(): TruthKeeper {
  const levels = new Map<string, Level>();
  const present = new Map<string, Where>();
  const gone = new Map<string, Where>();
  let atMs = 0;
  let events = 0;
  let forgotten = 0;

  function post(site: string, place: string, item: Item, quantity: number, kind: "tagged" | "scanned"): void {
    const key = `${site} ${place} ${item.sku}`;
    const { sku, gtin } = item;
    const level = levels.get(key) ?? { site, sku, gtin, place, onHand: 0, tagged: 0, scanned: 0 };
    level.onHand += quantity;
    level[kind] += quantity;
    levels.set(key, level);
  }

  function put(site: string, thing: Thing, from: string, to: string): void {
    if (thing.item !== undefined) {
      post(site, from, thing.item, -1, "tagged");
      post(site, to, thing.item, 1, "tagged");
    }
    present.delete(thing.epcHex);
    (isOutside(to) ? gone : present).set(thing.epcHex, { thing, site, place: to, sinceMs: atMs });
    for (const epcHex of gone.keys()) {
      if (gone.size <= limits.goneThingsMax) break;
      gone.delete(epcHex);
      forgotten++;
    }
  }

  return {
    apply(event) {
      atMs = event.atMs;
      events++;
      const things = event.kind === "crossing" ? event.things : event.thing === undefined ? [] : [event.thing];
      for (const thing of things) put(event.site, thing, event.from, event.to);
      if (event.kind === "crossing" || event.thing !== undefined) return;
      post(event.site, event.from, event.item, -1, "scanned");
      post(event.site, event.to, event.item, 1, "scanned");
    },
    truth() {
      const rows = [...levels.values()]
        .filter(level => level.tagged !== 0 || level.scanned !== 0)
        .map(level => ({ ...level }))
        .sort((left, right) => (rowKey(left) < rowKey(right) ? -1 : 1));
      const places = [...present.values(), ...gone.values()];
      return {
        atMs,
        events,
        stock: rows.filter(row => !isOutside(row.place)),
        outsides: rows.filter(row => isOutside(row.place)),
        tags: places.filter(({ thing }) => thing.item !== undefined).map(tagTruth),
        pallets: places.filter(({ thing }) => thing.item === undefined).map(tagTruth),
        forgotten,
      };
    },
  };
}

function rowKey({ site, sku, place }: StockTruth): string {
  return `${site} ${sku} ${place}`;
}

function tagTruth({ thing, site, place, sinceMs }: Where): TagTruth {
  const { epcHex, code, item } = thing;
  return { site, epcHex, code, ...(item === undefined ? {} : { sku: item.sku }), place, sinceMs };
}

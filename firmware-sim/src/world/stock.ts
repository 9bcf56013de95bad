import { isOutside } from "@tallygate/protocol";
import type { Thing } from "./things.ts";

/** What stands at the places of one site, as far as the world needs it to decide what can happen next. */
export interface Stock {
  countAt(place: string): number;
  /** Takes a thing from one account to another; it can be taken again from `settledMs` on. */
  move(thing: Thing, from: string, to: string, settledMs: number): void;
  /** Up to `count` things that have settled there, oldest first. They stay. */
  oldest(place: string, count: number, nowMs: number): readonly Thing[];
  /** Adds to the pieces of a class of things at a place. */
  addClass(place: string, sku: string, quantity: number): void;
  /** The classes of things of which there is at least one piece at a place. */
  classesAt(place: string): readonly string[];
}

export function createStock(): Stock {
  const things = new Map<string, Map<Thing, number>>();
  const classes = new Map<string, Map<string, number>>();
  return {
    countAt: place => things.get(place)?.size ?? 0,
    move(thing, from, to, settledMs) {
      things.get(from)?.delete(thing);
      if (!isOutside(to)) inner(things, to).set(thing, settledMs);
    },
    oldest(place, count, nowMs) {
      const found: Thing[] = [];
      for (const [thing, settledMs] of things.get(place) ?? []) {
        if (found.length >= count || settledMs > nowMs) break;
        found.push(thing);
      }
      return found;
    },
    addClass(place, sku, quantity) {
      if (isOutside(place)) return;
      const levels = inner(classes, place);
      const level = (levels.get(sku) ?? 0) + quantity;
      if (level === 0) levels.delete(sku);
      else levels.set(sku, level);
    },
    classesAt: place => [...(classes.get(place)?.keys() ?? [])],
  };
}

function inner<K, V>(maps: Map<string, Map<K, V>>, name: string): Map<K, V> {
  const found = maps.get(name);
  if (found !== undefined) return found;
  const made = new Map<K, V>();
  maps.set(name, made);
  return made;
}

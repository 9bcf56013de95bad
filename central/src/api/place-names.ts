import { type PlaceName, readPlaceNames } from "../db/places/names.ts";
import type { Pool } from "../db/pool.ts";

/**
 * What places are called, by their ids. A place keeps its site, its code and its side for good and none is ever removed, so what was read
 * once stays true; a hundred thousand places take some 15 MB.
 */
export class PlaceNames {
  private readonly pool: Pool;
  private readonly known = new Map<number, PlaceName>();

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Gets to know these places. Whoever saw their ids in a committed row finds all of them. */
  async learn(ids: Iterable<number>): Promise<void> {
    const unknown = new Set<number>();
    for (const id of ids) if (!this.known.has(id)) unknown.add(id);
    if (unknown.size === 0) return;
    for (const name of await readPlaceNames(this.pool, [...unknown])) this.known.set(name.id, name);
  }

  get(id: number): PlaceName | undefined {
    return this.known.get(id);
  }
}

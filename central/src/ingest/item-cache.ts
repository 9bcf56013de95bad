import { holdCatalogue, readCatalogueVersion, readMeanings } from "../db/ledger/catalogue.ts";
import type { Client } from "../db/pool.ts";
import { centralLimits } from "../limits.ts";
import type { Meaning } from "../stock/model.ts";

/** What class keys are bound to, as long as the catalogue has not changed. */
export class ItemCache {
  private version = -1;
  private readonly items = new Map<string, Meaning>();

  /**
   * Finds what class keys mean. While one has none, the catalogue is held until the transaction ends: a binding made
   * meanwhile would not see the movement that is about to be held, and it would wait for ever. So this comes before any
   * site's lock.
   */
  async load(client: Client, keys: ReadonlySet<string>): Promise<ReadonlyMap<string, Meaning>> {
    const version = await readCatalogueVersion(client);
    if (version !== this.version || this.items.size > centralLimits.itemCacheMax) this.items.clear();
    this.version = version;
    let unknown = await this.read(client, this.without(keys));
    if (unknown.length > 0) {
      await holdCatalogue(client);
      unknown = await this.read(client, unknown);
    }
    return this.items;
  }

  private without(keys: ReadonlySet<string>): readonly string[] {
    const missing: string[] = [];
    for (const key of keys) if (!this.items.has(key)) missing.push(key);
    return missing;
  }

  /** @returns the keys that have no item */
  private async read(client: Client, keys: readonly string[]): Promise<readonly string[]> {
    if (keys.length === 0) return [];
    const found = await readMeanings(client, keys);
    for (const [key, meaning] of found) this.items.set(key, meaning);
    return keys.filter(key => !found.has(key));
  }
}

import assert from "node:assert/strict";
import { readSkus } from "../db/ledger/catalogue.ts";
import { type AccountName, addPlaces, readAccounts, readPlaces, readPlacesOfSites } from "../db/ledger/places.ts";
import { addSites, readSites, readSitesById, type SiteRow } from "../db/ledger/sites.ts";
import type { Executor } from "../db/pool.ts";
import { centralLimits } from "../limits.ts";
import type { Place } from "../stock/model.ts";

/**
 * The sites, accounts and items that this process has met. None is ever renamed or deleted, so what is remembered stays true.
 * What an edge names and nobody has entered is added: a thing that was seen somewhere is a fact. It is added outside the
 * transaction that needs it, so that a rollback leaves nothing here that the database does not have.
 */
export class Directory {
  private readonly siteIds = new Map<string, number>();
  private readonly siteCodes = new Map<number, string>();
  private readonly places = new Map<number, Place>();
  private readonly accounts = new Map<number, Map<string, Place>>();
  private readonly skus = new Map<number, string>();

  siteId(code: string): number {
    const id = this.siteIds.get(code);
    assert(id !== undefined, `the site ${code} has been looked up`);
    return id;
  }

  hasSite(code: string): boolean {
    return this.siteIds.has(code);
  }

  siteCode(id: number): string {
    const code = this.siteCodes.get(id);
    assert(code !== undefined, `the site with the id ${id} has been looked up`);
    return code;
  }

  place(id: number): Place {
    const place = this.places.get(id);
    assert(place !== undefined, `the place with the id ${id} has been looked up`);
    return place;
  }

  account(siteId: number, code: string): Place {
    const place = this.accounts.get(siteId)?.get(code);
    assert(place !== undefined, `the account ${code} of the site with the id ${siteId} has been looked up`);
    return place;
  }

  hasAccount(siteId: number, code: string): boolean {
    return this.accounts.get(siteId)?.has(code) ?? false;
  }

  sku(itemId: number): string {
    const sku = this.skus.get(itemId);
    assert(sku !== undefined, `the item with the id ${itemId} has been looked up`);
    return sku;
  }

  async ensureSkus(db: Executor, itemIds: Iterable<number>): Promise<void> {
    const missing = [...new Set(itemIds)].filter(id => !this.skus.has(id));
    if (missing.length === 0) return;
    if (this.skus.size > centralLimits.itemCacheMax) {
      this.skus.clear();
      await this.ensureSkus(db, itemIds);
      return;
    }
    for (const [id, sku] of await readSkus(db, missing)) this.skus.set(id, sku);
  }

  /** Makes sure that the sites and all their accounts are known here, and that the sites exist. */
  async ensureSites(db: Executor, codes: Iterable<string>): Promise<void> {
    const missing = [...new Set(codes)].filter(code => !this.siteIds.has(code));
    if (missing.length === 0) return;
    const found = await readSites(db, missing);
    if (found.length < missing.length) {
      await addSites(db, missing);
      await this.rememberSites(db, await readSites(db, missing));
    } else {
      await this.rememberSites(db, found);
    }
  }

  async ensureSitesById(db: Executor, ids: Iterable<number>): Promise<void> {
    const missing = [...new Set(ids)].filter(id => !this.siteCodes.has(id));
    if (missing.length > 0) await this.rememberSites(db, await readSitesById(db, missing));
  }

  async ensureAccounts(db: Executor, names: readonly AccountName[]): Promise<void> {
    const missing = names.filter(name => !this.hasAccount(name.siteId, name.code));
    if (missing.length === 0) return;
    await addPlaces(db, missing);
    await this.rememberPlacesOf(
      db,
      missing.map(name => name.siteId),
    );
  }

  /** Learns those of the sites and accounts that exist, and the sites' outsides, and adds none. */
  async look(db: Executor, names: readonly { readonly site: string; readonly code: string }[]): Promise<void> {
    for (const { id, code } of await readSites(db, [...new Set(names.map(({ site }) => site))])) {
      this.siteIds.set(code, id);
      this.siteCodes.set(id, code);
    }
    const known = names.filter(({ site }) => this.hasSite(site));
    const accounts = new Map(known.map(({ site, code }) => [`${site}/${code}`, { siteId: this.siteId(site), code }]));
    if (accounts.size === 0) return;
    for (const place of await readAccounts(db, [...accounts.values()])) this.remember(place);
  }

  /** Makes sure that places are known here that the database has by these ids, and their sites. */
  async ensurePlaces(db: Executor, ids: Iterable<number>): Promise<void> {
    const missing = [...new Set(ids)].filter(id => !this.places.has(id));
    if (missing.length === 0) return;
    const found = await readPlaces(db, missing);
    await this.ensureSitesById(
      db,
      found.map(place => place.siteId),
    );
    for (const place of found) this.remember(place);
  }

  private async rememberSites(db: Executor, sites: readonly SiteRow[]): Promise<void> {
    await this.rememberPlacesOf(
      db,
      sites.map(site => site.id),
    );
    for (const { id, code } of sites) {
      this.siteIds.set(code, id);
      this.siteCodes.set(id, code);
    }
  }

  private async rememberPlacesOf(db: Executor, siteIds: readonly number[]): Promise<void> {
    for (const place of await readPlacesOfSites(db, siteIds)) this.remember(place);
  }

  private remember(place: Place): void {
    this.places.set(place.id, place);
    let ofSite = this.accounts.get(place.siteId);
    if (ofSite === undefined) {
      ofSite = new Map();
      this.accounts.set(place.siteId, ofSite);
    }
    ofSite.set(place.code, place);
  }
}

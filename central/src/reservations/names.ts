import { ok, type Result, refuse } from "@tallygate/protocol";
import { readCatalogueVersion } from "../db/ledger/catalogue.ts";
import { readSites } from "../db/ledger/sites.ts";
import type { Executor } from "../db/pool.ts";
import { type NamedItem, readNamedItems, readPlaceIds } from "../db/reservations/names.ts";
import { Directory } from "../ingest/directory.ts";
import type { Ask, AskedLine } from "./ask.ts";
import { reservationLimits } from "./limits.ts";
import type { Command, Hold, Line } from "./model.ts";
import { policyOf } from "./policies/index.ts";

/**
 * The ids of what callers name, and the names of what they get. Nothing is ever renamed or deleted, so what is remembered stays true;
 * what does not exist is not remembered, since it may be added. Whether an item may be promised is remembered as long as the
 * catalogue has not changed.
 */
export class Names {
  readonly directory = new Directory();
  private readonly items = new Map<string, NamedItem>();
  private catalogueVersion = -1;
  private readonly sites = new Map<string, number>();
  private readonly places = new Map<string, number>();

  /** Looks up what asks name and is not known here. */
  async load(db: Executor, asks: readonly Ask[]): Promise<void> {
    if (this.items.size + this.places.size > reservationLimits.namesMax) this.forget();
    const lines = asks.flatMap(ask => ask.lines ?? []);
    if (asks.some(ask => ask.kind === "reserve")) await this.forgetOldItems(db);
    await this.loadItems(db, lines);
    await this.loadSites(db, asks, lines);
    await this.loadPlaces(db, lines);
  }

  /** Makes sure that the names of holds are known in the directory. */
  async loadHolds(db: Executor, holds: readonly Hold[]): Promise<void> {
    await this.directory.ensurePlaces(
      db,
      holds.map(hold => hold.placeId),
    );
    await this.directory.ensureSkus(
      db,
      holds.map(hold => hold.itemId),
    );
  }

  /** An ask with ids for names. Refuses names that nothing has, and what the policy does not take. */
  command(ask: Ask): Result<Command> {
    const lines: Line[] = [];
    for (const [index, asked] of (ask.lines ?? []).entries()) {
      const line = this.line(asked, ask.kind, `lines[${index}]`);
      if (!line.ok) return line;
      lines.push(line.value);
    }
    const withinIds = ask.within?.flatMap(site => this.sites.get(site) ?? []);
    if (ask.kind !== "reserve") {
      const { kind, id } = ask;
      return ok({ kind, id, lines: ask.lines === undefined ? undefined : lines, withinIds });
    }
    const siteIds: number[] = [];
    for (const [index, site] of ask.sites.entries()) {
      const siteId = this.sites.get(site);
      if (siteId === undefined) return siteUnknown(site, `sites[${index}]`);
      siteIds.push(siteId);
    }
    const { id, policy, reference, expiresInMs, documentId, whenShort = "refuse" } = ask;
    const { takesSites } = policyOf(policy);
    if (takesSites === siteIds.length > 0)
      return ok({
        kind: "reserve",
        id,
        policy,
        reference,
        expiresInMs,
        documentId,
        whenShort,
        lines,
        siteIds,
        withinIds,
      });
    const detail = takesSites
      ? `The policy ${policy} needs sites, in the order in which they are to be taken from.`
      : `The policy ${policy} takes no order of sites; leave sites out, or take the policy nearest.`;
    return refuse("reservation.policy", detail, { at: "sites" });
  }

  private line({ sku, quantity, site, place }: AskedLine, kind: Ask["kind"], at: string): Result<Line> {
    const item = this.items.get(sku);
    if (item === undefined) return refuse("item.unknown", `No item has the SKU ${sku}.`, { at: `${at}.sku` });
    const mayNot = kind === "reserve" ? refusePromise(sku, item, at) : undefined;
    if (mayNot !== undefined) return mayNot;
    const itemId = item.id;
    if (site === undefined) return ok({ sku, itemId, quantity, siteId: undefined, placeId: undefined });
    const siteId = this.sites.get(site);
    if (siteId === undefined) return siteUnknown(site, `${at}.site`);
    if (place === undefined) return ok({ sku, itemId, quantity, siteId, placeId: undefined });
    const placeId = this.places.get(`${siteId}/${place}`);
    if (placeId !== undefined) return ok({ sku, itemId, quantity, siteId, placeId });
    return refuse("place.unknown", `The site ${site} has no place ${place}.`, { at: `${at}.place` });
  }

  private async loadItems(db: Executor, lines: readonly AskedLine[]): Promise<void> {
    const missing = new Set(lines.map(({ sku }) => sku).filter(sku => !this.items.has(sku)));
    if (missing.size === 0) return;
    for (const [sku, item] of await readNamedItems(db, [...missing])) this.items.set(sku, item);
  }

  /** The version is read before the items: what is read later is at least as new. */
  private async forgetOldItems(db: Executor): Promise<void> {
    const version = await readCatalogueVersion(db);
    if (version !== this.catalogueVersion) this.items.clear();
    this.catalogueVersion = version;
  }

  private async loadSites(db: Executor, asks: readonly Ask[], lines: readonly AskedLine[]): Promise<void> {
    const missing = new Set<string>();
    for (const { site } of lines) if (site !== undefined && !this.sites.has(site)) missing.add(site);
    for (const ask of asks) {
      for (const site of ask.within ?? []) if (!this.sites.has(site)) missing.add(site);
      if (ask.kind === "reserve") for (const site of ask.sites) if (!this.sites.has(site)) missing.add(site);
    }
    if (missing.size === 0) return;
    for (const { id, code } of await readSites(db, [...missing])) this.sites.set(code, id);
  }

  private async loadPlaces(db: Executor, lines: readonly AskedLine[]): Promise<void> {
    const siteIds = new Set<number>();
    const codes = new Set<string>();
    for (const { site, place } of lines) {
      const siteId = site === undefined ? undefined : this.sites.get(site);
      if (siteId === undefined || place === undefined || this.places.has(`${siteId}/${place}`)) continue;
      siteIds.add(siteId);
      codes.add(place);
    }
    if (codes.size === 0) return;
    const found = await readPlaceIds(db, { siteIds: [...siteIds], codes: [...codes] });
    for (const [siteId, code, id] of found) this.places.set(`${siteId}/${code}`, id);
  }

  private forget(): void {
    this.items.clear();
    this.places.clear();
  }
}

/** A family is no stock, and a draft is not to be promised yet. What is discontinued may be sold off. */
function refusePromise(sku: string, { isDraft, isFamily }: NamedItem, at: string) {
  const where = { at: `${at}.sku` };
  if (isFamily) return refuse("item.family", `${sku} is a family; reserve one of its variants.`, where);
  return isDraft ? refuse("item.draft", `${sku} is a draft; make it active before it is promised.`, where) : undefined;
}

function siteUnknown(site: string, at: string) {
  return refuse("site.unknown", `No site ${site} has been heard.`, { at });
}

import { CatalogueChanged, SiteChange, siteOfSubject, subjects } from "@tallygate/protocol";
import { parseMessage } from "./feeds.ts";
import type { NatsLink } from "./nats-link.ts";

/** SKUs whose stock is not what it was, or "all": of any it may be. */
export type Changed = readonly string[] | "all";

/** What this process hears of stock that has changed, from itself at once and from the other central processes over NATS. */
export interface StockNews extends Disposable {
  /** Stays the same as long as nothing can have gone by unheard; undefined while nothing is heard. */
  hearing(): number | undefined;
  subscribe(listener: (changed: Changed) => void): () => void;
  /** Says what this process itself has committed. */
  tell(changed: Changed): void;
}

/**
 * Listens to what all central processes tell the sites. Each site's changes are numbered without a gap, so one that got lost is noticed
 * with the next one of its site, and anything may have changed then.
 */
export function openStockNews(link: Pick<NatsLink, "nc" | "hearing">): StockNews {
  const listeners = new Set<(changed: Changed) => void>();
  const versions = new Map<string, number>();
  const tell = (changed: Changed) => {
    for (const listener of listeners) listener(changed);
  };
  const changes = link.nc.subscribe(subjects.change("*"), {
    callback: (error, message) => {
      const change = error === null ? parseMessage(SiteChange, message) : undefined;
      if (change === undefined || change.site !== siteOfSubject(message.subject)) return;
      const { site, version, levels } = change;
      const before = versions.get(site);
      versions.set(site, Math.max(version, before ?? 0));
      const missed = before !== undefined && version > before + 1;
      tell(missed ? "all" : levels.map(level => level.sku));
    },
  });
  const catalogue = link.nc.subscribe(subjects.catalogueChanged, {
    callback: (error, message) => {
      if (error === null && parseMessage(CatalogueChanged, message) !== undefined) tell("all");
    },
  });
  return {
    hearing: () => link.hearing,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell,
    [Symbol.dispose]() {
      changes.unsubscribe();
      catalogue.unsubscribe();
    },
  };
}

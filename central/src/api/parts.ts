import type { Log } from "@tallygate/kit";
import type { SigningKey } from "../auth/nats/keys.ts";
import type { Authenticator } from "../auth/principal.ts";
import type { Pricing } from "../catalogue/prices/pricing.ts";
import type { Counts } from "../counts/counts.ts";
import type { Pool } from "../db/pool.ts";
import type { Head } from "../events/head.ts";
import type { AddressGuard } from "../events/webhooks/address.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import type { Influx } from "../projector/influx.ts";
import type { ChangeFeed as RelayedChanges, SiteStatuses as RelayedStatuses } from "../relay/feeds.ts";
import type { StockNews as RelayedNews } from "../relay/stock-news.ts";
import type { Reservations } from "../reservations/reservations.ts";
import type { CentralMetrics } from "./metrics.ts";

/** What the routes stand on. */
export interface ApiParts {
  readonly pool: Pool;
  readonly authenticator: Authenticator;
  readonly changes: ChangeFeed;
  readonly sites: SiteStatuses;
  readonly news: StockNews;
  readonly relay: Announcements;
  readonly reservations: Pick<Reservations, "submit" | "changed" | "get" | "list">;
  readonly events: EventSource;
  readonly counts: Counts;
  readonly pricing: Pick<Pricing, "quote">;
  /** Says where webhooks may be sent to. */
  readonly webhookAddresses: Pick<AddressGuard, "read">;
  /** Signs the keys of sites; absent where the configuration names none. */
  readonly sitesKey: SigningKey | undefined;
  /** Absent without InfluxDB in the configuration. */
  readonly influx: Pick<Influx, "query"> | undefined;
  readonly metrics: CentralMetrics;
  readonly log: Log;
}

/** How far events are numbered, and who they are from. */
export interface EventSource {
  readonly head: Pick<Head, "seq" | "waiters" | "waitBehind">;
  readonly source: string;
}

/** Every change of every site, whichever central process committed it. */
export type ChangeFeed = Pick<RelayedChanges, "subscribe">;

/** What this process hears of stock that has changed. */
export type StockNews = Pick<RelayedNews, "hearing" | "subscribe">;

/** What each site last said of itself. */
export type SiteStatuses = Pick<RelayedStatuses, "get" | "values">;

/** Tells the edges what was committed here; a message that gets lost is made good by the next. */
export interface Announcements {
  publishCommits(commits: readonly SiteCommit[]): void;
  catalogueChanged(version: number): void;
}

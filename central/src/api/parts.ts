import type { Log } from "@tallygate/kit";
import type { SiteChange, SiteStatus } from "@tallygate/protocol";
import type { Client, Pool } from "../db/pool.ts";
import type { Influx } from "../projector/influx.ts";
import type { CentralMetrics } from "./metrics.ts";

/** What the routes stand on. */
export interface ApiParts {
  readonly pool: Pool;
  readonly changes: ChangeFeed;
  readonly sites: SiteStatuses;
  readonly catalogue: CatalogueEffects;
  /** Absent without InfluxDB in the configuration. */
  readonly influx: Pick<Influx, "query"> | undefined;
  readonly metrics: CentralMetrics;
  readonly log: Log;
}

/** Every change of every site, whichever central process committed it. */
export interface ChangeFeed {
  /** Calls the listener with each change from now on, until the returned function is called. */
  subscribe(listener: (change: SiteChange) => void): () => void;
}

/** What each site last said of itself. */
export interface SiteStatuses {
  get(site: string): HeardStatus | undefined;
}

export interface HeardStatus {
  readonly status: SiteStatus;
  /** When this process received it. */
  readonly heardMs: number;
}

/** What follows from a change of the catalogue. */
export interface CatalogueEffects {
  /**
   * Posts, in the transaction of `client`, the movements that were held for these class keys. Gives what tells the sites about it; it
   * is called after the commit. Throws when the transaction has to be given up.
   */
  postHeld(client: Client, classKeys: readonly string[]): Promise<() => void>;
  /** Tells the sites that the catalogue has this version; called after the commit. */
  changed(version: number): void;
}

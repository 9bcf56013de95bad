import type { Log } from "@tallygate/kit";
import type { SiteChange, SiteStatus } from "@tallygate/protocol";
import type { Pool } from "../db/pool.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import type { Influx } from "../projector/influx.ts";
import type { CentralMetrics } from "./metrics.ts";

/** What the routes stand on. */
export interface ApiParts {
  readonly pool: Pool;
  readonly changes: ChangeFeed;
  readonly sites: SiteStatuses;
  readonly relay: Announcements;
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

/** Tells the edges what was committed here; a message that gets lost is made good by the next. */
export interface Announcements {
  publishCommits(commits: readonly SiteCommit[]): void;
  catalogueChanged(version: number): void;
}

import type { Cursor, Level } from "@tallygate/protocol";
import { raiseVersions } from "../db/ledger/sites.ts";
import type { Client } from "../db/pool.ts";
import type { Directory } from "./directory.ts";
import { changeCount, type SiteCommit } from "./site-commit.ts";

/** What a transaction has changed at sites that it has locked. */
export interface Raise {
  /** Sites to tell even if no level changed there. */
  readonly siteIds: Iterable<number>;
  readonly levels: ReadonlyMap<number, readonly Level[]>;
  /** The cursors that are confirmed to each site; without it, none. */
  readonly cursors?: ReadonlyMap<number, readonly Cursor[]>;
  readonly directory: Directory;
  readonly nowMs: number;
}

/** Gives each site that is concerned a new version, and what it is told once the transaction is committed. */
export async function raiseSites(client: Client, raise: Raise): Promise<readonly SiteCommit[]> {
  const { levels, cursors, directory, nowMs } = raise;
  const siteIds = [...new Set([...raise.siteIds, ...levels.keys()])].sort((a, b) => a - b);
  if (siteIds.length === 0) return [];
  const raises = siteIds.map(siteId => ({ siteId, by: changeCount(levels.get(siteId)?.length ?? 0) }));
  const versions = await raiseVersions(client, raises);
  return siteIds.map(siteId => ({
    site: directory.siteCode(siteId),
    version: versions.get(siteId) ?? 0,
    cursors: cursors?.get(siteId) ?? [],
    levels: levels.get(siteId) ?? [],
    recordTimeMs: nowMs,
  }));
}

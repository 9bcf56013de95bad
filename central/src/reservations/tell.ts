import { markLevels } from "../db/events/outbox.ts";
import { lockSites, raiseVersions } from "../db/ledger/sites.ts";
import type { Pool } from "../db/pool.ts";
import { readReached, readUntoldSites, takeChanges } from "../db/reservations/changes.ts";
import { readNowMs } from "../db/reservations/reservations.ts";
import { transaction } from "../db/transaction.ts";
import type { Directory } from "../ingest/directory.ts";
import { changeCount, levelsBySite, type SiteCommit } from "../ingest/site-commit.ts";
import { checkReorderPoints } from "../places/reorder.ts";
import { reservationLimits } from "./limits.ts";

export interface TellOptions {
  readonly pool: Pool;
  readonly directory: Directory;
  readonly publish: (commits: readonly SiteCommit[]) => void;
}

/**
 * Tells each site the levels whose reserved quantity has changed since it was last told: one version for all of them. Any process
 * may tell what any has changed, at the same time too, since whoever has the site's lock takes the changes away. Reorder points are looked at
 * here, too: what is promised is no longer available.
 *
 * @returns whether there is more
 */
export async function tellSites({ pool, publish, directory }: TellOptions): Promise<boolean> {
  const siteIds = await readUntoldSites(pool, reservationLimits.tellSitesMax);
  let isMore = siteIds.length === reservationLimits.tellSitesMax;
  for (const siteId of siteIds) {
    const { commit, full } = await tellSite(pool, directory, siteId);
    if (commit !== undefined) publish([commit]);
    isMore ||= full;
  }
  return isMore;
}

/** The site's lock comes first and nothing is waited for behind it, so ingest never waits for this in a circle. */
function tellSite(pool: Pool, directory: Directory, siteId: number) {
  return transaction(pool, async client => {
    await lockSites(client, [siteId]);
    const changes = await takeChanges(client, siteId, reservationLimits.tellChangesMax);
    if (changes.length === 0) return { commit: undefined, full: false };
    const changed = changes.map(change => ({ itemId: change.item_id, placeId: change.place_id }));
    await markLevels(client, changed);
    // A later statement than the one that took the changes, so that it sees at least what they stand for.
    const reached = await readReached(client, changes);
    await directory.ensurePlaces(
      client,
      changes.map(change => change.place_id),
    );
    await directory.ensureSkus(
      client,
      changes.map(change => change.item_id),
    );
    const levels = levelsBySite(reached, directory).get(siteId) ?? [];
    const versions = await raiseVersions(client, [{ siteId, by: changeCount(levels.length) }]);
    const recordTimeMs = await readNowMs(client);
    await checkReorderPoints(client, changed, recordTimeMs);
    const site = directory.siteCode(siteId);
    const commit: SiteCommit = { site, version: versions.get(siteId) ?? 0, cursors: [], levels, recordTimeMs };
    return { commit, full: changes.length === reservationLimits.tellChangesMax };
  });
}

import { markLevels } from "../db/events/outbox.ts";
import { queueLevels } from "../db/follow/levels.ts";
import { readEpochs } from "../db/ledger/epochs.ts";
import { type BlockedOf, writeBlocked } from "../db/places/blocked.ts";
import type { Client } from "../db/pool.ts";
import { Directory } from "../ingest/directory.ts";
import { raiseSites } from "../ingest/raise-sites.ts";
import { levelsBySite, type SiteCommit } from "../ingest/site-commit.ts";
import { checkReorderPoints } from "./reorder.ts";

/**
 * Blocks and frees what a change of places or lots has blocked or freed, and tells all whom it concerns: the sites, the events, whoever
 * looks for shortages, and the reorder points. Promises are kept: what is promised and blocked now is a shortage, for a person.
 * The sites are locked; publish what this gives after the commit.
 */
export async function tellBlocked(client: Client, of: BlockedOf): Promise<readonly SiteCommit[]> {
  const reached = await writeBlocked(client, of);
  if (reached.length === 0) return [];
  const { nowMs } = await readEpochs(client, []);
  const directory = new Directory();
  await directory.ensurePlaces(client, new Set(reached.map(({ placeId }) => placeId)));
  await directory.ensureSkus(client, new Set(reached.map(({ itemId }) => itemId)));
  const commits = await raiseSites(client, { siteIds: [], levels: levelsBySite(reached, directory), directory, nowMs });
  await markLevels(client, reached);
  await queueLevels(client, reached);
  await checkReorderPoints(client, reached, nowMs);
  return commits;
}

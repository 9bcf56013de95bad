import type { Level } from "@tallygate/protocol";
import { queueLater } from "../db/follow/cursors.ts";
import { readEpochs } from "../db/ledger/epochs.ts";
import { readSitesOfHeld, takeHeld } from "../db/ledger/held.ts";
import { lockSites } from "../db/ledger/sites.ts";
import type { Client } from "../db/pool.ts";
import { lockStockOfItems } from "../db/reservations/stock.ts";
import { centralLimits } from "../limits.ts";
import type { Meaning, Recorded } from "../stock/model.ts";
import { booksOf, byIndexOnly, planMovements, requireLocked, writePlan } from "./apply-in-transaction.ts";
import { Directory } from "./directory.ts";
import { raiseSites } from "./raise-sites.ts";
import type { SiteCommit } from "./site-commit.ts";

/**
 * Posts the movements that waited for class keys to mean an item, each at its own event time. Part of the transaction that
 * binds the keys; the caller has locked the catalogue's row for update, before anything else, and publishes the commits
 * (`publishCommits`) when its transaction has ended. Throws `Outdated` when that transaction must be run again, which
 * `transaction()` does.
 */
export async function postHeldMovements(
  client: Client,
  meanings: ReadonlyMap<string, Meaning>,
): Promise<readonly SiteCommit[]> {
  const classKeys = [...meanings.keys()];
  const locked = await readSitesOfHeld(client, classKeys);
  if (locked.length === 0) return [];
  await client.query(byIndexOnly);
  await lockSites(client, locked);
  // The levels are written in parts, each in order; all of them together are in order only if they are locked before.
  await lockStockOfItems(client, [...new Set([...meanings.values()].map(({ itemId }) => itemId))]);
  const { nowMs } = await readEpochs(client, []);
  const directory = new Directory();
  const books = booksOf(directory, meanings);
  const levels = new Map<number, Map<string, Level>>();
  const touched = new Set<number>();
  for (;;) {
    const movements = await takeHeld(client, classKeys, centralLimits.transactionMovementsMax);
    if (movements.length === 0) break;
    for (const { siteId } of movements) touched.add(siteId);
    await lookUp(client, directory, movements);
    const planned = await planMovements({ client, movements, directory, books, why: "bound" });
    requireLocked(planned.stock, directory, new Set(locked), new Set());
    const written = await writePlan({ client, planned, directory, recordTimeMs: nowMs });
    merge(levels, written.levels);
    await queueLater(
      client,
      planned.further.flatMap(({ line, recorded }) => (line === 1 ? [recorded] : [])),
    );
  }
  const reached = new Map([...levels].map(([siteId, ofSite]) => [siteId, [...ofSite.values()]]));
  return raiseSites(client, { siteIds: touched, levels: reached, directory, nowMs });
}

async function lookUp(client: Client, directory: Directory, movements: readonly Recorded[]): Promise<void> {
  await directory.ensureSitesById(
    client,
    movements.map(({ siteId }) => siteId),
  );
  await directory.ensureAccounts(
    client,
    movements.flatMap(({ siteId, movement: { from, to } }) => [
      { siteId, code: from },
      { siteId, code: to },
    ]),
  );
}

/** A later level of the same item at the same place replaces the one before. */
function merge(into: Map<number, Map<string, Level>>, levels: ReadonlyMap<number, readonly Level[]>): void {
  for (const [siteId, ofSite] of levels) {
    const known = into.get(siteId) ?? new Map<string, Level>();
    for (const level of ofSite) known.set(`${level.sku} ${level.place}`, level);
    into.set(siteId, known);
  }
}

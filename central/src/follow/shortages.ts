import type { ExceptionCase } from "../db/exceptions/open.ts";
import { type LevelNow, takeLevels } from "../db/follow/levels.ts";
import type { Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { closeExceptions, openExceptions } from "../exceptions/open.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import type { Directory } from "../ingest/directory.ts";
import { isShort, shortageDetail, shortageKey } from "../stock/shortages.ts";
import { followLimits } from "./limits.ts";

/**
 * Opens a shortage where goods have gone that were promised to someone else, and closes it where there is enough again. Behind the
 * transaction that matched the movements, so that goods which went to whom they were promised leave nobody short. The levels are
 * locked, and with them their exceptions, so whatever changes one of them next sees what was decided here.
 *
 * @returns how many began, and whether there is more to look at
 */
export function settleShortages(
  pool: Pool,
  directory: Directory,
): Promise<{ readonly opened: number; readonly more: boolean }> {
  return transaction(
    pool,
    async client => {
      const levels = await takeLevels(client, followLimits.levelsMax);
      if (levels.length === 0) return { opened: 0, more: false };
      await directory.ensurePlaces(client, new Set(levels.map(({ placeId }) => placeId)));
      await directory.ensureSkus(client, new Set(levels.map(({ itemId }) => itemId)));
      const short = levels.filter(isShort).map(level => raisedOf(level, directory));
      const enough = levels.filter(level => !isShort(level)).map(level => raisedOf(level, directory).key);
      const opened = await openExceptions(client, short, { isSame: true });
      await closeExceptions(client, "stock.shortage", enough);
      return { opened: opened.length, more: levels.length >= followLimits.levelsMax / 2 };
    },
    `begin; ${byIndexOnly}`,
  );
}

function raisedOf(level: LevelNow, directory: Directory): ExceptionCase {
  const { siteId, code: place } = directory.place(level.placeId);
  const names = { sku: directory.sku(level.itemId), site: directory.siteCode(siteId), place };
  return {
    siteId,
    problem: "stock.shortage",
    key: shortageKey(names),
    detail: shortageDetail(names, level),
    count: 1,
  };
}

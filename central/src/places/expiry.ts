import type { Log } from "@tallygate/kit";
import { insertOutbox } from "../db/events/outbox.ts";
import { lockExpiryWatch, takeExpiring } from "../db/places/lots.ts";
import type { Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { Repeat } from "../repeat.ts";
import { newReservationId } from "../reservations/id.ts";
import { placeLimits } from "./limits.ts";

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Tells other systems of lots that are on hand and end within the next days, or have ended: `lot.expiring`, once for each date that a lot
 * has had. Of all processes one at a time does.
 *
 * @returns how many lots and sites were told of; undefined when another process is at it
 */
export function tellExpiring(pool: Pool, nowMs: number): Promise<number | undefined> {
  const before = new Date(nowMs + (placeLimits.expiringDays + 1) * dayMs).toISOString().slice(0, 10);
  return transaction(pool, async client => {
    if (!(await lockExpiryWatch(client))) return undefined;
    const lots = await takeExpiring(client, { before, limit: placeLimits.expiringMax });
    await insertOutbox(
      client,
      lots.map(({ sku, site, site_id, lot, expires_on, on_hand }) => ({
        id: newReservationId(nowMs),
        type: "lot.expiring",
        key: `/v1/items/${encodeURIComponent(sku)}`,
        siteId: site_id,
        timeMs: nowMs,
        data: { sku, site, lot, expires_on, on_hand },
      })),
    );
    return lots.length;
  });
}

/** Tells of expiring lots every now and then, in the background. */
export function openExpiryWatch({
  pool,
  log,
}: {
  readonly pool: Pool;
  readonly log: Pick<Log, "warn">;
}): AsyncDisposable {
  return new Repeat({
    // As many again may wait.
    pass: async () => (await tellExpiring(pool, Date.now())) === placeLimits.expiringMax,
    everyMs: placeLimits.expiryEveryMs,
    retryMs: placeLimits.expiryRetryMs,
    failing: "expiring lots are told of later",
    log,
  });
}

import { insertOutbox } from "../db/events/outbox.ts";
import { crossReorderPoints, lockReorderPoints } from "../db/places/reorder-points.ts";
import type { Client } from "../db/pool.ts";
import { newReservationId } from "../reservations/id.ts";

/**
 * Looks at the reorder points that changed levels concern, in the caller's transaction: `stock.below_reorder_point` is told once when what
 * is available falls to a point or below it, and again only after there was more than the point's `clear_above` in between. Whoever asks
 * sees levels that are committed or its own; one that changes meanwhile is looked at by whoever changes it. The points are locked in the
 * order of their ids, behind all levels.
 */
export async function checkReorderPoints(
  client: Client,
  levels: readonly { readonly itemId: number; readonly placeId: number }[],
  nowMs: number,
): Promise<void> {
  if (levels.length === 0) return;
  await measure(client, await lockReorderPoints(client, levels), nowMs);
}

/** Looks at points that have just been set. */
export async function measure(client: Client, ids: readonly number[], nowMs: number): Promise<void> {
  if (ids.length === 0) return;
  const crossed = await crossReorderPoints(client, ids, nowMs);
  await insertOutbox(
    client,
    crossed
      .filter(point => point.is_below)
      .map(({ sku, site, site_id, place, available, quantity, order_quantity }) => ({
        id: newReservationId(Math.floor(nowMs)),
        type: "stock.below_reorder_point",
        key: `/v1/items/${encodeURIComponent(sku)}`,
        siteId: site_id,
        timeMs: nowMs,
        data: { sku, site, place, available, reorder_point: quantity, order_quantity },
      })),
  );
}

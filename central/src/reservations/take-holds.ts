import type { Client } from "../db/pool.ts";
import { deleteHolds, endReservations, lockReservations, updateHolds } from "../db/reservations/reservations.ts";
import { lockStock } from "../db/reservations/stock.ts";
import { writeReserved } from "../db/reservations/write.ts";
import { closeExceptions } from "../exceptions/open.ts";
import { shortageOf } from "../stock/shortages.ts";
import type { ReservedChange } from "./levels.ts";
import { reservationLimits } from "./limits.ts";
import type { Reservation } from "./model.ts";
import type { Names } from "./names.ts";
import { type Take, takeHeld } from "./take.ts";

/**
 * Lets holds go that goods have left, in the caller's transaction, which has locked the documents that they are held for. Locks are
 * taken in the one order: reservations by id, levels by item and place, shortages.
 */
export async function takeHolds(
  client: Client,
  takes: readonly Take[],
  { names, nowMs }: { readonly names: Names; readonly nowMs: number },
): Promise<void> {
  if (takes.length === 0) return;
  const before = await lockReservations(client, [...new Set(takes.map(({ reservationId }) => reservationId))]);
  const exact = new Map<string, { itemId: number; placeId: number }>();
  const want = (itemId: number, placeId: number) => exact.set(`${itemId} ${placeId}`, { itemId, placeId });
  for (const { holds } of before.values()) for (const { itemId, placeId } of holds) want(itemId, placeId);
  for (const { itemId, toPlaceId } of takes) if (toPlaceId !== undefined) want(itemId, toPlaceId);
  const stock = await lockStock(client, { exact: [...exact.values()], open: [], placesMax: 0 });
  const { changed, stock: changes } = takeHeld({ takes, reservations: before, stock, nowMs });
  await endReservations(
    client,
    changed.filter(({ state }) => state !== "held"),
  );
  const { kept, added, gone } = compare(changed, before);
  await updateHolds(client, kept);
  await deleteHolds(client, gone);
  await names.loadHolds(client, [...kept, ...added, ...gone]);
  await closeExceptions(client, "stock.shortage", noLongerShort(changes, names));
  await writeReserved(client, {
    stock: changes,
    created: [],
    added,
    answers: [],
    changes: [],
    events: [],
    keptMs: reservationLimits.keptMs,
  });
  // A hold that went with its goods, and ended in the same moment when they went on, is written with what has ended of it.
  await updateHolds(
    client,
    added.filter(({ fulfilled }) => fulfilled > 0).map(hold => ({ ...hold, reservationId: hold.id })),
  );
}

function compare(changed: readonly Reservation[], before: ReadonlyMap<string, Reservation>) {
  const place = ({ line, placeId }: { line: number; placeId: number }) => `${line} ${placeId}`;
  const kept = [];
  const added = [];
  const gone = [];
  for (const { id, holds } of changed) {
    const old = new Map(before.get(id)?.holds.map(hold => [place(hold), hold]));
    for (const hold of holds) {
      if (old.delete(place(hold))) kept.push({ ...hold, reservationId: id });
      else added.push({ ...hold, id });
    }
    gone.push(...[...old.values()].map(hold => ({ ...hold, reservationId: id })));
  }
  return { kept, added, gone };
}

function noLongerShort(changes: readonly ReservedChange[], { directory }: Names): readonly string[] {
  return changes.flatMap(({ row, by }) => {
    const { siteId, code } = directory.place(row.placeId);
    const names = { sku: directory.sku(row.itemId), site: directory.siteCode(siteId), place: code };
    return shortageOf({ ...names, before: row, after: { ...row, reserved: row.reserved + by } }).closed ?? [];
  });
}

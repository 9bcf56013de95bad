import { resolveShortages } from "../db/ledger/shortages.ts";
import type { Client } from "../db/pool.ts";
import {
  endReservations,
  insertReservations,
  lockReservations,
  readNowMs,
  updateHolds,
} from "../db/reservations/reservations.ts";
import { changeReserved, lockStock } from "../db/reservations/stock.ts";
import { shortageOf } from "../stock/shortages.ts";
import { type Decided, decide } from "./decide.ts";
import type { ReservedChange } from "./levels.ts";
import { reservationLimits } from "./limits.ts";
import type { Command, Reservation } from "./model.ts";
import type { Names } from "./names.ts";

export interface Carried {
  readonly decided: Decided;
  readonly nowMs: number;
}

/**
 * Decides commands in one transaction and writes what was decided. Locks are taken in one order by everyone: reservations by id,
 * levels by item and place (as ingest does, which holds its sites by then: no site is locked here), shortages.
 */
export async function carryOut(client: Client, commands: readonly Command[], names: Names): Promise<Carried> {
  const ids = new Set(commands.flatMap(command => (command.kind === "reserve" ? [] : [command.id])));
  const reservations = await lockReservations(client, [...ids]);
  const stock = await lockStock(client, wantedLevels(commands, reservations));
  const nowMs = await readNowMs(client);
  const decided = decide({ commands, stock, reservations, nowMs });
  await names.loadHolds(
    client,
    decided.results.flatMap(result => (result.ok ? result.value.holds : [])),
  );
  await changeReserved(client, decided.stock);
  await insertReservations(client, decided.created);
  await endReservations(
    client,
    decided.changed.filter(({ state }) => state !== "held"),
  );
  await updateHolds(client, changedHolds(decided.changed, reservations));
  await resolveShortages(client, noLongerShort(decided.stock, names));
  return { decided, nowMs };
}

function wantedLevels(commands: readonly Command[], reservations: ReadonlyMap<string, Reservation>) {
  const exact = new Map<string, { itemId: number; placeId: number }>();
  const open = new Map<string, { itemId: number; siteId: number | undefined }>();
  for (const { holds } of reservations.values()) {
    for (const { itemId, placeId } of holds) exact.set(`${itemId} ${placeId}`, { itemId, placeId });
  }
  for (const command of commands) {
    if (command.kind !== "reserve") continue;
    for (const { itemId, placeId, siteId } of command.lines) {
      if (placeId !== undefined) exact.set(`${itemId} ${placeId}`, { itemId, placeId });
      else {
        const siteIds = siteId === undefined && command.siteIds.length > 0 ? command.siteIds : [siteId];
        for (const each of siteIds) open.set(`${itemId} ${each}`, { itemId, siteId: each });
      }
    }
  }
  return { exact: [...exact.values()], open: [...open.values()], placesMax: reservationLimits.placesPerLineMax };
}

function changedHolds(changed: readonly Reservation[], before: ReadonlyMap<string, Reservation>) {
  return changed.flatMap(({ id, holds }) =>
    holds
      .filter((hold, index) => {
        const old = before.get(id)?.holds[index];
        return old?.fulfilled !== hold.fulfilled || old.released !== hold.released;
      })
      .map(hold => ({ ...hold, reservationId: id })),
  );
}

/** The exceptions of levels that were promised more than once and are so no more. */
function noLongerShort(changes: readonly ReservedChange[], { directory }: Names): readonly string[] {
  return changes.flatMap(({ row, by }) => {
    if (row.onHand - row.reserved - row.blocked >= 0) return [];
    const { siteId, code } = directory.place(row.placeId);
    const names = { sku: directory.sku(row.itemId), site: directory.siteCode(siteId), place: code };
    const { closed } = shortageOf({ ...names, before: row, after: { ...row, reserved: row.reserved + by } });
    return closed === undefined ? [] : [closed];
  });
}

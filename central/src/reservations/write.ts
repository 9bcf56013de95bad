import type { Client } from "../db/pool.ts";
import type { KeptAnswer } from "../db/reservations/answers.ts";
import { withLots } from "../db/reservations/lots.ts";
import { endReservations, lockReservations, updateHolds } from "../db/reservations/reservations.ts";
import { lockStock } from "../db/reservations/stock.ts";
import { writeReserved } from "../db/reservations/write.ts";
import { closeExceptions } from "../exceptions/open.ts";
import { shortageOf } from "../stock/shortages.ts";
import type { Told } from "./attached.ts";
import { type Decided, decide } from "./decide.ts";
import { eventsOf } from "./events.ts";
import type { ReservedChange } from "./levels.ts";
import { reservationLimits } from "./limits.ts";
import type { Command, Reservation, Reserve } from "./model.ts";
import type { Names } from "./names.ts";
import { policyOf } from "./policies/index.ts";

/** What was decided of locked rows, and nothing of it written yet. */
export interface Carried {
  readonly decided: Decided;
  readonly before: ReadonlyMap<string, Reservation>;
  readonly nowMs: number;
}

/**
 * Locks what commands name and decides them. Locks are taken in one order by everyone: reservations by id, levels by item and
 * place (as ingest does, which holds its sites by then: no site is locked here), shortages, answers.
 */
export async function carryOut(
  client: Client,
  { commands, names, nowMs }: { readonly commands: readonly Command[]; readonly names: Names; readonly nowMs: number },
): Promise<Carried> {
  const ids = new Set(commands.flatMap(command => (command.kind === "reserve" ? [] : [command.id])));
  const before = await lockReservations(client, [...ids]);
  const locked = await lockStock(client, wantedLevels(commands, before));
  const stock = commands.some(asksForLots) ? await withLots(client, locked, nowMs) : locked;
  const decided = decide({ commands, stock, reservations: before, nowMs });
  await names.loadHolds(
    client,
    decided.results.flatMap(result => (result.ok ? result.value.holds : [])),
  );
  return { decided, before, nowMs };
}

/** Writes what was decided, what other systems are told of it, the answers that are to be kept, and who did what, in the transaction that decided it. */
export async function writeDown(
  client: Client,
  { decided, before, nowMs }: Carried,
  {
    names,
    answers,
    changes = [],
    events = [],
  }: { readonly names: Names; readonly answers: readonly KeptAnswer[] } & Partial<Told>,
): Promise<void> {
  const { changed, created, stock } = decided;
  await endReservations(
    client,
    changed.filter(({ state }) => state !== "held"),
  );
  await updateHolds(client, changedHolds(changed, before));
  await closeExceptions(client, "stock.shortage", noLongerShort(stock, names));
  const told = [...events, ...eventsOf(decided, names.directory, nowMs)];
  const added = addedHolds(changed, before);
  const { keptMs } = reservationLimits;
  await writeReserved(client, { stock, created, added, answers, changes, events: told, keptMs });
}

function asksForLots(command: Command): boolean {
  return (command.kind === "reserve" || command.kind === "extend") && policyOf(command.policy).takesLots === true;
}

function wantedLevels(commands: readonly Command[], reservations: ReadonlyMap<string, Reservation>) {
  const exact = new Map<string, { itemId: number; placeId: number }>();
  const open = new Map<string, { itemId: number; siteId: number | undefined }>();
  for (const { holds } of reservations.values()) {
    for (const { itemId, placeId } of holds) exact.set(`${itemId} ${placeId}`, { itemId, placeId });
  }
  for (const command of commands) {
    if (command.kind !== "reserve" && command.kind !== "extend") continue;
    const sites = command.kind === "reserve" ? sitesToLook(command) : [];
    for (const { itemId, placeId, siteId } of command.lines) {
      if (placeId !== undefined) exact.set(`${itemId} ${placeId}`, { itemId, placeId });
      else {
        const siteIds = siteId === undefined && sites.length > 0 ? sites : [siteId];
        for (const each of siteIds) open.set(`${itemId} ${each}`, { itemId, siteId: each });
      }
    }
  }
  return { exact: [...exact.values()], open: [...open.values()], placesMax: reservationLimits.placesPerLineMax };
}

/** In which sites a line is looked for that names none; empty for all. */
function sitesToLook({ siteIds, withinIds = [] }: Reserve): readonly number[] {
  return siteIds.length > 0 ? siteIds : withinIds;
}

function changedHolds(changed: readonly Reservation[], before: ReadonlyMap<string, Reservation>) {
  return changed.flatMap(({ id, holds }) =>
    holds
      .filter((hold, index) => {
        const old = before.get(id)?.holds[index];
        if (old === undefined) return false;
        return old.quantity !== hold.quantity || old.fulfilled !== hold.fulfilled || old.released !== hold.released;
      })
      .map(hold => ({ ...hold, reservationId: id })),
  );
}

/** Holds behind those that a reservation had. */
function addedHolds(changed: readonly Reservation[], before: ReadonlyMap<string, Reservation>) {
  return changed.flatMap(({ id, holds }) =>
    holds.slice(before.get(id)?.holds.length ?? holds.length).map(hold => ({ ...hold, id })),
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

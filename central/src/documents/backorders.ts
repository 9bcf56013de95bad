import type { SiteChange } from "@tallygate/protocol";
import type { Logger } from "pino";
import type { ChangeFeed } from "../api/parts.ts";
import { lockBackorders, readWaitingDocuments, readWaitingItems, type SiteItem } from "../db/documents/backorders.ts";
import { reduceBackordered, writeReservations } from "../db/documents/lines.ts";
import { lockDocuments, readDocuments } from "../db/documents/read.ts";
import type { Client, Pool } from "../db/pool.ts";
import { readNowMs, readReservations } from "../db/reservations/reservations.ts";
import { transaction } from "../db/transaction.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import { Repeat } from "../repeat.ts";
import { newReservationId } from "../reservations/id.ts";
import { type Command, type Reservation, stateAt } from "../reservations/model.ts";
import { Names } from "../reservations/names.ts";
import { changeStates } from "./change.ts";
import { changeHolds } from "./holds.ts";
import { documentLimits } from "./limits.ts";
import type { Document } from "./model.ts";
import { holdOf } from "./revise.ts";

export interface BackordersOptions {
  readonly pool: Pool;
  readonly changes: ChangeFeed;
  /** Told after goods were held. */
  readonly held: () => void;
  readonly log: Pick<Logger, "warn">;
}

/**
 * Holds goods for the lines that wait for them, as soon as a change of levels is heard of: those that are due first, and then the
 * oldest. Of all processes one at a time does.
 */
export function openBackorders({ pool, changes, held, log }: BackordersOptions): AsyncDisposable {
  const names = new Names();
  let after = start;
  const repeat = new Repeat({
    async pass() {
      const done = await holdForWaiting(pool, names, after);
      after = done.after;
      if (done.lines > 0) held();
      return done.more;
    },
    everyMs: documentLimits.backordersEveryMs,
    restMs: documentLimits.backordersRestMs,
    failing: "goods were not held for waiting lines; it is tried again",
    log,
  });
  const unsubscribe = changes.subscribe(change => {
    if (hasAvailable(change)) repeat.wake();
  });
  return {
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await repeat[Symbol.asyncDispose]();
    },
  };
}

const start: SiteItem = { itemId: 0, siteId: 0 };

function hasAvailable({ levels }: SiteChange): boolean {
  return levels.some(({ onHand, reserved, blocked }) => onHand - reserved - blocked > 0);
}

/** What a pass has come to. */
export interface Pass {
  /** Lines that something was held for. */
  readonly lines: number;
  readonly more: boolean;
  /** Where the next pass begins. */
  readonly after: SiteItem;
}

/** One pass: of the items behind `after` that lines wait for and that are available. Lines and what is held for them are one transaction. */
export function holdForWaiting(pool: Pool, names: Names, after: SiteItem = start): Promise<Pass> {
  return transaction(
    pool,
    async client => {
      const nothing: Pass = { lines: 0, more: false, after: start };
      if (!(await lockBackorders(client))) return nothing;
      const { backorderItemsMax: limit, backorderLinesMax } = documentLimits;
      const items = await readWaitingItems(client, { after, limit });
      const last = items.at(-1);
      if (last === undefined) return nothing;
      const ids = await readWaitingDocuments(client, items, Math.ceil(backorderLinesMax / items.length));
      await lockDocuments(client, ids);
      const documents = (await readDocuments(client, ids)).toSorted(inTurn);
      const lines = await holdFor(client, { documents, items, names, nowMs: await readNowMs(client) });
      return { lines, more: lines > 0 || items.length === limit, after: items.length === limit ? last : start };
    },
    `begin; ${byIndexOnly}`,
  );
}

/** Those that are due first, and then the oldest: an id begins with its time. */
function inTurn(a: Document, b: Document): number {
  const byDue = (a.dueMs ?? Number.MAX_SAFE_INTEGER) - (b.dueMs ?? Number.MAX_SAFE_INTEGER);
  return byDue !== 0 ? byDue : a.id < b.id ? -1 : 1;
}

interface Waiting {
  readonly documents: readonly Document[];
  readonly items: readonly SiteItem[];
  readonly names: Names;
  readonly nowMs: number;
}

async function holdFor(client: Client, { documents, items, names, nowMs }: Waiting): Promise<number> {
  const wanted = new Set(items.map(({ itemId, siteId }) => `${itemId} ${siteId}`));
  const waiting = documents
    .map(document => {
      const isWanted = ({ itemId, siteId }: SiteItem) => wanted.has(`${itemId} ${siteId}`);
      return { document, lines: document.lines.filter(line => line.backordered > 0 && isWanted(line)) };
    })
    .filter(({ lines }) => lines.length > 0);
  // Only who has locked a document ends what is held for it, so this stays true.
  const before = await readReservations(
    client,
    waiting.flatMap(({ document }) => document.reservationId ?? []),
  );
  const commands = waiting.map(({ document, lines }): Command => {
    const reservation = before.get(document.reservationId ?? "");
    const wants = {
      lines: lines.map(line => ({ ...holdOf(line), quantity: line.backordered })),
      documentId: document.id,
    };
    const policy = "fewest_places";
    if (reservation !== undefined && stateAt(reservation, nowMs) === "held") {
      return { kind: "extend", id: reservation.id, policy, ...wants };
    }
    const rest = { reference: document.number, expiresInMs: undefined, whenShort: "take" as const, siteIds: [] };
    return { kind: "reserve", id: newReservationId(nowMs), policy, ...rest, ...wants };
  });
  const results = await changeHolds(client, commands, { names, nowMs });
  const held = waiting.flatMap(({ document }, index) => {
    const result = results[index];
    if (result?.ok !== true) return [];
    const lines = gained(document, before.get(result.value.id), result.value);
    return lines.length === 0 ? [] : [{ id: document.id, reservationId: result.value.id, lines }];
  });
  await reduceBackordered(
    client,
    held.flatMap(({ lines }) => lines),
  );
  await writeReservations(client, held);
  await changeStates(
    client,
    await readDocuments(
      client,
      held.map(({ id }) => id),
    ),
    nowMs,
  );
  return held.reduce((sum, { lines }) => sum + lines.length, 0);
}

/** What more is held for each line of a document than before. */
function gained({ id: documentId }: Document, before: Reservation | undefined, after: Reservation) {
  const by = new Map<number, number>();
  const add = (holds: Reservation["holds"], sign: 1 | -1) => {
    for (const { line, quantity } of holds) by.set(line + 1, (by.get(line + 1) ?? 0) + sign * quantity);
  };
  add(after.holds, 1);
  add(before?.holds ?? [], -1);
  return [...by].filter(([, quantity]) => quantity > 0).map(([line, quantity]) => ({ documentId, line, by: quantity }));
}

import { randomUUID } from "node:crypto";
import { appendEvents, type NewEvent } from "../db/events/log.ts";
import {
  type ChangedLevel,
  type ChangedStock,
  lockHead,
  moveOutbox,
  type RefusedEvent,
  readChangedStock,
  type StockTotals,
  takeLevels,
} from "../db/events/take.ts";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import type { Client, Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { openExceptions } from "../exceptions/open.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import { eventLimits } from "./limits.ts";

export interface Emitted {
  /** The last number that is given now. */
  readonly head: number;
  readonly events: number;
  readonly refused: number;
  /** When the oldest of what was taken from the outbox happened; undefined when nothing was. */
  readonly oldestMs: number | undefined;
  /** Whether more waits than one transaction takes. */
  readonly full: boolean;
}

/**
 * Gives numbers to what happened: one transaction moves rows of the outbox and levels that changed into the log, and keeps apart
 * what does not fit the contract. The head is locked first and levels are read behind it, so that of two processes that both believe to
 * be the emitter one waits for the other, and no level is told that is older than one told before.
 */
export function emit(pool: Pool): Promise<Emitted> {
  return transaction(pool, emitIn, `begin; ${byIndexOnly}`);
}

async function emitIn(client: Client): Promise<Emitted> {
  const before = await lockHead(client);
  const { numbered, refused, oldest_ms } = await moveOutbox(client, eventLimits.outboxMax);
  const levels = await takeLevels(client, eventLimits.levelsMax);
  const totals = await readChangedStock(client, changedStock(levels));
  await openExceptions(client, casesOf(refused));
  await appendEvents(client, totals.map(stockChanged));
  const events = numbered + totals.length;
  const changes = levels.reduce((sum, level) => sum + level.times, 0);
  const full = numbered + refused.length === eventLimits.outboxMax || changes === eventLimits.levelsMax;
  return { head: before + events, events, refused: refused.length, oldestMs: oldest_ms ?? undefined, full };
}

/** One exception for each type, with the reason of the newest. */
function casesOf(refused: readonly RefusedEvent[]): readonly ExceptionCase[] {
  const cases = new Map<string, ExceptionCase>();
  for (const { type, key, why } of refused) {
    const count = (cases.get(type)?.count ?? 0) + 1;
    const detail = `An event of the type ${type} about ${key} was not told to other systems: ${why} GET /v1/events/refused has it whole.`;
    cases.set(type, { siteId: undefined, problem: "event.refused", key: type, detail, count });
  }
  return [...cases.values()];
}

/** By item and site; what moved between outsides alone is no stock. */
function changedStock(levels: readonly ChangedLevel[]): readonly ChangedStock[] {
  const inside = levels.filter(level => !level.outside);
  const groups = Map.groupBy(inside, level => `${level.item_id} ${level.site_id}`);
  return [...groups.values()].flatMap(group => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ itemId: first.item_id, siteId: first.site_id, placeIds: group.map(level => level.place_id) }];
  });
}

function stockChanged({ sku, site, on_hand, reserved, blocked, places }: StockTotals): NewEvent {
  const data = {
    sku,
    site,
    ...quantities(on_hand, reserved, blocked),
    places: places.map(([place, ...level]) => ({ place, ...quantities(...level) })),
  };
  return {
    id: randomUUID(),
    type: "stock.changed",
    key: `/v1/stock/${encodeURIComponent(sku)}`,
    site,
    timeMs: Date.now(),
    data: JSON.stringify(data),
  };
}

function quantities(on_hand: number, reserved: number, blocked: number) {
  return { on_hand, reserved, blocked, available: on_hand - reserved - blocked };
}

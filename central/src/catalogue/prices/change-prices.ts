import { ok, type Problem, type Result, refuse } from "@tallygate/protocol";
import { type Change, recordChanges } from "../../db/audit/changes.ts";
import { insertPrices, readPricesOfKeys, readSkusThatExist, updatePrices } from "../../db/catalogue/prices.ts";
import { lockCatalogue } from "../../db/catalogue/write-items.ts";
import { insertOutbox } from "../../db/events/outbox.ts";
import type { Client } from "../../db/pool.ts";
import { newReservationId as newId } from "../../reservations/id.ts";
import type { PageWritten } from "../import/import.ts";
import { type KnownPrice, keyOf, type Placed, type Price, place } from "./price.ts";

/**
 * Adds prices, or changes those that begin at the same time, in the caller's transaction: those that have no fault. Writes down who
 * changed what, and that it happened.
 *
 * @param at where each stands in the request
 */
export async function changePrices(
  client: Client,
  prices: readonly Price[],
  { actor, at }: { readonly actor: string; readonly at: string },
): Promise<PageWritten & { readonly written: readonly KnownPrice[] }> {
  // The lock of the catalogue makes the check for overlaps safe: nobody else changes a price meanwhile.
  await lockCatalogue(client);
  const skus = await readSkusThatExist(client, [...new Set(prices.map(({ sku }) => sku))]);
  const shelf = new Shelf(await readPricesOfKeys(client, prices));
  const faults: { readonly index: number; readonly problem: Problem }[] = [];
  const outcomes = prices.map((price, index) => {
    const taken = skus.has(price.sku) ? shelf.take(price, at) : unknownItem(price, at);
    if (taken.ok) return taken.value;
    faults.push({ index, problem: taken.problem });
    return undefined;
  });
  const changes = shelf.changes();
  const added = changes.filter(({ before }) => before === undefined);
  const ids = await insertPrices(
    client,
    added.map(({ after }) => after),
  );
  const known = changes.filter(({ before }) => before !== undefined);
  await updatePrices(
    client,
    known.map(({ before, after }) => ({ ...after, id: before?.id ?? 0 })),
  );
  const written = [
    ...added.map((change, index) => ({ ...change, id: ids[index] ?? 0 })),
    ...known.map(change => ({ ...change, id: change.before?.id ?? 0 })),
  ];
  await tell(client, written, actor);
  return {
    outcomes,
    faults,
    version: undefined,
    commits: [],
    written: written.map(({ id, after }) => ({ ...after, id })),
  };
}

function unknownItem({ sku }: Price, at: string): Result<never> {
  return refuse("item.unknown", `No item has the SKU ${sku}.`, { at: `${at}.sku` });
}

interface PriceChange {
  readonly before: KnownPrice | undefined;
  readonly after: Price;
}

/** The prices of some keys as they are after the changes so far. New ones have numbers below 0 until they are written. */
class Shelf {
  private readonly byKey: Map<string, KnownPrice[]>;
  private readonly before: ReadonlyMap<number, KnownPrice>;
  private readonly touched = new Map<number, Price>();
  private added = 0;

  constructor(prices: readonly KnownPrice[]) {
    this.byKey = Map.groupBy(prices, keyOf);
    this.before = new Map(prices.map(price => [price.id, price]));
  }

  take(price: Price, at: string): Result<"added" | "changed" | "unchanged"> {
    const key = keyOf(price);
    const others = this.byKey.get(key) ?? [];
    const placed = place(price, others, at);
    if (!placed.ok) return placed;
    const { write, ended } = placed.value;
    if (write === undefined) return ok("unchanged");
    this.byKey.set(key, this.put(others, { write, ended }));
    return ok(write.id === undefined ? "added" : "changed");
  }

  changes(): readonly PriceChange[] {
    return [...this.touched].map(([id, after]) => ({ before: this.before.get(id), after }));
  }

  private put(others: readonly KnownPrice[], { write, ended }: Placed): KnownPrice[] {
    if (write === undefined) return [...others];
    const { price } = write;
    this.added -= write.id === undefined ? 1 : 0;
    const now = { ...price, id: write.id ?? this.added };
    const until = ended === undefined ? undefined : { ...ended, valid_until: price.valid_from };
    const rest = others.filter(({ id }) => id !== now.id && id !== until?.id);
    for (const { id, ...after } of until === undefined ? [now] : [until, now]) this.touched.set(id, after);
    return until === undefined ? [...rest, now] : [...rest, until, now];
  }
}

async function tell(
  client: Client,
  written: readonly (PriceChange & { readonly id: number })[],
  actor: string,
): Promise<void> {
  const timeMs = Date.now();
  await recordChanges(
    client,
    written.map(({ id, before, after }): Change => {
      const action = before === undefined ? "price.add" : "price.change";
      return { actor, action, resource: `/v1/prices/${id}`, before, after: { id, ...after } };
    }),
  );
  await insertOutbox(
    client,
    written.map(({ id, after }) => ({
      id: newId(timeMs),
      type: "price.changed",
      key: `/v1/items/${encodeURIComponent(after.sku)}`,
      timeMs,
      data: { id, ...after },
    })),
  );
}

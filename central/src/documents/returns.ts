import { ok, type Result, refuse } from "@tallygate/protocol";
import { readReturned } from "../db/documents/inspections.ts";
import { readTakenNumbers } from "../db/documents/numbers.ts";
import { lockDocuments, readDocuments } from "../db/documents/read.ts";
import type { Client } from "../db/pool.ts";
import { type Announcement, announce } from "./announce.ts";
import type { Document } from "./model.ts";

export interface AskedReturn extends Omit<Announcement, "kind" | "units" | "orderId"> {
  /** The number of the order that the goods were shipped for. */
  readonly order: string | undefined;
}

/**
 * Writes down what is to come back. Of an order, no more than was shipped for it and has not come back: what was never sold is no
 * return. Goods that arrive all the same are a fact, and an exception.
 */
export async function announceReturn(client: Client, asked: AskedReturn): Promise<Result<Document>> {
  const { order: number, ...rest } = asked;
  if (number === undefined) return announce(client, { ...rest, kind: "return", units: [] });
  const [named] = await readTakenNumbers(client, [{ kind: "order", number }]);
  if (named === undefined) return refuse("document.unknown", `There is no order ${number}.`, { at: "order" });
  // Its lock orders the returns of one order, so that two at once do not both take the last unit.
  await lockDocuments(client, [named.id]);
  const [order] = await readDocuments(client, [named.id]);
  if (order === undefined) return refuse("document.unknown", `There is no order ${number}.`, { at: "order" });
  const shipped = shippedOnly(order, asked, await readReturned(client, order.id));
  if (!shipped.ok) return shipped;
  return announce(client, {
    ...rest,
    kind: "return",
    units: [],
    orderId: order.id,
    partner: rest.partner ?? order.partner,
  });
}

function shippedOnly(
  order: Document,
  { lines }: AskedReturn,
  returned: ReadonlyMap<number, number>,
): Result<undefined> {
  const left = new Map<string, number>();
  for (const { sku, itemId, done } of order.lines)
    left.set(sku, (left.get(sku) ?? -(returned.get(itemId) ?? 0)) + done);
  const faults: { readonly at: string; readonly detail: string }[] = [];
  for (const [index, { sku, quantity }] of lines.entries()) {
    const rest = left.get(sku) ?? 0;
    left.set(sku, rest - quantity);
    if (quantity <= rest) continue;
    const detail = `Of ${sku}, ${Math.max(0, rest)} were shipped for the order ${order.number} and have not come back, not ${quantity}.`;
    faults.push({ at: `lines[${index}].quantity`, detail });
  }
  const [first] = faults;
  if (first === undefined) return ok(undefined);
  return refuse("document.not_shipped", faults.map(({ detail }) => detail).join(" "), { at: first.at, faults });
}

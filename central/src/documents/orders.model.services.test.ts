import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEpochs } from "../db/ledger/epochs.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import { TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { newReservationId } from "../reservations/id.ts";
import { Names } from "../reservations/names.ts";
import type { Reservations } from "../reservations/reservations.ts";
import { takeHolds } from "../reservations/take-holds.ts";
import { openTestReservations, reservedFaults } from "../reservations/testing.ts";
import { holdForWaiting } from "./backorders.ts";
import { cancelDocument } from "./end.ts";
import type { Document } from "./model.ts";
import { recordProgress } from "./progress.ts";
import { documentOf } from "./testing.ts";

const skus = ["A", "B"] as const;
type Sku = (typeof skus)[number];

/** An order as plain numbers. */
interface ModelOrder {
  readonly id: string;
  readonly lines: { readonly sku: Sku; quantity: number; held: number; shipped: number }[];
  cancelled: boolean;
}

class Model {
  readonly onHand: Record<Sku, number> = { A: 0, B: 0 };
  readonly orders: ModelOrder[] = [];

  held(sku: Sku): number {
    const lines = this.orders.flatMap(order => order.lines).filter(line => line.sku === sku);
    return lines.reduce((sum, { held }) => sum + held, 0);
  }

  available(sku: Sku): number {
    return Math.max(0, this.onHand[sku] - this.held(sku));
  }

  /** Those that wait, the oldest first. */
  fill(): void {
    for (const order of this.orders) {
      if (order.cancelled) continue;
      for (const line of order.lines) {
        line.held += Math.min(line.quantity - line.shipped - line.held, this.available(line.sku));
      }
    }
  }
}

interface Real {
  readonly ledger: TestLedger;
  readonly edge: TestEdge;
  /** Of two processes. */
  readonly reservations: readonly [Reservations, Reservations];
  readonly names: Names;
}

type Command = fc.AsyncCommand<Model, Real>;

class Place implements Command {
  private readonly asked: {
    readonly lines: readonly (readonly [Sku, number])[];
    readonly whenShort: "refuse" | "backorder" | "partial";
    readonly process: 0 | 1;
  };

  constructor(asked: Place["asked"]) {
    this.asked = asked;
  }

  check = () => true;

  async run(model: Model, { reservations }: Real): Promise<void> {
    const { lines, whenShort, process } = this.asked;
    const id = newReservationId();
    const given = lines.map(([sku, quantity]) => ({
      sku,
      quantity,
      lot: undefined,
      place: undefined,
      toPlace: undefined,
    }));
    const nothing = {
      number: undefined,
      toSite: undefined,
      partner: undefined,
      reference: undefined,
      dueMs: undefined,
    };
    const draft = { id, kind: "order" as const, actor: "test", site: "lyon", whenShort, lines: given, ...nothing };
    const ask = {
      kind: "reserve" as const,
      id: newReservationId(),
      policy: "fewest_places" as const,
      expiresInMs: undefined,
      documentId: id,
      whenShort: whenShort === "refuse" ? ("refuse" as const) : ("take" as const),
      lines: given.map(({ sku, quantity }) => ({ sku, quantity, site: "lyon" })),
      sites: [],
    };
    const placed = await reservations[process].submit({ ask, key: undefined, draft });
    const left: Record<Sku, number> = { A: model.available("A"), B: model.available("B") };
    const held = lines.map(([sku, quantity]) => {
      const taken = Math.min(quantity, left[sku]);
      left[sku] -= taken;
      return taken;
    });
    const isShort = lines.some(([, quantity], index) => held[index] !== quantity);
    const isRefused = whenShort === "refuse" ? isShort : whenShort === "partial" && held.every(each => each === 0);
    expect(placed.ok, JSON.stringify(placed)).toBe(!isRefused);
    if (isRefused) return;
    const asModel = lines.map(([sku, quantity], index) => {
      const has = held[index] ?? 0;
      return { sku, quantity: whenShort === "partial" ? has : quantity, held: has, shipped: 0 };
    });
    model.orders.push({ id, lines: asModel, cancelled: false });
  }

  toString = () => `place ${JSON.stringify(this.asked)}`;
}

class Receive implements Command {
  private readonly sku: Sku;
  private readonly quantity: number;

  constructor(sku: Sku, quantity: number) {
    this.sku = sku;
    this.quantity = quantity;
  }

  check = () => true;

  async run(model: Model, { ledger, edge }: Real): Promise<void> {
    await ledger.apply(edge.record({ code: `code:${this.sku}`, quantity: this.quantity, to: "dock" }));
    model.onHand[this.sku] += this.quantity;
  }

  toString = () => `receive ${this.quantity} of ${this.sku}`;
}

/** Two processes at once: one of them does it, or both a part. */
class Fill implements Command {
  check = () => true;

  async run(model: Model, { ledger, names }: Real): Promise<void> {
    await Promise.all([holdForWaiting(ledger.pool, names), holdForWaiting(ledger.pool, new Names())]);
    model.fill();
  }

  toString = () => "hold for what waits";
}

class Cancel implements Command {
  private readonly which: number;

  constructor(which: number) {
    this.which = which;
  }

  check = (model: Readonly<Model>) => model.orders.length > 0;

  async run(model: Model, { ledger, names }: Real): Promise<void> {
    const order = model.orders[this.which % model.orders.length];
    if (order === undefined) return;
    const name = { kind: "order" as const, id: order.id, version: undefined, actor: "test", allow: () => undefined };
    const done = await transaction(ledger.pool, client => cancelDocument(client, names, name));
    const isPossible = !order.cancelled && order.lines.every(line => line.shipped === 0);
    expect(done.ok).toBe(isPossible);
    if (!done.ok) return;
    order.cancelled = true;
    for (const line of order.lines) line.held = 0;
  }

  toString = () => `cancel ${this.which}`;
}

/** Goods leave the site for a line, of what is held for it. */
class Ship implements Command {
  private readonly which: number;
  private readonly quantity: number;

  constructor(which: number, quantity: number) {
    this.which = which;
    this.quantity = quantity;
  }

  check = (model: Readonly<Model>) => model.orders.some(order => order.lines.some(line => line.held > 0));

  async run(model: Model, { ledger, edge, names }: Real): Promise<void> {
    const lines = model.orders.flatMap(order => order.lines.map((line, index) => ({ order, line, number: index + 1 })));
    const held = lines.filter(({ line }) => line.held > 0);
    const chosen = held[this.which % held.length];
    if (chosen === undefined) return;
    const { order, line, number } = chosen;
    const quantity = Math.min(this.quantity, line.held);
    await ledger.apply(edge.record({ code: `code:${line.sku}`, quantity, from: "dock", to: "customer" }));
    const document = await documentOf(ledger.pool, order.id);
    await transaction(ledger.pool, async client => {
      const { epochs } = await readEpochs(client, [{ siteId: document.siteId, code: edge.epoch }]);
      const movement = { epochId: epochs[0]?.id ?? 0, seq: edge.lastSeq, why: "test", eventTimeMs: 1 };
      await recordProgress(
        client,
        [{ documentId: order.id, line: number, step: "done", quantity, ...movement }],
        Date.now(),
      );
      await takeHolds(client, [await takeOf(ledger, document, number, quantity)], { names, nowMs: Date.now() });
    });
    model.onHand[line.sku] -= quantity;
    line.held -= quantity;
    line.shipped += quantity;
  }

  toString = () => `ship ${this.quantity} of ${this.which}`;
}

async function takeOf(
  { rows }: TestLedger,
  { reservationId = "", siteId, lines }: Document,
  line: number,
  quantity: number,
) {
  const itemId = lines[line - 1]?.itemId ?? 0;
  const [place] = await rows<{ id: number }>("select id from place where site_id = $1 and code = 'dock'", [siteId]);
  return { reservationId, siteId, itemId, fromPlaceId: place?.id ?? 0, toPlaceId: undefined, quantity };
}

async function compare(model: Model, { ledger }: Real): Promise<void> {
  expect(await ledger.rows(reservedFaults)).toEqual([]);
  expect(
    await ledger.rows("select * from stock join place on place.id = place_id where reserved > on_hand and not outside"),
  ).toEqual([]);
  for (const { id, lines, cancelled } of model.orders) {
    const document = await documentOf(ledger.pool, id);
    const shown = document.lines.map(({ quantity, backordered, done }) => ({ quantity, backordered, done }));
    const expected = lines.map(({ quantity, held, shipped }) => {
      return { quantity, backordered: cancelled ? 0 : quantity - held - shipped, done: shipped };
    });
    expect(shown).toEqual(expected);
    const isShipped = lines.every(({ quantity, shipped }) => shipped >= quantity);
    const isBegun = lines.some(({ shipped }) => shipped > 0);
    const isWaiting = expected.some(({ backordered }) => backordered > 0);
    const begun = isShipped ? "shipped" : "shipping";
    expect(document.state).toBe(cancelled ? "cancelled" : isBegun ? begun : isWaiting ? "backordered" : "reserved");
  }
}

const sku = fc.constantFrom(...skus);
const commands = fc.commands(
  [
    fc
      .record({
        lines: fc.array(fc.tuple(sku, fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 3 }),
        whenShort: fc.constantFrom("refuse" as const, "backorder" as const, "partial" as const),
        process: fc.constantFrom(0 as const, 1 as const),
      })
      .map(asked => new Place(asked)),
    fc.tuple(sku, fc.integer({ min: 1, max: 9 })).map(([which, quantity]) => new Receive(which, quantity)),
    fc.constant(new Fill()),
    fc.nat(20).map(which => new Cancel(which)),
    fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 5 })).map(([which, quantity]) => new Ship(which, quantity)),
  ],
  { maxCommands: 25, size: "max" },
);

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test("I8: whatever is ordered, cancelled, shipped and received in whatever order, by two processes, each order has what is held for it, and nothing is sold twice", {
  timeout: 300_000,
}, async () => {
  const property = fc.asyncProperty(commands, async given => {
    await using ledger = await openTestLedger(server);
    for (const each of skus) await ledger.bind(each, `code:${each}`);
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ code: "code:A", to: "dock" }, { code: "code:B", to: "dock" }));
    await using first = openTestReservations(ledger.pool);
    await using second = openTestReservations(ledger.pool);
    const real: Real = { ledger, edge, reservations: [first, second], names: new Names() };
    const model = new Model();
    model.onHand.A = 1;
    model.onHand.B = 1;
    await fc.asyncModelRun(() => ({ model, real }), given);
    await compare(model, real);
  });
  await fc.assert(property, { numRuns: 15 });
});

import type { Batch } from "@tallygate/protocol";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import type { Document } from "../documents/model.ts";
import type { Given, TestEdge } from "../ingest/testing.ts";
import { reservedFaults } from "../reservations/testing.ts";
import { type FollowedLedger, followAll, oat, openFollowedLedger } from "./testing.ts";

let server: TestServer;
let ledger: FollowedLedger;
beforeAll(async () => {
  server = await openTestServer();
  ledger = await openFollowedLedger(server);
}, 60_000);
afterAll(async () => {
  await ledger?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

type Step =
  | { readonly do: "document"; readonly kind: "order" | "shipment" | "return"; readonly quantity: number }
  | { readonly do: "list"; readonly step: string; readonly of: number }
  | {
      readonly do: "move";
      readonly way: number;
      readonly quantity: number;
      readonly serial: number;
      readonly lateMs: number;
    }
  | { readonly do: "take back"; readonly which: number }
  | { readonly do: "repeat"; readonly which: number }
  | { readonly do: "follow"; readonly passMovements: number };

/** From, to and business step of what is seen. */
const ways = [
  ["shelf", "customer", "shipping"],
  ["dock", "customer", "shipping"],
  ["shelf", "dock", "picking"],
  ["shelf", "packing", "packing"],
  ["packing", "customer", "shipping"],
  ["supplier", "dock", "receiving"],
  ["customer", "dock", "receiving"],
  ["dock", "shelf", "storing"],
] as const;

const small = fc.integer({ min: 1, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("document" as const),
    kind: fc.constantFrom("order" as const, "shipment" as const, "return" as const),
    quantity: small,
  }),
  fc.record({
    do: fc.constant("list" as const),
    step: fc.constantFrom("shipping", "picking", "receiving"),
    of: fc.nat(),
  }),
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("move" as const),
      way: fc.nat({ max: ways.length - 1 }),
      quantity: small,
      serial: fc.nat({ max: 6 }),
      lateMs: fc.constantFrom(0, 0, 0, 5_000, 3_600_000),
    }),
  },
  fc.record({ do: fc.constant("take back" as const), which: fc.nat() }),
  fc.record({ do: fc.constant("repeat" as const), which: fc.nat() }),
  fc.record({ do: fc.constant("follow" as const), passMovements: fc.integer({ min: 1, max: 5 }) }),
);

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

/** One store's life: what it told so far, and the documents that there are. */
class Run {
  private readonly edge: TestEdge;
  private readonly batches: Batch[] = [];
  private readonly told: Given[] = [];
  private readonly documents: Document[] = [];

  constructor(from: TestEdge) {
    this.edge = from;
  }

  async take(given: Step): Promise<void> {
    switch (given.do) {
      case "document":
        await this.add(given);
        break;
      case "list":
        await this.open(given);
        break;
      case "move":
        await this.move(given);
        break;
      case "take back":
        await this.takeBack(given.which);
        break;
      case "repeat": {
        const batch = at(this.batches, given.which);
        if (batch !== undefined) await ledger.apply(batch);
        break;
      }
      case "follow":
        await followAll(ledger.pool, given);
    }
  }

  private async add({ kind, quantity }: Extract<Step, { do: "document" }>): Promise<void> {
    const lines = [{ sku: "OAT", quantity }];
    const available = await ledger.rows(
      `select from stock join place on place.id = place_id where code = 'shelf' and on_hand - reserved >= ${quantity}`,
    );
    const isHeld = kind === "order" && available.length > 0;
    this.documents.push(isHeld ? await ledger.order(quantity) : await ledger.document({ kind, lines }));
  }

  private async open({ step, of }: Extract<Step, { do: "list" }>): Promise<void> {
    const document = at(this.documents, of);
    if (document === undefined) return;
    await ledger.pool.query(
      "update document_list set closed_at = now(), outcome = '{}' where closed_at is null and read_point = 'dock-1'",
    );
    await ledger.list([document], { step, openedMs: Date.now() });
  }

  private async move({ way, quantity, serial, lateMs }: Extract<Step, { do: "move" }>): Promise<void> {
    const [from, to, bizStep] = ways[way] ?? ways[0];
    const what = serial === 0 ? { code: oat, quantity } : { code: `${oat}(21)${serial}`, quantity: 1 };
    await this.tell({ ...what, from, to, bizStep, eventTimeMs: Date.now() - lateMs });
  }

  private async takeBack(which: number): Promise<void> {
    const index = which % Math.max(1, this.told.length);
    const told = this.told[index];
    if (told?.from === undefined || told.to === undefined) return;
    const reverses = { epoch: this.edge.epoch, seq: index + 1 };
    await this.tell({ ...told, from: told.to, to: told.from, eventTimeMs: Date.now(), reverses });
  }

  private async tell(given: Given): Promise<void> {
    this.told.push(given);
    const batch = this.edge.record(given);
    this.batches.push(batch);
    await ledger.apply(batch);
  }
}

/** Each row is a fault. */
const faults = {
  "a movement's quantity is matched more than once": `
    select match.epoch_id, match.seq, step, sum(abs(match.quantity)) as matched from document_match match
    join movement using (epoch_id, seq) group by match.epoch_id, match.seq, step, movement.quantity
    having sum(abs(match.quantity)) > movement.quantity and bool_and(match.why <> 'reversal')`,
  "what is taken back is more than what was": `
    select document_id, line, step from document_match group by 1, 2, 3 having sum(quantity) < 0`,
  "a line is not the sum of its matches": `
    select line.* from document_line line left join (
      select document_id, line, coalesce(sum(quantity) filter (where step = 'picked'), 0) as picked,
        coalesce(sum(quantity) filter (where step = 'done'), 0) as done from document_match group by 1, 2
    ) matched using (document_id, line)
    where (line.picked, line.done) is distinct from (coalesce(matched.picked, 0), coalesce(matched.done, 0))`,
  "a thing counts twice for a step of a document": `
    select document_id, step, code from document_match match join movement using (epoch_id, seq)
    where code like '%(21)%' group by 1, 2, 3 having sum(match.quantity) not in (0, 1)`,
  "what is reserved is not what is held": reservedFaults,
  "a shortage is open where there is none, or none where there is one": `
    select sku, place.code from stock join place on place.id = place_id join item on item.id = item_id
    left join exception on exception.state = 'open' and problem = 'stock.shortage' and key = sku || ' lyon/' || place.code
    where not outside and (reserved > 0 and on_hand - reserved - blocked < 0) <> (exception.id is not null)`,
  "a movement was not followed": `
    select from epoch left join follow_cursor on epoch_id = epoch.id where cursor_seq <> coalesce(seq, 0)`,
} as const;

test("whatever comes in whatever order, each movement counts once, lines are the sum of their matches, and what is held is reserved", {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), async steps => {
      // A store that told nothing is not opened again: the ledger would wait for what it follows.
      if (ledger.lyon.lastSeq > 0) ledger.lyon.reopen();
      const run = new Run(ledger.lyon);
      for (const each of steps) await run.take(each);
      const { failed } = await followAll(ledger.pool);
      expect(failed).toBe(0);
      for (const [what, sql] of Object.entries(faults)) expect([what, await ledger.rows(sql)]).toEqual([what, []]);
      await ledger.pool.query(
        "update document_line set open = false; update document_list set closed_at = opened_at, outcome = '{}'",
      );
    }),
    { numRuns: 150, endOnFailure: true },
  );
  const found = await ledger.rows<{ why: string }>("select distinct why from document_match order by 1");
  expect(found.map(({ why }) => why)).toEqual(["awaited", "list", "reversal"]);
});

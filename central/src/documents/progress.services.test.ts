import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import { TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { type LineProgress, recordProgress } from "./progress.ts";
import { addDocument, documentOf } from "./testing.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function openWithItems(): Promise<TestLedger> {
  const ledger = await openTestLedger(server);
  for (const sku of ["A", "B"]) await ledger.bind(sku, `code:${sku}`);
  await ledger.apply(new TestEdge("lyon").record({ code: "code:A" }), new TestEdge("oslo").record({ code: "code:A" }));
  return ledger;
}

type Step = readonly [line: number, step: "picked" | "done", quantity: number];

async function carryOn(ledger: TestLedger, documentId: string, first: number, ...steps: readonly Step[]) {
  const progress = steps.map(([line, step, quantity], index): LineProgress => {
    return { documentId, line, step, quantity, epochId: 1, seq: first + index, why: "test", eventTimeMs: 1_000_000 };
  });
  await transaction(ledger.pool, client => recordProgress(client, progress, 2_000_000));
  const { state, version, lines, endedMs } = await documentOf(ledger.pool, documentId);
  return {
    state,
    version,
    lines: lines.map(line => `${line.picked} ${line.done} ${line.backordered}`),
    ended: endedMs,
  };
}

const events = (ledger: TestLedger) =>
  ledger.rows<{ type: string; key: string; version: number }>(
    "select type, key, (data->>'version')::int as version from outbox order by id",
  );

test("movements carry an order from its shelf to its customer, and each step is told once", async () => {
  await using ledger = await openWithItems();
  const lines = [
    { sku: "A", quantity: 5 },
    { sku: "B", quantity: 3 },
  ];
  const { id } = await addDocument(ledger.pool, { kind: "order", site: "lyon", state: "reserved", lines });
  expect(await carryOn(ledger, id, 1, [1, "picked", 2])).toMatchObject({ state: "picking", lines: ["2 0 0", "0 0 0"] });
  expect(await carryOn(ledger, id, 2, [1, "picked", 3], [2, "picked", 3])).toMatchObject({ state: "picked" });
  expect(await carryOn(ledger, id, 4, [1, "done", 5])).toMatchObject({
    state: "shipping",
    version: 4,
    ended: undefined,
  });
  const shipped = { state: "shipped", version: 5, lines: ["5 5 0", "3 3 0"], ended: 2_000_000 };
  expect(await carryOn(ledger, id, 5, [2, "done", 3])).toEqual(shipped);
  // The same again changes nothing and tells nothing.
  expect(await carryOn(ledger, id, 5, [2, "done", 3])).toEqual(shipped);
  const key = `/v1/orders/${id}`;
  expect(await events(ledger)).toEqual([
    { type: "order.picking", key, version: 2 },
    { type: "order.picked", key, version: 3 },
    { type: "order.shipping", key, version: 4 },
    { type: "order.shipped", key, version: 5 },
  ]);
  expect(await ledger.rows("select line from document_line where open")).toEqual([]);
});

test("one movement may be both the pick and the end of a line", async () => {
  await using ledger = await openWithItems();
  const { id } = await addDocument(ledger.pool, {
    kind: "transfer",
    site: "lyon",
    toSite: "lyon",
    state: "reserved",
    lines: [{ sku: "A", quantity: 1 }],
  });
  const one = { documentId: id, line: 1, quantity: 1, epochId: 1, seq: 1, why: "test", eventTimeMs: 1 };
  await transaction(ledger.pool, client =>
    recordProgress(
      client,
      [
        { ...one, step: "picked" },
        { ...one, step: "done" },
      ],
      2_000_000,
    ),
  );
  expect(await documentOf(ledger.pool, id)).toMatchObject({ state: "received", lines: [{ picked: 1, done: 1 }] });
});

test("what is taken back takes the document back, and waits for stock again", async () => {
  await using ledger = await openWithItems();
  const lines = [{ sku: "A", quantity: 5, backordered: 2 }];
  const { id } = await addDocument(ledger.pool, { kind: "order", site: "lyon", state: "backordered", lines });
  expect(await carryOn(ledger, id, 1, [1, "picked", 4])).toMatchObject({ state: "picking", lines: ["4 0 1"] });
  expect(await carryOn(ledger, id, 2, [1, "picked", 1], [1, "done", 5])).toMatchObject({
    state: "shipped",
    lines: ["5 5 0"],
  });
  const back = await carryOn(ledger, id, 4, [1, "done", -5], [1, "picked", -5]);
  expect(back).toMatchObject({ state: "backordered", lines: ["0 0 5"], ended: undefined });
  expect(await ledger.rows("select line from document_line where open")).toEqual([{ line: 1 }]);
});

test("more than was announced is kept as it came, and what comes after the end leaves a closed document closed", async () => {
  await using ledger = await openWithItems();
  const lines = [{ sku: "A", quantity: 5 }];
  const notice = await addDocument(ledger.pool, { kind: "shipment", site: "lyon", lines });
  expect(await carryOn(ledger, notice.id, 1, [1, "done", 7])).toMatchObject({ state: "received", lines: ["0 7 0"] });
  const closed = await addDocument(ledger.pool, { kind: "order", site: "lyon", state: "closed", lines });
  expect(await carryOn(ledger, closed.id, 2, [1, "done", 1], [1, "done", -1])).toMatchObject({
    state: "closed",
    lines: ["0 0 0"],
  });
});

test("two processes that carry the same documents on at once neither lose a movement nor wait in a circle", async () => {
  await using ledger = await openWithItems();
  const ids: string[] = [];
  for (const quantity of [100, 100]) {
    ids.push((await addDocument(ledger.pool, { kind: "shipment", site: "lyon", lines: [{ sku: "A", quantity }] })).id);
  }
  const passes = Array.from({ length: 50 }, (_, n) => {
    const inTurn = n % 2 === 0 ? ids : ids.toReversed();
    const progress = inTurn.map((documentId, index): LineProgress => {
      const movement = { epochId: 1, seq: 1 + 2 * n + index, eventTimeMs: 1 };
      return { documentId, line: 1, step: "done", quantity: 2, ...movement, why: "test" };
    });
    return transaction(ledger.pool, client => recordProgress(client, progress, 2_000_000));
  });
  await Promise.all(passes);
  for (const id of ids) {
    expect(await documentOf(ledger.pool, id)).toMatchObject({ state: "received", version: 51, lines: [{ done: 100 }] });
  }
});

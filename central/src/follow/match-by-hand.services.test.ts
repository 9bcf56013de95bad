import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import type { Document } from "../documents/model.ts";
import { documentOf } from "../documents/testing.ts";
import type { Decision } from "../exceptions/ask.ts";
import { type Resolved, resolveException } from "../exceptions/resolve.ts";
import type { Given } from "../ingest/testing.ts";
import { Names } from "../reservations/names.ts";
import { reservedFaults } from "../reservations/testing.ts";
import { type FollowedLedger, followAll, oat, openFollowedLedger } from "./testing.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Before the orders of these tests were made, so that none of them awaits it. */
const earlierMs = Date.now() - 60 * 60_000;
const out = (quantity: number, given: Given = {}): Given => ({
  code: oat,
  quantity,
  from: "shelf",
  to: "customer",
  bizStep: "shipping",
  eventTimeMs: earlierMs,
  ...given,
});

/** The number of the live exception of a problem. */
async function exceptionOf(ledger: FollowedLedger, problem = "document.none"): Promise<number> {
  const [row] = await ledger.rows<{ id: number }>(
    "select id from exception where problem = $1 and state = 'open' order by id desc limit 1",
    [problem],
  );
  return row?.id ?? 0;
}

/** Decides as the API does: what is refused is rolled back. */
async function decide(ledger: FollowedLedger, id: number, decision: Decision, actor = "person:maria") {
  const deciding = { actor, cause: "person", nowMs: Date.now(), names: new Names() } as const;
  let refused: string | undefined;
  let resolved: Resolved | undefined;
  await transaction(ledger.pool, async client => {
    const result = await resolveException(client, id, decision, deciding);
    if (!result.ok) {
      refused = `${result.problem.code} ${result.problem.detail}`;
      throw new Error("refused");
    }
    resolved = result.value;
  }).catch(error => {
    if (refused === undefined) throw error;
  });
  return refused ?? resolved?.row.state;
}

/** The line of a document, and the movements of lyon, the last one first. */
function matchTo(
  ledger: FollowedLedger,
  { id }: Pick<Document, "id">,
  { line = 1, seqs = [ledger.lyon.lastSeq] } = {},
) {
  const movements = seqs.map(seq => ({ epoch: ledger.lyon.epoch, seq }));
  return { action: "match", document: id, line, movements } as const;
}

describe("a movement that no document awaited", () => {
  test("is matched by hand: its order goes on, what was held goes, and a reversal takes it back", async () => {
    await using ledger = await openFollowedLedger(server);
    const order = await ledger.order(5);
    await ledger.apply(ledger.lyon.record(out(3)));
    await followAll(ledger.pool);
    expect(await ledger.open()).toEqual(["document.none OAT site customer 1"]);
    expect(await ledger.reserved()).toEqual({ shelf: 5 });
    const id = await exceptionOf(ledger);
    expect(await decide(ledger, id, matchTo(ledger, order))).toBe("resolved");
    expect(await ledger.matches(order)).toEqual(["1 done 3 person"]);
    expect(await documentOf(ledger.pool, order.id)).toMatchObject({ state: "shipping", lines: [{ done: 3 }] });
    expect(await ledger.reserved()).toEqual({ shelf: 2 });
    expect(await ledger.rows(reservedFaults)).toEqual([]);
    const told = await ledger.rows("select actor, action, resource from api_change order by id");
    expect(told).toEqual([
      { actor: "person:maria", action: "order.match", resource: `/v1/orders/${order.id}` },
      { actor: "person:maria", action: "exception.match", resource: `/v1/exceptions/${id}` },
    ]);
    expect(await decide(ledger, id, matchTo(ledger, order), "person:paul")).toContain(
      "exception.resolved person:maria",
    );

    const { epoch, lastSeq: seq } = ledger.lyon;
    await ledger.apply(ledger.lyon.record(out(3, { from: "customer", to: "shelf", reverses: { epoch, seq } })));
    await followAll(ledger.pool);
    expect((await documentOf(ledger.pool, order.id)).lines).toMatchObject([{ done: 0, backordered: 3 }]);
  });

  test("has one document, of two people who name two at once", async () => {
    await using ledger = await openFollowedLedger(server);
    const orders = [await ledger.order(5), await ledger.order(5)];
    await ledger.apply(ledger.lyon.record(out(3)));
    await followAll(ledger.pool);
    const id = await exceptionOf(ledger);
    const answers = await Promise.all(orders.map(order => decide(ledger, id, matchTo(ledger, order))));
    expect(answers.filter(answer => answer === "resolved")).toHaveLength(1);
    await ledger.apply(ledger.lyon.record(out(1)));
    await followAll(ledger.pool);
    const again = matchTo(ledger, orders[0] ?? { id: "" }, { seqs: [ledger.lyon.lastSeq - 1] });
    expect(await decide(ledger, await exceptionOf(ledger), again)).toContain("movement.not_matchable");
    expect(await ledger.rows("select sum(quantity)::integer as sum from document_match")).toEqual([{ sum: 3 }]);
  });

  test("is refused where it cannot be the line's, and the exception stays open with nothing changed", async () => {
    await using ledger = await openFollowedLedger(server);
    await ledger.bind("PEA", "code:pea");
    const order = await ledger.order(2);
    const notice = await ledger.document({ kind: "shipment", lines: [{ sku: "OAT", quantity: 9 }] });
    const peas = await ledger.document({ kind: "order", lines: [{ sku: "PEA", quantity: 9 }] });
    const closed = await ledger.document({ kind: "order", state: "closed", lines: [{ sku: "OAT", quantity: 9 }] });
    await ledger.pool.query("update document set ended_at = now() where id = $1", [closed.id]);
    await ledger.apply(ledger.lyon.record(out(3), out(1, { code: "code:pea" }), out(1)));
    await followAll(ledger.pool);
    const [oats, pea, one] = [ledger.lyon.lastSeq - 2, ledger.lyon.lastSeq - 1, ledger.lyon.lastSeq];
    const [row] = await ledger.rows<{ id: number }>("select id from exception where key like 'OAT %'");
    const id = row?.id ?? 0;
    const undone = { epoch: ledger.lyon.epoch, seq: one };
    await ledger.apply(ledger.lyon.record(out(1, { from: "customer", to: "shelf", reverses: undone }), out(2)));
    const cases = [
      [order, { seqs: [oats] }, "document.line", "wants 2 more"],
      [notice, { seqs: [oats] }, "document.line", "goods that went this way"],
      [peas, { seqs: [oats] }, "document.line", "of another item"],
      [order, { seqs: [oats], line: 2 }, "document.line", "is not there"],
      [closed, { seqs: [oats] }, "document.state", "nothing of it is wanted"],
      [{ id: "00000000-0000-7000-8000-000000000000" }, { seqs: [oats] }, "document.unknown", ""],
      [order, { seqs: [900] }, "movement.not_matchable", "is not there"],
      [order, { seqs: [one] }, "movement.not_matchable", "was reversed"],
      [order, { seqs: [one + 1] }, "movement.not_matchable", "takes another one back"],
      [order, { seqs: [one + 2] }, "movement.not_matchable", "in a moment"],
      [peas, { seqs: [pea] }, "movement.not_matchable", "is not what the exception"],
    ] as const;
    for (const [document, named, code, detail] of cases) {
      const answer = await decide(ledger, id, matchTo(ledger, document, { ...named, seqs: [...named.seqs] }));
      expect(answer).toContain(code);
      expect(answer).toContain(detail);
    }
    expect(await ledger.rows("select from document_match")).toEqual([]);
    expect(await ledger.rows("select state from exception where id = $1", [id])).toEqual([{ state: "open" }]);
  });
});

test("things that passed a list that does not name them are matched by hand, each once", async () => {
  await using ledger = await openFollowedLedger(server);
  const oats = await ledger.document({ kind: "order", state: "reserved", lines: [{ sku: "OAT", quantity: 2 }] });
  await ledger.bind("PEA", "code:pea");
  const other = await ledger.document({ kind: "order", lines: [{ sku: "PEA", quantity: 2 }] });
  const list = await ledger.list([other]);
  const thing = out(1, { code: `${oat}(21)S-1`, readPoint: "dock-1", eventTimeMs: Date.now() });
  await ledger.apply(ledger.lyon.record(thing));
  await ledger.apply(ledger.lyon.record({ ...thing, code: `${oat}(21)S-2` }));
  await followAll(ledger.pool);
  expect(await ledger.open()).toEqual([`document.unexpected ${list} OAT 2`]);
  const id = await exceptionOf(ledger, "document.unexpected");
  const both = matchTo(ledger, oats, { seqs: [ledger.lyon.lastSeq - 1, ledger.lyon.lastSeq] });
  expect(await decide(ledger, id, both)).toBe("resolved");
  expect(await ledger.matches(oats)).toEqual(["1 done 1 person", "1 done 1 person"]);
  expect(await documentOf(ledger.pool, oats.id)).toMatchObject({ state: "shipped" });
  expect(await ledger.rows("select code from document_thing order by 1")).toEqual([
    { code: `${oat}(21)S-1` },
    { code: `${oat}(21)S-2` },
  ]);
});

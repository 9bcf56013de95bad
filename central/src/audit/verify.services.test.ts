import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEpochPage } from "../db/audit/chain.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { transaction } from "../db/transaction.ts";
import { TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { makeSeal } from "./sealed.ts";
import { gtin, tamper, tellAll, thing } from "./testing.ts";
import { row, tamperings } from "./testing-tampering.ts";
import { verify } from "./verify.ts";
import { type Scope, start } from "./walk.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

function verifyAll({ pool }: TestLedger, scope: Scope = {}) {
  return verify(pool, { from: start, scope, rowsMax: 1_000_000, deadlineMs: 60_000 });
}

describe("an untouched ledger", () => {
  test("verifies, whatever happened in it, and everything was looked at", async () => {
    await using ledger = await openTestLedger(server);
    await tellAll(ledger);
    await transaction(ledger.pool, client => makeSeal(client));
    expect(await ledger.count("further_posting")).toBe(5);
    expect(await verifyAll(ledger)).toEqual({
      checked: {
        epochs: 4,
        movements: 17,
        further_postings: 5,
        items: 2,
        // Ten levels, and the bench that a late movement came to and left again.
        balances: 11,
        tags: 4,
        seals: 1,
      },
      fault: undefined,
      position: { phase: "done" },
    });
  });

  test("verifies while movements come", async () => {
    await using ledger = await openTestLedger(server);
    await ledger.bind("OAT", gtin);
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ code: gtin }));
    let stop = false;
    const applying = (async () => {
      for (let n = 0; !stop && n < 500; n++) {
        const to = `shelf-${n % 3}`;
        await ledger.apply(edge.record({ code: thing(n % 7), to, eventTimeMs: 1000 + (n % 5) * n }, { code: gtin }));
      }
    })();
    for (let n = 0; n < 30; n++) expect((await verifyAll(ledger)).fault).toBeUndefined();
    stop = true;
    await applying;
  });

  test("is walked in bounded pieces that add up to the whole", async () => {
    await using ledger = await openTestLedger(server);
    await tellAll(ledger);
    const whole = await verifyAll(ledger);
    let position: Parameters<typeof verify>[1]["from"] = start;
    let movements = 0;
    let pieces = 0;
    while (position.phase !== "done" && pieces < 100) {
      const piece = await verify(ledger.pool, { from: position, rowsMax: 1, deadlineMs: 60_000 });
      expect(piece.fault).toBeUndefined();
      movements += piece.checked.movements;
      position = piece.position;
      pieces++;
    }
    expect([movements, pieces > 4]).toEqual([whole.checked.movements, true]);
  });
});

describe("a ledger changed behind the service's back", () => {
  test.each(tamperings)("names the first row: %s", async (_what, sql, kind, epoch, seq) => {
    await using ledger = await openTestLedger(server);
    const { epochs } = await tellAll(ledger);
    await transaction(ledger.pool, client => makeSeal(client));
    expect((await verifyAll(ledger)).fault).toBeUndefined();
    await tamper(ledger, sql);
    const { fault } = await verifyAll(ledger);
    expect(fault).toMatchObject({ kind, epoch: epoch === null ? null : epochs[epoch], seq });
  });
});

test("reads what stands in two months in one page, also at the page's end", async () => {
  await using ledger = await openTestLedger(server);
  await tellAll(ledger);
  await tamper(
    ledger,
    `select movement_partition(now() + interval '1 month');
     insert into movement select (jsonb_populate_record(m, jsonb_build_object('record_time', record_time + interval '1 month'))).*
     from movement m ${row(0, 5)}`,
  );
  const page = await readEpochPage(ledger.pool, { epochId: 1, after: 0, limit: 5 });
  expect(page?.rows.map(({ seq, in_its_month }) => [seq, in_its_month])).toEqual([
    ...[1, 2, 3, 4, 5].map(seq => [seq, true]),
    [5, false],
  ]);
});

test("verifies one epoch alone, also from a sequence on", async () => {
  await using ledger = await openTestLedger(server);
  const { epochs } = await tellAll(ledger);
  await tamper(ledger, `update movement set quantity = 9 ${row(0, 2)}`);
  expect((await verifyAll(ledger, { site: "oslo" })).fault).toBeUndefined();
  expect((await verifyAll(ledger, { epoch: epochs[1] })).checked).toMatchObject({ epochs: 1, movements: 3, tags: 0 });
  expect((await verifyAll(ledger, { site: "lyon" })).fault).toMatchObject({ kind: "altered", seq: 2 });
  const from = { phase: "chain", epochId: 1, seq: 2, epochDone: false } as const;
  const behind = await verify(ledger.pool, { from, scope: { epoch: epochs[0] }, rowsMax: 1000, deadlineMs: 60_000 });
  expect(behind).toMatchObject({ fault: undefined, checked: { movements: 8 }, position: { phase: "done" } });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { gtin, tamper } from "./testing.ts";
import { verify } from "./verify.ts";
import { start } from "./walk.ts";

const box = "(01)19506000134359";
const later = "(01)29506000134356";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** A site with packs of a class, packs with serials, of which one came late, and one whose code was bound later. */
async function tellPacks(ledger: TestLedger): Promise<void> {
  const edge = new TestEdge("lyon");
  await ledger.bind("OAT", gtin);
  await ledger.bind("OAT", box, 12);
  await ledger.apply(
    edge.record(
      { code: box, quantity: 3, eventTimeMs: 10 },
      { code: `${box}(21)1`, eventTimeMs: 20 },
      { code: `${box}(21)1`, from: "dock", to: "shelf", eventTimeMs: 40 },
      { code: `${box}(21)1`, from: "dock", to: "bench", eventTimeMs: 30 },
      { code: later, quantity: 2, eventTimeMs: 50 },
    ),
  );
  await ledger.bind("OAT", later, 40);
}

function verifyAll({ pool }: TestLedger) {
  return verify(pool, { from: start, scope: {}, rowsMax: 1_000_000, deadlineMs: 60_000 });
}

test("packs verify, and count as what is in them", async () => {
  await using ledger = await openTestLedger(server);
  await tellPacks(ledger);
  expect((await verifyAll(ledger)).fault).toBeUndefined();
  expect(await ledger.stock("OAT")).toEqual({ "dock@lyon": 116, "shelf@lyon": 12, "supplier@lyon": -128 });
});

test("packs verify when their codes were taken away, or mean something else by now", async () => {
  await using ledger = await openTestLedger(server);
  await tellPacks(ledger);
  await ledger.pool.query(
    `insert into item_code_past (class_key, item_id, units) select class_key, item_id, units from item_code where class_key = $1`,
    [box],
  );
  await ledger.pool.query("update item_code set units = 24 where class_key = $1", [box]);
  expect((await verifyAll(ledger)).fault).toBeUndefined();
});

test.each([
  ["more in a pack", "update further_posting set quantity = 48 where seq = 1", "altered", 1],
  ["a pack counted as one", "update further_posting set quantity = 3 where seq = 1", "altered", 1],
  ["a pack from elsewhere", "update further_posting set posted_from = posted_to where seq = 3", "altered", 3],
  ["a pack's line taken away", "delete from further_posting where seq = 2", "missing", 2],
  [
    "a pack's line doubled",
    `insert into further_posting select epoch_id, seq, 2, site_id, code, item_id, posted_from, posted_to, quantity, event_time,
     record_time, why from further_posting where seq = 1`,
    "inserted",
    1,
  ],
  [
    "a pack posted with its row",
    "update movement set item_id = 1, posted_from = 1, posted_to = 2 where seq = 1; delete from further_posting where seq = 1",
    "altered",
    1,
  ],
  ["a late pack of more", "update further_posting set quantity = 13 where seq = 4 and line = 1", "altered", 4],
  ["a pack of one that was bound later", "update further_posting set quantity = 2 where seq = 5", "altered", 5],
  ["a thing of more units", `update tag set units = 24 where code = '${box}(21)1'`, "tag", 3],
  ["another content of a code", `update item_code set units = 6 where class_key = '${box}'`, "altered", 1],
])("names the first row: %s", async (_what, sql, kind, seq) => {
  await using ledger = await openTestLedger(server);
  await tellPacks(ledger);
  await tamper(ledger, sql);
  expect((await verifyAll(ledger)).fault).toMatchObject({ kind, seq });
});

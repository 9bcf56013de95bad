import { createLog } from "@tallygate/kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareBalances } from "../db/audit/balances.ts";
import { findStrayPosting, nextEpochId, readAuditedEpoch, readEpochPage, readHashAt } from "../db/audit/chain.ts";
import { findUnsealable } from "../db/audit/seals.ts";
import { readAuditedTags } from "../db/audit/tags.ts";
import { readStays, readThing, readThings } from "../db/audit/things.ts";
import { readBalance, readWhy } from "../db/audit/why.ts";
import { readHash } from "../db/ledger/movements.ts";
import { readHistories } from "../db/ledger/tags.ts";
import { type Client, openPool } from "../db/pool.ts";
import { readMovement, readMovementsById, readPostings } from "../db/queries/movements.ts";
import { readProjectedRows } from "../db/queries/projector.ts";
import { readLevelsAsOf } from "../db/queries/stock.ts";
import { readReversible } from "../db/record/reversals.ts";
import type { TestDatabase } from "../db/testing.ts";
import { openLargeLedger } from "../db/testing-large-ledger.ts";
import { plansOf } from "../db/testing-plans.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";
import { auditLimits } from "./limits.ts";

const movements = 200_000;
const things = 20_000;
const items = 400;
const thing = "(01)00000000000007(21)1007";

let database: TestDatabase;
beforeAll(async () => {
  database = await openLargeLedger({
    sites: 10,
    places: ["supplier", "dock", "shelf-1", "shelf-2", "shelf-3"],
    outside: ["supplier"],
    items,
    movements: {
      count: movements,
      item: `1 + n % ${things} % ${items}`,
      code: `'(01)' || lpad((1 + n % ${things} % ${items})::text, 14, '0') || '(21)' || n % ${things}`,
      from: `5 * (site - 1) + 1 + n / ${things} % 5`,
      to: `5 * (site - 1) + 1 + (n / ${things} + 1) % 5`,
      previous: {
        epoch: `case when n >= ${things} then site end`,
        seq: `case when n >= ${things} then seq - ${things / 10} end`,
      },
      step: "storing",
      readPoint: "'dock-1/1'",
    },
    more: rows,
  });
}, 120_000);
afterAll(() => database?.[Symbol.asyncDispose]());

const rows = `
  insert into item_code select '(01)' || lpad(n::text, 14, '0'), n from generate_series(1, ${items}) n;
  insert into further_posting select epoch_id, seq, 1, site_id, code, item_id, posted_from, posted_to, quantity, event_time, record_time, 'late'
    from movement where seq % 5 = 0;
  insert into tag select code, item_id, site_id, posted_to, event_time, event_time, epoch_id, seq from movement where seq > 18000;
  insert into stock select item_id, place_id, 1, 0 from (select distinct item_id, posted_to as place_id from movement) level;`;

/** Of the other tables there is so little that to read one whole is right. */
const large = new Set(["movement", "tag", "further_posting"]);

/** Gives how many statements were asked, and which large tables they read from end to end. */
async function scansOf(ask: (db: Client) => Promise<unknown>) {
  const { plans, scans } = await plansOf(database.pool, ask, "");
  return { plans, scans: scans.filter(table => large.has(table)) };
}

const asOf = "2026-11-02T12:00:00Z";
const examine = auditLimits.whyLinesExamined;
const key = ["2026-11-02T12:00:00Z", "2026-11-02T12:00:00Z", 3, 500] as const;
const place = { site: "site-3", place: "shelf-1" };

const questions: readonly [what: string, ask: (db: Client) => Promise<unknown>][] = [
  ["why, of one place", db => readWhy(db, 7, place, { asOf: undefined, after: undefined, examine, limit: 50 })],
  ["why, of all places", db => readWhy(db, 7, {}, { asOf: undefined, after: undefined, examine, limit: 50 })],
  [
    "why, as of an event time",
    db => readWhy(db, 7, place, { asOf: { asOf, by: "event" }, after: undefined, examine, limit: 50 }),
  ],
  [
    "why, as of a record time",
    db => readWhy(db, 7, place, { asOf: { asOf, by: "record" }, after: undefined, examine, limit: 50 }),
  ],
  ["why, the next page", db => readWhy(db, 7, place, { asOf: undefined, after: [...key, 0], examine, limit: 50 })],
  ["a balance as of a time", db => readBalance(db, 7, place, { asOf, by: "event" })],
  ["a balance as of a record time", db => readBalance(db, 7, place, { asOf, by: "record" })],
  ["stock as of a time", db => readLevelsAsOf(db, [7], place, { asOf, by: "event", limit: 100 })],
  ["stock as of a record time", db => readLevelsAsOf(db, [7, 8], {}, { asOf, by: "record", limit: 100 })],
  ["one thing", db => readThing(db, thing)],
  [
    "a thing's history",
    db =>
      readStays(
        db,
        { code: thing, epoch_id: 8, seq: 18_101 },
        { after: undefined, asOf: undefined, walk: 100, limit: 50 },
      ),
  ],
  [
    "a thing's history, the next page",
    db => readStays(db, { code: thing, epoch_id: 8, seq: 18_101 }, { after: key, asOf, walk: 100, limit: 50 }),
  ],
  ["things of an item", db => readThings(db, { sku: "SKU-7" }, { after: "", examine, limit: 50 })],
  [
    "things of an item at a place",
    db => readThings(db, { sku: "SKU-7", ...place }, { after: thing, examine, limit: 50 }),
  ],
  ["the next epoch", db => nextEpochId(db, 3)],
  ["an epoch", db => readAuditedEpoch(db, 3)],
  ["a page of an epoch", db => readEpochPage(db, { epochId: 3, after: 5_000, limit: 1_000 })],
  ["a hash", db => readHashAt(db, 3, 7)],
  ["stray postings", db => findStrayPosting(db, 3)],
  ["balances", db => compareBalances(db, [7])],
  ["a page of tags", db => readAuditedTags(db, thing, 200)],
  ["sealed points", db => findUnsealable(db, [{ site: "site-3", epoch: "0000000000000003", seq: 9, hash: "00" }])],
];

/** Of a movement that is asked for by its identity, and of those around it: how many of the six months they stand in. */
const identities: readonly [what: string, months: number, ask: (db: Client) => Promise<unknown>][] = [
  ["a movement", 1, db => readMovement(db, { site: "site-3", epoch: "0000000000000003", seq: 4_000 })],
  ["a movement's postings", 1, db => readPostings(db, { epochId: 3, seq: 4_000 })],
  ["movements of one month", 1, db => readMovementsById(db, [3_000, 3_100, 3_200].map(identity))],
  ["movements of two months", 2, db => readMovementsById(db, [3_000, 3_100, 19_000].map(identity))],
  ["a hash", 1, db => readHash(db, 3, 4_000)],
  ["movements to be reversed", 1, db => readReversible(db, [identity(4_000)])],
  ["sealed points", 1, db => findUnsealable(db, [{ ...identity(4_000), hash: "00" }])],
  ["an epoch's beginning", 0, db => readAuditedEpoch(db, 3)],
  [
    "the last movements of an epoch",
    2,
    db => readProjectedRows(db, [{ epoch_id: 3, after_seq: 19_900, cursor_seq: 20_000 }], 50),
  ],
  ["where a thing was when it was last seen", 1, db => readHistories(db, [{ tag, at: Date.parse("2026-11-04") }])],
  ["where a thing was all the time", 5, db => readHistories(db, [{ tag, at: 0 }])],
];

function identity(seq: number) {
  return { site: "site-3", epoch: "0000000000000003", seq };
}

const tag = { code: thing, itemId: 7, units: 1, siteId: 8, placeId: 1, since: 0, seen: 0, epochId: 8, seq: 18_101 };

describe("with 200,000 movements in six months, a movement is read from the month where it is", () => {
  test.each(identities)("%s", async (_what, count, ask) => {
    for (const settings of ["", byIndexOnly]) {
      const { months, indexes } = await plansOf(database.pool, ask, settings);
      expect([...indexes].filter(index => index !== "_pkey")).toEqual([]);
      expect(months.size).toBe(count);
    }
  });

  test("and statements that ask for one are planned once", async () => {
    const pool = openPool({ url: database.url, size: 1, applicationName: "test", log: createLog("test", "silent") });
    const client = await pool.connect();
    // Histories are read by transactions that say so themselves.
    for (let times = 0; times < 8; times++) {
      for (const [what, , ask] of identities) if (!what.startsWith("where a thing")) await ask(client);
    }
    const { rows } = await client.query("select name from pg_prepared_statements where generic_plans = 0");
    client.release();
    await pool.end();
    expect(rows).toEqual([]);
  });

  test("and one without its month is looked for in all of them", async () => {
    const sql = "select * from movement where epoch_id = 3 and seq = 4000";
    const { months } = await plansOf(database.pool, db => db.query(sql), "");
    expect(months.size).toBe(6);
  });
});

describe("with 200,000 movements, what is asked goes by index", () => {
  test.each(questions)("%s", async (_what, ask) => {
    const { plans, scans } = await scansOf(ask);
    expect(plans).toBeGreaterThan(0);
    expect(scans).toEqual([]);
  });

  test("and a question without an index is found", async () => {
    const { scans } = await scansOf(db => db.query("select count(*) from movement where code = $1", [thing]));
    expect(scans).toEqual(Array(5).fill("movement"));
  });

  test("and the answers are those of the rows", async () => {
    const { rows } = await readThings(database.pool, { sku: "SKU-7" }, { after: "", examine, limit: 500 });
    expect(rows).toHaveLength(things / items);
    const stays = await readStays(
      database.pool,
      { code: thing, epoch_id: 8, seq: 18_101 },
      { after: undefined, asOf: undefined, walk: 100, limit: 50 },
    );
    expect(stays.length).toBeGreaterThanOrEqual(10);
  });
});

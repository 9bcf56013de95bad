import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareBalances } from "../db/audit/balances.ts";
import { findStrayPosting, nextEpochId, readAuditedEpoch, readEpochPage, readHashAt } from "../db/audit/chain.ts";
import { findUnsealable } from "../db/audit/seals.ts";
import { readAuditedTags } from "../db/audit/tags.ts";
import { readStays, readThing, readThings } from "../db/audit/things.ts";
import { readBalance, readWhy } from "../db/audit/why.ts";
import type { Client } from "../db/pool.ts";
import { readLevelsAsOf } from "../db/queries/stock.ts";
import type { TestDatabase } from "../db/testing.ts";
import { openLargeLedger } from "../db/testing-large-ledger.ts";
import { plansOf } from "../db/testing-plans.ts";
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

describe("with 200,000 movements, what is asked goes by index", () => {
  test.each(questions)("%s", async (_what, ask) => {
    const { plans, scans } = await scansOf(ask);
    expect(plans).toBeGreaterThan(0);
    expect(scans).toEqual([]);
  });

  test("and a question without an index is found", async () => {
    const { scans } = await scansOf(db => db.query("select count(*) from movement where code = $1", [thing]));
    expect(scans).toHaveLength(1);
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

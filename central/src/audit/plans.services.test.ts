import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { compareBalances } from "../db/audit/balances.ts";
import { findStrayPosting, nextEpochId, readAuditedEpoch, readEpochPage, readHashAt } from "../db/audit/chain.ts";
import { findUnsealable } from "../db/audit/seals.ts";
import { readAuditedTags } from "../db/audit/tags.ts";
import { readStays, readThing, readThings } from "../db/audit/things.ts";
import { readBalance, readWhy } from "../db/audit/why.ts";
import type { Executor } from "../db/pool.ts";
import { readLevelsAsOf } from "../db/queries/stock.ts";
import { openTestServer, type TestDatabase, type TestServer } from "../db/testing.ts";
import { auditLimits } from "./limits.ts";

const movements = 200_000;
const items = 400;
const thing = "(01)00000000000007(21)1007";

let server: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  server = await openTestServer();
  database = await server.open();
  await database.pool.query(rows);
}, 120_000);
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Ten sites with 200,000 movements of 20,000 things of 400 items: only the plans count, so nothing has a right hash. */
const rows = `
  insert into site (code) select 'site-' || n from generate_series(1, 10) n;
  insert into place (site_id, code, outside) select s, code, code = 'supplier' from generate_series(1, 10) s,
    unnest(array['supplier', 'dock', 'shelf-1', 'shelf-2', 'shelf-3']) code;
  insert into item (sku, name, uom, catalogue_version) select 'SKU-' || n, 'x', 'H87', n from generate_series(1, ${items}) n;
  insert into item_code select '(01)' || lpad(n::text, 14, '0'), n from generate_series(1, ${items}) n;
  insert into epoch (site_id, code, start_hash, cursor_hash, cursor_seq)
    select s, lpad(to_hex(s), 16, '0'), sha256('x'), sha256('x'), ${movements / 10} from generate_series(1, 10) s;
  insert into movement (epoch_id, seq, site_id, quantity, event_time, record_time, item_id, posted_from, posted_to, previous_epoch_id,
      previous_seq, code, from_account, to_account, biz_step, read_point, cause, hash)
    select site, seq, site, 1, at, at, 1 + thing % ${items}, 5 * (site - 1) + 1 + round % 5, 5 * (site - 1) + 1 + (round + 1) % 5,
      case when round > 0 then site end, case when round > 0 then seq - 2000 end,
      '(01)' || lpad((1 + thing % ${items})::text, 14, '0') || '(21)' || thing,
      'dock', 'shelf-1', 'storing', 'dock-1/1', 'reading', sha256('x')
    from (select 1 + n % 10 as site, 1 + n / 10 as seq, n % 20000 as thing, n / 20000 as round,
        timestamptz '2026-11-01' + n * interval '1 s' as at from generate_series(0, ${movements - 1}) n) told;
  insert into further_posting select epoch_id, seq, 1, site_id, code, item_id, posted_from, posted_to, quantity, event_time, record_time, 'late'
    from movement where seq % 5 = 0;
  insert into tag select code, item_id, site_id, posted_to, event_time, event_time, epoch_id, seq from movement where seq > 18000;
  insert into stock select item_id, place_id, 1, 0 from (select distinct item_id, posted_to as place_id from movement) level;
  analyze`;

const Plan: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    "Index Name": z.string().optional(),
    Plans: z.array(Plan).optional(),
  }),
);
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string | undefined;
  readonly "Index Name"?: string | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const large = new Set(["movement", "tag", "further_posting"]);

/** Runs statements, and keeps which large tables their plans read from end to end. */
function watched(): { readonly db: Executor; readonly scans: string[]; readonly plans: () => number } {
  const scans: string[] = [];
  let plans = 0;
  const query = async (statement: unknown, given?: unknown) => {
    const { text, values } = z
      .union([
        z.object({ text: z.string(), values: z.array(z.unknown()) }),
        z.string().transform(text => ({ text, values: z.array(z.unknown()).parse(given ?? []) })),
      ])
      .parse(statement);
    const { rows } = await database.pool.query(`explain (format json) ${text}`, values);
    plans++;
    const visit = (node: PlanNode): void => {
      if (node["Node Type"].includes("Seq Scan") && large.has(node["Relation Name"] ?? ""))
        scans.push(`${node["Relation Name"]}: ${text}`);
      for (const child of node.Plans ?? []) visit(child);
    };
    visit(z.tuple([z.object({ Plan })]).parse(rows[0]["QUERY PLAN"])[0].Plan);
    return database.pool.query(text, values);
  };
  return { db: { query } as unknown as Executor, scans, plans: () => plans };
}

const asOf = "2026-11-02T12:00:00Z";
const examine = auditLimits.whyLinesExamined;
const key = ["2026-11-02T12:00:00Z", "2026-11-02T12:00:00Z", 3, 500] as const;
const place = { site: "site-3", place: "shelf-1" };

const questions: readonly [what: string, ask: (db: Executor) => Promise<unknown>][] = [
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
    const { db, scans, plans } = watched();
    await ask(db);
    expect(plans()).toBeGreaterThan(0);
    expect(scans).toEqual([]);
  });

  test("and a question without an index is found", async () => {
    const { db, scans } = watched();
    await db.query("select count(*) from movement where code = $1", [thing]);
    expect(scans).toHaveLength(1);
  });

  test("and the answers are those of the rows", async () => {
    const { rows } = await readThings(database.pool, { sku: "SKU-7" }, { after: "", examine, limit: 500 });
    expect(rows).toHaveLength(20_000 / items);
    const stays = await readStays(
      database.pool,
      { code: thing, epoch_id: 8, seq: 18_101 },
      { after: undefined, asOf: undefined, walk: 100, limit: 50 },
    );
    expect(stays.length).toBeGreaterThanOrEqual(10);
  });
});

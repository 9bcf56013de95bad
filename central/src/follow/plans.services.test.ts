import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStretches } from "../db/follow/cursors.ts";
import { markMoved } from "../db/follow/levels.ts";
import { readAwaited, readComplete, readLinesOf, readWorking } from "../db/follow/lines.ts";
import { readMoved, readSitesWithDocuments } from "../db/follow/moved.ts";
import { readAnnounced, readCounted, readLists, readMatchesOf, readReversed } from "../db/follow/traces.ts";
import { queueUnits, readAnnouncedUnits, readUnits } from "../db/follow/units.ts";
import type { Client } from "../db/pool.ts";
import type { TestDatabase } from "../db/testing.ts";
import { openLargeLedger } from "../db/testing-large-ledger.ts";
import { plansOf } from "../db/testing-plans.ts";
import { byIndexOnly } from "../ingest/apply-in-transaction.ts";

const documents = 100_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await openLargeLedger({
    sites: 10,
    places: ["supplier", "customer", "dock", "shelf"],
    outside: ["supplier", "customer"],
    items: 10,
    movements: {
      count: documents,
      item: "1 + seq % 10",
      code: "'thing ' || seq",
      from: "4 * (site - 1) + 3",
      to: "4 * (site - 1) + 2",
      step: "shipping",
      readPoint: "'dock-1/1'",
    },
    more: rows,
  });
}, 180_000);
afterAll(() => database?.[Symbol.asyncDispose]());

/** 100,000 open documents of three kinds at ten sites, all for ten items, so each item has many; and as many movements that they matched. */
const rows = `
  insert into document (id, kind, number, site_id, state, created_at, updated_at)
    select uuidv7(), (array['order', 'shipment', 'return'])[1 + n % 3], n, 1 + n % 10, 'x', now(), now()
    from generate_series(1, ${documents}) n;
  insert into document_line (document_id, line, site_id, item_id, asked, quantity, kind)
    select id, 1, site_id, 1 + number::integer / 10 % 10, 5, 5, kind from document;
  insert into document_unit (document_id, code) select id, '(00)' || number from document where kind = 'shipment';
  insert into document_unit_content (document_id, code, position, line, item_id, quantity, serial_code)
    select document_id, code, 1, 1, 1, 1, 'thing ' || code from document_unit;
  insert into document_list (id, site_id, read_point, step, opened_at, closed_at, outcome)
    select uuidv7(), 1 + n % 10, 'dock-' || n % 7, 'shipping', now() - n * interval '1 min', now() - n * interval '1 min', '{}'
    from generate_series(1, 20000) n;
  insert into document_list_member (list_id, position, document_id)
    select l.id, 0, d.id from (select id, row_number() over () n from document_list) l
    join (select id, row_number() over () n from document) d using (n);
  insert into document_match (epoch_id, seq, document_id, line, step, quantity, why, event_time)
    select m.epoch_id, m.seq, d.id, 1, 'done', 1, 'awaited', now() from movement m
    join (select id, row_number() over () - 1 as n from document) d on d.n = (m.epoch_id - 1) + 10 * (m.seq - 1);
  insert into document_thing (code, document_id, step, line) select 'thing ' || number, id, 'done', 1 from document;
  insert into follow_cursor select id, cursor_seq - 20 from epoch;
  insert into unit (code, site_id, seen) select code, 1, now() from document_unit;
  insert into unit_content (unit_code, item_id, code, serialised, quantity) select code, 1, 'x ' || code, true, 1 from unit;`;

const stretches = [1, 2].map(id => ({ epochId: id, siteId: id, after: documents / 10 - 20, upto: documents / 10 }));
const asked = [{ kind: "shipment", siteId: 3, itemId: 7 } as const, { kind: "order", siteId: 4, itemId: 1 } as const];
const lately = { newest: 50, withinMs: 1_000 };
const movements = [{ epochId: 1, seq: 77 }];
const span = { siteId: 1, readPoint: "dock-1", fromMs: Date.now() - 60_000, toMs: Date.now() };

const questions: readonly (readonly [string, (db: Client) => Promise<unknown>])[] = [
  ["the next movements", db => readStretches(db, 8_000)],
  ["marking levels", db => markMoved(db, { stretches, later: [] })],
  ["sites with documents", db => readSitesWithDocuments(db, [1, 2, 3])],
  ["movements that may be a document's", db => readMoved(db, { stretches, later: [], siteIds: [1, 2] })],
  ["lines that await an item", db => readAwaited(db, "done", asked, 100)],
  ["lines that await to be picked", db => readAwaited(db, "picked", asked, 100)],
  ["lines that await an arrival", db => readAwaited(db, "arriving", asked, 100)],
  ["complete notices", db => readComplete(db, asked, lately)],
  ["what a site works with", db => readWorking(db, asked, lately)],
  ["open lists", db => readLists(db, [span], 50)],
  ["counted things", db => readCounted(db, ["thing 7"])],
  ["announced things", db => readAnnounced(db, ["thing (00)7"])],
  ["what a movement carried out", db => readMatchesOf(db, movements)],
  ["movements that were taken back", db => readReversed(db, movements)],
  ["lines of documents", async db => readLinesOf(db, await someDocuments(db), [1, 2])],
  ["movements of units", db => queueUnits(db, stretches)],
  ["announced units", db => readAnnouncedUnits(db, ["(00)4"])],
  ["units and their contents", db => readUnits(db, ["(00)4"])],
];

async function someDocuments(db: Client): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>("select id from document order by id limit 3");
  return rows.map(({ id }) => id);
}

describe("with 100,000 open documents, what is asked for a movement goes by index", () => {
  test.each(questions)("%s", async (_what, ask) => {
    const { scans, plans } = await plansOf(database.pool, ask, byIndexOnly);
    expect(plans).toBeGreaterThan(0);
    expect(scans).toEqual([]);
  });

  test("and reads no more lines than it needs", async () => {
    const { read } = await plansOf(database.pool, db => readAwaited(db, "done", asked, 2), byIndexOnly);
    expect(read).toBeLessThan(20);
  });
});

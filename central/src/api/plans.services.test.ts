import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readChanges } from "../db/audit/changes.ts";
import { type ItemRow, readItems } from "../db/catalogue/items.ts";
import { readPrices } from "../db/catalogue/prices.ts";
import { listCounts } from "../db/counts/counts.ts";
import { listObservations } from "../db/counts/observations.ts";
import { listDocuments } from "../db/documents/list.ts";
import { readLists } from "../db/documents/lists.ts";
import { listDeliveries } from "../db/events/deliveries.ts";
import { findEvents, readSeqBefore } from "../db/events/log.ts";
import { readExceptions } from "../db/exceptions/read.ts";
import { readLots } from "../db/places/lots.ts";
import { readReorderPoints } from "../db/places/reorder-points.ts";
import type { Client } from "../db/pool.ts";
import { type MovementKey, type MovementRow, readMovements } from "../db/queries/movements.ts";
import { readStockItems } from "../db/queries/stock.ts";
import { listReservations } from "../db/reservations/list.ts";
import type { TestDatabase } from "../db/testing.ts";
import { openLargeLedger } from "../db/testing-large-ledger.ts";
import { plansOf } from "../db/testing-plans.ts";

const n = 50_000;
const limit = 50;
const ofQuiet = 200;
/** Of each list, a page of 50: what is read besides them is some filtered rows and what belongs to them, and never the table. */
const readMax = n / 5;

let database: TestDatabase;
beforeAll(async () => {
  database = await openLargeLedger({
    sites: 20,
    places: ["supplier", "customer", "dock", "shelf"],
    outside: ["supplier", "customer"],
    items: n,
    movements: {
      count: n,
      item: "1 + n % 500",
      code: "'thing ' || n",
      from: "4 * (site - 1) + 1",
      to: "4 * (site - 1) + 3",
      step: "receiving",
      readPoint: "'dock-' || n % 3",
    },
    more: rows,
  });
}, 180_000);
afterAll(() => database?.[Symbol.asyncDispose]());

/** 50,000 rows of each other table that grows, most of them done with, and next to nothing of each kind at the site `quiet`. */
const rows = `
  insert into site (code) values ('quiet');
  insert into place (site_id, code, outside) select 21, code, code in ('supplier', 'customer')
    from unnest(array['supplier', 'customer', 'dock', 'shelf']) code;
  insert into epoch (site_id, code, start_hash, cursor_hash) values (21, lpad(to_hex(21), 16, '0'), '', '');
  update item set status = 'draft' where id % 5000 = 0;
  insert into movement (epoch_id, seq, site_id, quantity, event_time, record_time, code, from_account, to_account, biz_step, read_point, cause, hash)
    select 21, n, 21, 1, at, at, 'x', 'supplier', 'dock', 'receiving', 'dock-1', 'reading', ''
    from generate_series(1, ${ofQuiet}) n, lateral (select timestamptz '2026-11-01' + n / 3 * interval '1 s' as at);
  update item set name = name || ' teabags' where id % 5000 = 0;
  insert into item_code select '(01)' || lpad(n::text, 14, '0'), n from generate_series(1, ${n}) n;
  insert into item_party_code select 'party-' || n % 7, 'P' || n, n from generate_series(1, ${n}) n;
  insert into price (item_id, list, currency, amount) select n, 'list-' || n % 3, 'EUR', n from generate_series(1, ${n}) n;
  insert into stock (item_id, place_id, site_id, on_hand)
    select n, 4 * (n % 20) + 3, n % 20 + 1, 5 from generate_series(1, ${n}) n;
  insert into stock select 7, 84, 21, 1;
  insert into held_movement select 1, n, '(01)' || n, 'code.unknown' from generate_series(1, 20) n;
  insert into document (id, kind, number, site_id, to_site_id, state, partner, reference, created_at, updated_at, ended_at)
    select uuidv7(), case when n % 5000 = 1 then 'return' when n % 3 = 0 then 'shipment' else 'order' end, n, 1 + n % 20, null, 'shipped',
      'partner-' || n / 20, 'reference-' || n, now(), now(), case when n % 1000 <> 0 then now() end
    from generate_series(1, ${n}) n;
  insert into document_line (document_id, line, kind, site_id, item_id, asked, quantity, open)
    select id, 1, kind, site_id, number::integer, 5, 5, false from document;
  insert into document_list (id, site_id, read_point, step, opened_at, closed_at, outcome)
    select uuidv7(), 1 + n % 20, 'dock-' || n, 'shipping', now(), case when n % 1000 <> 0 then now() end,
      case when n % 1000 <> 0 then '{}'::jsonb end
    from generate_series(1, ${n}) n;
  insert into document_list_member (list_id, position, document_id) select l.id, 0, d.id
    from (select id, row_number() over () n from document_list) l join (select id, row_number() over () n from document) d using (n);
  insert into reservation (id, state, policy, reference, created_at, expires_at, ended_at)
    select uuidv7(), case when n % 1000 = 0 then 'held' else 'fulfilled' end, 'one', 'reference-' || n, now(), now() + interval '1 h',
      case when n % 1000 <> 0 then now() end
    from generate_series(1, ${n}) n;
  insert into reservation_hold (reservation_id, line, place_id, site_id, item_id, quantity)
    select id, 1, 3, 1 + row_number() over () % 20, row_number() over (), 1 from reservation;
  insert into api_change (time, actor, action, resource, site_id)
    select timestamptz '2026-11-01' + n * interval '1 s', case when n % 5000 = 0 then 'person:maria' else 'client:web-shop' end, 'order.add',
      '/v1/orders/' || n % 10000, 1 + n % 20
    from generate_series(1, ${n}) n;
  insert into event (seq, id, type, key, site, time, recorded_at, data)
    select n, uuidv7(), 'stock.level_changed', 'item:' || n % 10000, 'site-' || 1 + n % 20, at, at, '{}'
    from generate_series(1, ${n}) n, lateral (select timestamptz '2026-11-01' + n * interval '1 s' as at);
  insert into webhook (id, url, secret, position) values ('01900000-0000-7000-8000-000000000000', 'x', 'x', 0);
  insert into webhook_delivery (webhook_id, seq, key, state)
    select '01900000-0000-7000-8000-000000000000', seq, key, case when seq % 1000 = 0 then 'waiting' else 'dead' end from event;
  insert into exception (site_id, problem, key, detail, state)
    select 1 + n % 20, case when n % 5000 = 0 then 'batch.unreadable' else 'code.unknown' end, 'key-' || n, 'x',
      case when n % 1000 = 0 then 'open' else 'resolved' end
    from generate_series(1, ${n}) n;
  insert into lot (item_id, lot, expires_on, status)
    select n, 'L' || n % 10000, date '2026-11-01' + n / 20, case when n % 5000 = 0 then 'blocked' else 'available' end
    from generate_series(1, ${n}) n;
  insert into lot_stock select n, 4 * (n % 20) + 3, 'L' || n % 10000, n % 20 + 1, 5 from generate_series(1, ${n}) n;
  insert into reorder_point (item_id, site_id, quantity, clear_above, below_since)
    select n, 1 + n % 20, 1, 1, case when n % 1000 = 0 then now() end from generate_series(1, ${n}) n;
  insert into stock_count (id, site_id, kind, blind, all_items, state, created_by, created_at)
    select uuidv7(), 1 + n % 20, 'cycle', true, true, case when n % 1000 = 0 then 'counting' else 'posted' end, 'person:maria', now()
    from generate_series(1, ${n}) n;
  insert into count_observation (site_id, epoch, seq, place, code, quantity, event_time, read_point, session, count_id)
    select 1 + n % 20, '00', n, 'shelf', 'x', 1, now(), 'x', 'x', case when n % 1000 <> 0 then uuidv7() end from generate_series(1, ${n}) n;`;

const page = { before: undefined, limit };
const newest = { after: undefined, limit };
const older = { after: ["2026-11-01T00:00:30.000000Z", 21, 91], limit } as const;
const pastId = "ffffffff-ffff-7fff-bfff-ffffffffffff";
const time = "2026-11-01T06:00:00Z";
const site = "site-3";
const sites = ["site-3", "site-4"];
const events = { after: 100, upTo: 1_100, limit };
const kind = "order";

const questions: readonly (readonly [string, (db: Client) => Promise<unknown>])[] = [
  ["orders", db => listDocuments(db, { kind }, page)],
  ["orders, the next page", db => listDocuments(db, { kind }, { before: pastId, limit })],
  ["orders of a site", db => listDocuments(db, { kind, site }, page)],
  ["orders of some sites", db => listDocuments(db, { kind, within: sites }, page)],
  ["orders of a quiet site", db => listDocuments(db, { kind, within: ["quiet"] }, page)],
  ["orders that are open", db => listDocuments(db, { kind, open: true }, page)],
  ["orders by number", db => listDocuments(db, { kind, number: "77" }, page)],
  ["orders by reference", db => listDocuments(db, { kind, reference: "reference-77" }, page)],
  ["orders of a partner", db => listDocuments(db, { kind, partner: "partner-77" }, page)],
  ["orders of an item", db => listDocuments(db, { kind, sku: "SKU-77" }, page)],
  ["orders in a state", db => listDocuments(db, { kind, state: "shipped" }, page)],
  ["few returns among many orders", db => listDocuments(db, { kind: "return" }, page)],
  ["returns of an order", db => listDocuments(db, { kind: "return", order: pastId }, page)],
  ["lists", db => readLists(db, {}, page)],
  ["lists of a site", db => readLists(db, { site }, page)],
  ["lists of a quiet site", db => readLists(db, { within: ["quiet"] }, page)],
  ["open lists", db => readLists(db, { open: true }, page)],
  ["lists with a document", db => readLists(db, { document: pastId }, page)],
  ["reservations", db => listReservations(db, {}, page)],
  ["reservations that hold", db => listReservations(db, { state: "held" }, page)],
  ["reservations by reference", db => listReservations(db, { reference: "reference-77" }, page)],
  ["reservations of an item", db => listReservations(db, { sku: "SKU-77" }, page)],
  ["reservations at a site", db => listReservations(db, { site }, page)],
  ["reservations at a quiet site", db => listReservations(db, { site: "quiet" }, page)],
  ["movements", db => readMovements(db, { by: "record" }, newest)],
  ["movements of a site", db => readMovements(db, { site, by: "record" }, newest)],
  ["movements of some sites", db => readMovements(db, { sites, by: "record" }, newest)],
  ["movements of a quiet site", db => readMovements(db, { site: "quiet", by: "record" }, newest)],
  ["movements of a quiet site, the next page", db => readMovements(db, { site: "quiet", by: "record" }, older)],
  [
    "movements of a quiet site until a time",
    db => readMovements(db, { site: "quiet", until: time, by: "record" }, newest),
  ],
  [
    "movements of a quiet site and a busy one",
    db => readMovements(db, { sites: ["quiet", site], by: "record" }, newest),
  ],
  ["movements at a read point", db => readMovements(db, { readPoint: "dock-1", by: "record" }, newest)],
  ["movements that are held", db => readMovements(db, { state: "held", by: "record" }, newest)],
  ["movements of an item", db => readMovements(db, { sku: "SKU-77", by: "record" }, newest)],
  ["movements until a time", db => readMovements(db, { until: time, by: "record" }, newest)],
  ["changes", db => readChanges(db, newest)],
  ["changes, the next page", db => readChanges(db, { after: [time, 7], limit })],
  ["changes by somebody", db => readChanges(db, { actor: "person:maria", ...newest })],
  ["changes by a busy client", db => readChanges(db, { actor: "client:web-shop", ...newest })],
  ["changes of a resource", db => readChanges(db, { resource: "/v1/orders/77", ...newest })],
  ["changes at a site", db => readChanges(db, { site, ...newest })],
  ["changes at a quiet site", db => readChanges(db, { sites: ["quiet"], ...newest })],
  ["changes at some sites", db => readChanges(db, { sites, ...newest })],
  ["changes until a time", db => readChanges(db, { until: time, ...newest })],
  ["events", db => findEvents(db, events)],
  ["events of a key", db => findEvents(db, { after: 0, upTo: n, key: "item:77", limit })],
  ["events of a type", db => findEvents(db, { ...events, types: ["order.%"] })],
  ["events of some sites", db => findEvents(db, { ...events, sites, everywhere: [] })],
  ["events since a time", db => readSeqBefore(db, time)],
  ["deliveries", db => listDeliveries(db, { id: pastId, state: undefined, ...newest })],
  [
    "deliveries that wait",
    db => listDeliveries(db, { id: "01900000-0000-7000-8000-000000000000", state: "waiting", ...newest }),
  ],
  ["exceptions", db => readExceptions(db, { limit })],
  ["exceptions that are open", db => readExceptions(db, { state: "open", limit })],
  ["exceptions of a site", db => readExceptions(db, { site, limit })],
  ["exceptions of a problem", db => readExceptions(db, { problem: "batch.unreadable", limit })],
  ["lots", db => readLots(db, {}, newest)],
  ["lots of an item", db => readLots(db, { sku: "SKU-77" }, newest)],
  ["lots of a name", db => readLots(db, { lot: "L77" }, newest)],
  ["lots that expire", db => readLots(db, { expiresBefore: "2027-01-01" }, newest)],
  ["lots at a site", db => readLots(db, { site }, newest)],
  ["lots that are blocked", db => readLots(db, { status: "blocked" }, newest)],
  ["reorder points", db => readReorderPoints(db, {}, newest)],
  ["reorder points of an item", db => readReorderPoints(db, { sku: "SKU-77" }, newest)],
  ["reorder points that are crossed", db => readReorderPoints(db, { below: true }, newest)],
  ["counts", db => listCounts(db, {}, page)],
  ["counts of a site", db => listCounts(db, { site }, page)],
  ["counts of a quiet site", db => listCounts(db, { sites: ["quiet"] }, page)],
  ["what was counted at a site", db => listObservations(db, { site, waiting: false }, newest)],
  ["what waits for a count", db => listObservations(db, { site, waiting: true }, newest)],
  ["items", db => readItems(db, { limit })],
  ["items by words that all of them have", db => readItems(db, { search: "gra", limit })],
  ["items by words that few of them have", db => readItems(db, { search: "teab", limit })],
  ["items by words that none of them has", db => readItems(db, { search: "zebra", limit })],
  ["items by words, the next page", db => readItems(db, { search: "grain teab", after: "SKU-30000", limit })],
  ["items by code", db => readItems(db, { classKey: "(01)00000000000077", limit })],
  ["items by a party's code", db => readItems(db, { partyCode: "P77", party: "party-0", limit })],
  ["items in a state", db => readItems(db, { status: "draft", limit })],
  ["items with stock at a site", db => readStockItems(db, { site }, newest)],
  ["items with stock at a quiet site", db => readStockItems(db, { site: "quiet" }, newest)],
  ["prices", db => readPrices(db, { after: 0, limit })],
  ["prices of an item", db => readPrices(db, { sku: "SKU-77", after: 0, limit })],
  ["prices of a list", db => readPrices(db, { list: "list-1", after: 0, limit })],
];

describe("with 50,000 rows of each kind, a page of a list is read without the rest of them", () => {
  test.each(questions)("%s", async (_what, ask) => {
    const { plans, read } = await plansOf(database.pool, ask, "");
    expect(plans).toBeGreaterThan(0);
    expect(read).toBeLessThan(readMax);
  });

  test("and a question without an index is found", async () => {
    const { read } = await plansOf(database.pool, db => db.query("select 1 from document where version = 7"), "");
    expect(read).toBe(n);
  });
});

/** All that a list gives, page by page. */
async function all<T>(read: (last: T | undefined) => Promise<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for (;;) {
    const rows = await read(found.at(-1));
    found.push(...rows);
    if (rows.length === 0) return found;
  }
}

describe("what such a page is read by changes nothing of what it shows:", () => {
  test.each([[["quiet"]], [["quiet", site]], [["nowhere"]]])("movements of %j", async within => {
    const pages = await all<MovementRow>(last => {
      const after: MovementKey | undefined = last && [last.record_time, last.epoch_id, last.seq];
      return readMovements(database.pool, { sites: within, by: "record" }, { after, limit: 37 });
    });
    const { rows } = await database.pool.query(
      `select epoch_id, seq from movement where site_id in (select id from site where code = any($1))
       order by record_time desc, epoch_id desc, seq desc`,
      [within],
    );
    expect(pages.map(({ epoch_id, seq }) => ({ epoch_id, seq }))).toEqual(rows);
  });

  test.each(["teab", "grain 4999", "gra teab", "zebra"])("items by %j", async search => {
    const pages = await all<ItemRow>(last => readItems(database.pool, { search, after: last?.item.sku, limit: 3 }));
    const { rows } = await database.pool.query(
      "select sku from item where words @@ to_tsquery('simple', $1) order by sku",
      [
        search
          .split(" ")
          .map(word => `${word}:*`)
          .join(" & "),
      ],
    );
    expect(pages.map(({ item }) => item.sku)).toEqual(rows.map(({ sku }) => sku));
  });
});

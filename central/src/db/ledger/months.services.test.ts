import { readdir, readFile } from "node:fs/promises";
import { createLog } from "@tallygate/kit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { applyBatches, openLedger } from "../../ingest/apply.ts";
import { openMonths } from "../../ingest/months.ts";
import { received, TestEdge } from "../../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../../ingest/testing-ledger.ts";
import { openPool, type Pool } from "../pool.ts";
import { openTestServer, type TestServer } from "../testing.ts";
import { monthsOf, openMonthsFrom, setRecordClock } from "../testing-months.ts";
import { makeMonths } from "./months.ts";

const log = createLog("test", "silent");

let server: TestServer;
let ledger: TestLedger;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** A ledger of July and August, and the clock where `at` says. */
async function openSummer(at: string): Promise<AsyncDisposable> {
  ledger = await openTestLedger(server);
  await openMonthsFrom(ledger.pool, "2026-07-01", 2);
  await setRecordClock(ledger.pool, `timestamptz '${at}'`);
  await ledger.bind("OAT", "(01)09506000134352");
  return ledger;
}

/** What each month has of the first epoch, and where the epoch's months begin. */
async function kept(): Promise<Record<string, string>> {
  const rows = await ledger.rows<{ month: string; seqs: string }>(
    `select tableoid::regclass::text as month, string_agg(seq::text, ' ' order by seq) as seqs from movement
     where epoch_id = (select min(id) from epoch) group by 1`,
  );
  return Object.fromEntries(rows.map(({ month, seqs }) => [month, seqs]));
}

/** Each movement as it is found by its identity; none is missing. */
async function found(): Promise<number> {
  const [row] = await ledger.rows<{ found: number; there: number }>(
    `select count(at.seq) as found, count(*) as there from movement m left join lateral movement_at(m.epoch_id, m.seq) at on at.hash = m.hash`,
  );
  expect(row?.found).toBe(row?.there);
  return row?.found ?? 0;
}

const row = (seq: number, at: string, epoch = 1) => `(${epoch}, ${seq}, 1, 1, now(), '${at}', 'x', 'supplier', 'dock',
  'receiving', 'dock-1/1', 'reading', sha256('x'))`;
const insert = (
  ...rows: string[]
) => `insert into movement (epoch_id, seq, site_id, quantity, event_time, record_time, code, from_account,
  to_account, biz_step, read_point, cause, hash) values ${rows.join(", ")}`;

async function openEpochs(pool: Pool): Promise<void> {
  await pool.query("insert into site (code) values ('lyon')");
  await pool.query(
    "insert into epoch (site_id, code, start_hash, cursor_hash) select 1, n, sha256('x'), sha256('x') from generate_series(1, 2) n",
  );
}

describe("a month that ends", () => {
  test("is followed by the next in the middle of what two processes apply, and each movement is found by its identity", async () => {
    await using _summer = await openSummer("2026-07-31T23:59:59.999999Z");
    const other = openLedger({ pool: ledger.pool, log });
    const edges = ["lyon", "oslo", "bergen"].map(site => new TestEdge(site));
    const send = (to: string) => edges.map(edge => received(edge.record({ eventTimeMs: 10 }, { to, eventTimeMs: 20 })));
    const round = async (to: string) => {
      const [first, ...rest] = send(to);
      await Promise.all([applyBatches(ledger.ledger, first === undefined ? [] : [first]), applyBatches(other, rest)]);
    };
    await round("shelf");
    await Promise.all([round("dock"), setRecordClock(ledger.pool, "timestamptz '2026-08-01Z'")]);
    await round("shelf");
    await round("dock");
    expect(await found()).toBe(3 * 8);
    expect(Object.keys(await kept())).toEqual(["movement_2026_07", "movement_2026_08"]);
    const months = await ledger.rows("select count(*)::int as months from epoch_month group by epoch_id");
    expect(months).toEqual([1, 2, 3].map(() => ({ months: 2 })));
  });

  test("has all that was recorded up to its last microsecond, and nothing of the next", async () => {
    await using _summer = await openSummer("2026-07-31T23:59:59.999999Z");
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ eventTimeMs: 10 }, { to: "shelf", eventTimeMs: 20 }));
    await setRecordClock(ledger.pool, "timestamptz '2026-08-01T00:00:00Z'");
    await ledger.apply(edge.record({ eventTimeMs: 30 }));
    expect(await kept()).toEqual({ movement_2026_07: "1 2", movement_2026_08: "3" });
    expect(await ledger.rows("select first_seq, since::date::text from epoch_month order by 1")).toEqual([
      { first_seq: 1, since: "2026-07-01" },
      { first_seq: 3, since: "2026-08-01" },
    ]);
  });

  test("lets a thing's history be walked back into it by a movement that comes late", async () => {
    await using _summer = await openSummer("2026-07-31T12:00:00Z");
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ eventTimeMs: 10 }, { from: "dock", to: "shelf", eventTimeMs: 40 }));
    await setRecordClock(ledger.pool, "timestamptz '2026-08-01T00:00:00Z'");
    await ledger.apply(edge.record({ from: "shelf", to: "customer", eventTimeMs: 50 }));
    await ledger.apply(edge.record({ from: "dock", to: "bench", eventTimeMs: 30 }));
    expect(await ledger.stockAsOf("OAT", 35)).toEqual({ "bench@lyon": 1, "supplier@lyon": -1 });
    expect(await ledger.stock("OAT")).toEqual({ "customer@lyon": 1, "supplier@lyon": -1 });
  });

  test("takes movements again when the clock goes back, and each is still found by its identity", async () => {
    await using _summer = await openSummer("2026-08-01T00:00:01Z");
    const edge = new TestEdge("lyon");
    await ledger.apply(edge.record({ eventTimeMs: 10 }));
    await setRecordClock(ledger.pool, "timestamptz '2026-07-31T23:59:59Z'");
    await ledger.apply(edge.record({ to: "shelf", eventTimeMs: 20 }));
    await setRecordClock(ledger.pool, "timestamptz '2026-08-01T00:00:02Z'");
    await ledger.apply(edge.record({ to: "dock", eventTimeMs: 30 }));
    expect(await kept()).toEqual({ movement_2026_07: "2", movement_2026_08: "1 3" });
    expect(await found()).toBe(3);
  });
});

describe("a month that nobody has made", () => {
  test("is made by the commits that need it, once, whichever of them comes first", async () => {
    await using _summer = await openSummer("2031-03-15T12:00:00Z");
    const edges = ["lyon", "oslo", "bergen", "turin"].map(site => new TestEdge(site));
    const batches = edges.map(edge => received(edge.record({ code: `code:${edge.site}`, eventTimeMs: 10 })));
    const applied = await Promise.all(
      batches.map(batch => applyBatches(openLedger({ pool: ledger.pool, log }), [batch])),
    );
    expect(applied.map(({ movements }) => movements)).toEqual([1, 1, 1, 1]);
    expect(await monthsOf(ledger.pool)).toEqual(["movement_2026_07", "movement_2026_08", "movement_2031_03"]);
    expect(await found()).toBe(4);
  });

  test("is made ahead, by several processes at once, and made again is as it was", async () => {
    await using _summer = await openSummer("2026-12-31T23:00:00Z");
    const processes = [1, 2, 3].map(() => openMonths({ pool: ledger.pool, log }));
    const made = ["movement_2026_07", "movement_2026_08", "movement_2026_12", "movement_2027_01", "movement_2027_02"];
    await vi.waitFor(async () => expect(await monthsOf(ledger.pool)).toEqual(made));
    for (const process of processes) await process[Symbol.asyncDispose]();
    await makeMonths(ledger.pool, 2);
    expect(await monthsOf(ledger.pool)).toEqual(made);
  });

  test("is told of when PostgreSQL has few locks for so many, with how many it should have", async () => {
    await using _summer = await openSummer("2026-08-15T12:00:00Z");
    const [row] = await ledger.rows<{ locks: number }>(
      "select current_setting('max_locks_per_transaction')::integer as locks",
    );
    const told = vi.fn();
    const watched = { warn: (_: unknown, text?: string) => told(text) };
    const enough = openMonths({ pool: ledger.pool, log: watched });
    await vi.waitFor(async () => expect(await monthsOf(ledger.pool)).toHaveLength(4));
    await enough[Symbol.asyncDispose]();
    expect(told).not.toHaveBeenCalled();
    const months = Math.ceil((2 * (row?.locks ?? 0)) / 7) + 1;
    await openMonthsFrom(ledger.pool, "2026-08-01", months);
    await using _few = openMonths({ pool: ledger.pool, log: watched });
    await vi.waitFor(() => expect(told).toHaveBeenCalled());
    expect(told.mock.calls[0]?.[0]).toContain(
      `for the ${months} months of the ledger: set max_locks_per_transaction to ${14 * months}`,
    );
  });

  test("is made beside a transaction that has appended, and movements are appended beside one that makes it", async () => {
    await using _summer = await openSummer("2026-08-15T12:00:00Z");
    await openEpochs(ledger.pool);
    const [appending, making] = [await ledger.pool.connect(), await ledger.pool.connect()];
    await appending.query("begin");
    await appending.query(insert(row(1, "2026-08-15T12:00:00Z")));
    await making.query("begin; set local lock_timeout = '1s'");
    await making.query("select movement_partition('2026-09-15Z')");
    await appending.query(insert(row(2, "2026-08-15T12:00:00Z")));
    await appending.query("commit");
    await ledger.pool.query(
      `set lock_timeout = '1s'; ${insert(row(1, "2026-08-15T12:00:00Z", 2))}; reset lock_timeout`,
    );
    expect(await found()).toBe(3);
    await making.query("commit");
    appending.release();
    making.release();
    expect(await monthsOf(ledger.pool)).toEqual(["movement_2026_07", "movement_2026_08", "movement_2026_09"]);
  });

  test("begins with the first microsecond of the month in UTC, whatever time zone a connection has", async () => {
    await using _summer = await openSummer("2026-08-31T23:30:00Z");
    const url = `${ledger.url}?options=${encodeURIComponent("-c timezone=Pacific/Auckland")}`;
    const pool = openPool({ url, size: 1, applicationName: "test", log });
    await makeMonths(pool, 1);
    await applyBatches(openLedger({ pool, log }), [received(new TestEdge("lyon").record({ eventTimeMs: 10 }))]);
    await pool.end();
    expect(await monthsOf(ledger.pool)).toEqual(["movement_2026_07", "movement_2026_08", "movement_2026_09"]);
    expect(await kept()).toEqual({ movement_2026_08: "1" });
    expect(await ledger.rows("select since at time zone 'UTC' as since from epoch_month")).toEqual(
      await ledger.rows("select timestamp '2026-08-01' as since"),
    );
  });
});

describe("a second movement of one identity is refused by the database", () => {
  const taken: readonly (readonly [string, string])[] = [
    ["in the same month", insert(row(3, "2026-07-20Z"))],
    [
      "in the same month, into the partition itself",
      insert(row(3, "2026-07-20Z")).replace("movement", "movement_2026_07"),
    ],
    ["in the next month", insert(row(3, "2026-08-20Z"))],
    [
      "in the next month, into the partition itself",
      insert(row(3, "2026-08-20Z")).replace("movement", "movement_2026_08"),
    ],
    ["in the next month, with others", insert(row(5, "2026-08-20Z"), row(6, "2026-08-20Z"), row(4, "2026-08-20Z"))],
    ["in one statement, in two months", insert(row(5, "2026-07-20Z"), row(5, "2026-08-20Z"))],
    [
      "in one statement, the months being mixed",
      insert(row(5, "2026-08-20Z"), row(6, "2026-07-20Z"), row(7, "2026-08-20Z")),
    ],
  ];

  test.each(taken)("%s", async (_where, sql) => {
    await using _summer = await openSummer("2026-07-15Z");
    await openEpochs(ledger.pool);
    await ledger.pool.query(insert(...[1, 2, 3, 4].map(seq => row(seq, "2026-07-15Z"))));
    await expect(ledger.pool.query(sql)).rejects.toMatchObject({ code: "23505" });
    expect(await kept()).toEqual({ movement_2026_07: "1 2 3 4" });
  });

  test("in a month that is over, once the epoch has gone on", async () => {
    await using _summer = await openSummer("2026-07-15Z");
    await openEpochs(ledger.pool);
    await ledger.pool.query(insert(row(1, "2026-07-15Z"), row(2, "2026-08-15Z")));
    await expect(ledger.pool.query(insert(row(2, "2026-07-16Z")))).rejects.toMatchObject({ code: "23505" });
    expect(await found()).toBe(2);
  });

  test("when two transactions append it at once, to two months", async () => {
    await using _summer = await openSummer("2026-07-15Z");
    await openEpochs(ledger.pool);
    const [july, august] = [await ledger.pool.connect(), await ledger.pool.connect()];
    await ledger.pool.query(insert(row(1, "2026-07-15Z")));
    await july.query("begin");
    await july.query(insert(row(2, "2026-07-15Z")));
    const later = august.query(insert(row(2, "2026-08-15Z"))).catch((error: unknown) => error);
    await vi.waitFor(async () => {
      const waiting = await ledger.rows("select from pg_locks where not granted");
      expect(waiting).toHaveLength(1);
    });
    await july.query("commit");
    expect(await later).toMatchObject({ code: "23505" });
    july.release();
    august.release();
    expect(await kept()).toEqual({ movement_2026_07: "1 2" });
  });
});

test("a month that was detached takes no movements any more, and the rest of the ledger goes on", async () => {
  await using _summer = await openSummer("2026-07-15Z");
  await openEpochs(ledger.pool);
  await ledger.pool.query(insert(row(1, "2026-07-15Z"), row(2, "2026-08-15Z")));
  await ledger.pool.query("alter table movement detach partition movement_2026_07 concurrently");
  const late = insert(row(3, "2026-07-15Z")).replace("movement", "movement_2026_07");
  await expect(ledger.pool.query(late)).rejects.toMatchObject({ code: "23001" });
  await ledger.pool.query(insert(row(3, "2026-08-15Z")));
  expect(await kept()).toEqual({ movement_2026_08: "2 3" });
});

test("a ledger from before there were months becomes the first of them, and goes on", async () => {
  await using database = await server.openEmpty();
  const { pool } = database;
  const folder = new URL("../migrations/", import.meta.url);
  const files = (await readdir(folder)).filter(name => name.endsWith(".sql")).sort();
  const upTo = files.filter(name => name < "0021");
  for (const name of upTo) {
    if (name === "0001-ledger.sql") await pool.query("create table migration (number integer)");
    await pool.query(await readFile(new URL(name, folder), "utf8"));
  }
  await openEpochs(pool);
  await pool.query(insert(row(1, "2025-02-03Z"), row(2, "2026-07-15Z")));
  await pool.query("update epoch set cursor_seq = 2 where id = 1");
  for (const name of files.filter(name => name >= "0021")) {
    await pool.query(await readFile(new URL(name, folder), "utf8"));
  }
  const { rows: next } = await pool.query<{ at: Date }>("select max(until) + interval '40 d' as at from epoch_month");
  const at = next[0]?.at.toISOString() ?? "";
  await pool.query("select movement_partition($1)", [at]);
  await pool.query(insert(row(3, at)));
  await expect(pool.query(insert(row(2, at)))).rejects.toMatchObject({ code: "23505" });
  const { rows } = await pool.query(
    "select seq, (select count(*)::int from movement_at(1, seq)) as found from generate_series(1, 4) seq",
  );
  expect(rows.map(({ found }) => found)).toEqual([1, 1, 1, 0]);
  expect((await monthsOf(pool)).length).toBe(2);
});

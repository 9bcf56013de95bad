import { createLog } from "@tallygate/kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyBatches, openLedger } from "../ingest/apply.ts";
import { received, TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { makeMonths } from "./ledger/months.ts";
import { migrate } from "./migrate.ts";
import { openPool, type Pool } from "./pool.ts";
import { openOwnTestServer, openTestServer, type TestServer } from "./testing.ts";
import { monthsOf } from "./testing-months.ts";
import { template } from "./testing-postgres.ts";

const log = createLog("test", "silent");

/** The tables whose rows are never changed, and a column of each: the ledger, who asked for what, and what documents were matched with. */
const appendOnly = {
  api_change: "actor",
  document_inspection: "actor",
  document_list_unexpected: "code",
  document_match: "why",
  epoch_month: "since",
  further_posting: "code",
  item_code_past: "class_key",
  movement: "quantity",
  movement_note: "actor",
  seal: "signature",
  unit_movement: "unit_code",
};
const tables = Object.entries(appendOnly);
const changesOf = (table: string, column: string) => [
  `update ${table} set ${column} = ${column}`,
  `delete from ${table}`,
  `truncate ${table} cascade`,
];

let server: TestServer;
let ledger: TestLedger;
let pool: Pool;
beforeAll(async () => {
  server = await openTestServer();
  ledger = await openTestLedger(server);
  await ledger.pool.query("create role service login password 'service' in role tallygate_service");
  const url = new URL(ledger.url);
  url.username = "service";
  url.password = "service";
  pool = openPool({ url: url.href, size: 4, applicationName: "service", log });
});
afterAll(async () => {
  await pool?.end();
  await ledger?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

describe("a login that is a member of tallygate_service", () => {
  test("starts on a database that is migrated, and applies movements", async () => {
    expect(await migrate(pool)).toEqual([]);
    await ledger.bind("OAT", "(01)09506000134352");
    const edge = new TestEdge("lyon");
    const applied = await applyBatches(openLedger({ pool, log }), [received(edge.record({ eventTimeMs: 10 }))]);
    expect(applied.movements).toBe(1);
    await applyBatches(openLedger({ pool, log }), [received(edge.record({ to: "shelf", eventTimeMs: 5 }))]);
    expect(await ledger.count("further_posting")).toBe(2);
  });

  test("makes the ledger's next months, and may no more there than in the others", async () => {
    const before = await monthsOf(ledger.pool);
    await makeMonths(pool, 2);
    const made = (await monthsOf(ledger.pool)).filter(name => !before.includes(name));
    expect(made).toHaveLength(2);
    for (const sql of made.flatMap(name => changesOf(name, "quantity"))) {
      await expect(pool.query(sql)).rejects.toMatchObject({ code: "42501" });
      await expect(ledger.pool.query(sql)).rejects.toMatchObject({ code: "23001" });
    }
    await expect(pool.query(`drop table ${made[0]}`)).rejects.toMatchObject({ code: "42501" });
  });

  test.each([
    ...tables.flatMap(([table, column]) => changesOf(table, column)),
    "alter table movement disable trigger all",
    "set session_replication_role = replica",
    "drop table movement",
    "create table mine (x integer)",
    "insert into epoch_month values (1, 2, '-infinity', 'infinity')",
    "create or replace function record_clock() returns timestamptz language sql as 'select now()'",
    "delete from migration",
  ])("may not: %s", async sql => {
    await expect(pool.query(sql)).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the rights of the role", () => {
  /** What the role may do with each table, view and sequence here. */
  const rights = (pool: Pool) =>
    pool.query(
      `select found.relname as name, acl.privilege_type as may from pg_class found, aclexplode(found.relacl) acl
       where acl.grantee = 'tallygate_service'::regrole and found.relnamespace = 'public'::regnamespace order by 1, 2`,
    );

  test("are the same where it is made by hand, long after the tables", async () => {
    await using own = await openOwnTestServer();
    await using database = await own.open();
    const { rows: before } = await rights(database.pool);
    expect(before.length).toBeGreaterThan(200);
    for (const name of ["postgres", template]) {
      await using elsewhere = openPoolOf(new URL(`/${name}`, own.postgres.url).href);
      await elsewhere.pool.query("drop owned by tallygate_service");
    }
    await database.pool.query("drop owned by tallygate_service; drop role tallygate_service");
    expect((await database.pool.query("select grant_service_rights() as done")).rows).toEqual([{ done: false }]);
    await database.pool.query("create role tallygate_service nologin");
    expect((await database.pool.query("select grant_service_rights() as done")).rows).toEqual([{ done: true }]);
    expect((await rights(database.pool)).rows).toEqual(before);
  });

  test("follow a table's own trigger, and reach parts of a table by the whole alone", async () => {
    await using database = await server.open();
    const { pool: owner } = database;
    await owner.query(`create table kept (day date) partition by range (day);
      create trigger kept_append_only before update or delete or truncate on kept for each statement execute function refuse_change();
      create table kept_2026 partition of kept for values from ('2026-01-01') to ('2027-01-01');
      create table loose (day date);`);
    const as = (sql: string) => asService(owner, sql);
    await expect(as("insert into loose values ('2026-11-23')"), "nothing is granted ahead").rejects.toMatchObject(
      denied,
    );
    await owner.query("select grant_service_rights()");
    await as("insert into kept values ('2026-11-23')");
    await as("insert into loose values ('2026-11-23'); update loose set day = day; delete from loose");
    for (const sql of [
      "update kept set day = day",
      "delete from kept",
      "delete from kept_2026",
      "update kept_2026 set day = day",
    ]) {
      await expect(as(sql), sql).rejects.toMatchObject(denied);
    }
    await expect(as("insert into kept_2026 values ('2026-11-23')")).rejects.toMatchObject(denied);
    await expect(as("truncate kept_2026")).rejects.toMatchObject(denied);
  });
});

const denied = { code: "42501" };

function openPoolOf(url: string): AsyncDisposable & { readonly pool: Pool } {
  const opened = openPool({ url, size: 1, applicationName: "elsewhere", log });
  return { pool: opened, [Symbol.asyncDispose]: () => opened.end() };
}

/** Runs a statement with the rights of the role alone. */
async function asService(owner: Pool, sql: string): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query("set role tallygate_service");
    await client.query(sql);
  } finally {
    client.release(true);
  }
}

describe("the owner of the tables", () => {
  test("has triggers on each of them, and on no others, against all three kinds of change", async () => {
    const { rows } = await ledger.pool.query<{ name: string }>(
      `select tgrelid::regclass::text as name from pg_trigger
       where tgfoid = 'refuse_change'::regproc and tgenabled = 'O' and tgtype = 2 + 8 + 16 + 32 order by 1`,
    );
    const months = await monthsOf(ledger.pool);
    expect(rows.map(row => row.name)).toEqual([...Object.keys(appendOnly), ...months].sort());
  });

  test.each(tables.flatMap(([table, column]) => changesOf(table, column)))("is refused: %s", async sql => {
    await expect(ledger.pool.query(sql)).rejects.toMatchObject({ code: "23001" });
  });
});

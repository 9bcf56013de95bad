import { createLog } from "@tallygate/kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyBatches, openLedger } from "../ingest/apply.ts";
import { received, TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { migrate } from "./migrate.ts";
import { openPool, type Pool } from "./pool.ts";
import { openTestServer, type TestServer } from "./testing.ts";

const log = createLog("test", "silent");

/** The tables whose rows are never changed, and a column of each: the ledger, who asked for what, and what documents were matched with. */
const appendOnly = {
  api_change: "actor",
  document_inspection: "actor",
  document_list_unexpected: "code",
  document_match: "why",
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

  test.each([
    ...tables.flatMap(([table, column]) => changesOf(table, column)),
    "alter table movement disable trigger all",
    "set session_replication_role = replica",
    "drop table movement",
    "delete from migration",
  ])("may not: %s", async sql => {
    await expect(pool.query(sql)).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the owner of the tables", () => {
  test("has triggers on each of them, and on no others, against all three kinds of change", async () => {
    const { rows } = await ledger.pool.query<{ name: string }>(
      `select tgrelid::regclass::text as name from pg_trigger
       where tgfoid = 'refuse_change'::regproc and tgenabled = 'O' and tgtype = 2 + 8 + 16 + 32 order by 1`,
    );
    expect(rows.map(row => row.name)).toEqual(Object.keys(appendOnly));
  });

  test.each(tables.flatMap(([table, column]) => changesOf(table, column)))("is refused: %s", async sql => {
    await expect(ledger.pool.query(sql)).rejects.toMatchObject({ code: "23001" });
  });
});

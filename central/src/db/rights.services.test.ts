import { createLog } from "@tallygate/kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyBatches, openLedger } from "../ingest/apply.ts";
import { received, TestEdge } from "../ingest/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { migrate } from "./migrate.ts";
import { openPool, type Pool } from "./pool.ts";
import { openTestServer, type TestServer } from "./testing.ts";

const log = createLog("test", "silent");

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
    "update movement set quantity = 2",
    "delete from movement",
    "truncate movement",
    "update movement_note set actor = 'person:nobody'",
    "update further_posting set quantity = 2",
    "delete from further_posting",
    "truncate further_posting",
    "update seal set signature = ''",
    "delete from seal",
    "alter table movement disable trigger all",
    "set session_replication_role = replica",
    "drop table movement",
    "delete from migration",
  ])("may not: %s", async sql => {
    await expect(pool.query(sql)).rejects.toMatchObject({ code: "42501" });
  });
});

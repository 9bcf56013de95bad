import { createLog, createMetrics } from "@tallygate/kit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readAuditState } from "../db/audit/state.ts";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { openTestLedger, type TestLedger } from "../ingest/testing-ledger.ts";
import { type AuditorOptions, openAuditor } from "./auditor.ts";
import { createAuditMetrics } from "./metrics.ts";
import { tamper, tellAll } from "./testing.ts";
import { row } from "./testing-tampering.ts";

const soon = { timeout: 20_000, interval: 20 };
const log = createLog("test", "silent");

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

function audit({ pool }: TestLedger, options: Partial<AuditorOptions> = {}) {
  const metrics = createAuditMetrics(createMetrics());
  const fast = { rowsPerSecond: 1_000_000, passEveryMs: 10, leadEveryMs: 20 };
  return { metrics, auditor: openAuditor({ pool, metrics, log, ...fast, ...options }) };
}

const exceptions = (ledger: TestLedger) =>
  ledger.rows<{ key: string; count: number; site: string }>(
    "select key, count, site.code as site from exception join site on site.id = site_id where problem = 'audit.fault' order by key",
  );

async function untilPasses(ledger: TestLedger, passes: number): Promise<void> {
  const ends = new Set<string>();
  await vi.waitFor(async () => {
    const { last_pass_ended_at: ended } = await readAuditState(ledger.pool);
    if (ended !== null) ends.add(ended);
    expect(ends.size).toBeGreaterThanOrEqual(passes);
  }, soon);
}

describe("the standing auditor", () => {
  test("walks through all of the ledger, again and again, and finds nothing where nothing is wrong", async () => {
    await using ledger = await openTestLedger(server);
    await tellAll(ledger);
    const { auditor, metrics } = audit(ledger);
    await using _ = auditor;
    await untilPasses(ledger, 2);
    const { last_pass_checked, last_pass_faults } = await readAuditState(ledger.pool);
    expect(last_pass_faults).toBe(0);
    expect(last_pass_checked).toMatchObject({ epochs: 4, movements: 17, tags: 4 });
    expect((await metrics.rows.get()).values[0]?.value).toBeGreaterThanOrEqual(2 * 17);
    expect((await metrics.lastPass.get()).values[0]?.value).toBeGreaterThan(1_000_000);
    expect(await exceptions(ledger)).toEqual([]);
  });

  test("keeps one exception of each first row that disagrees, which counts the passes that saw it", async () => {
    await using ledger = await openTestLedger(server);
    const { epochs } = await tellAll(ledger);
    await tamper(
      ledger,
      `update movement set quantity = 99 ${row(0, 2)}; update movement set cause = 'scan' ${row(3, 1)}`,
    );
    const { auditor, metrics } = audit(ledger);
    await using _ = auditor;
    await untilPasses(ledger, 2);
    const found = await exceptions(ledger);
    expect(found).toMatchObject([
      { key: `altered ${epochs[0]}/2`, site: "lyon" },
      { key: `altered ${epochs[3]}/1`, site: "oslo" },
      { key: expect.stringContaining("balance"), site: "lyon" },
    ]);
    for (const { count } of found) expect(count).toBeGreaterThanOrEqual(2);
    expect((await metrics.faults.get()).values).toContainEqual(
      expect.objectContaining({ labels: { kind: "altered" } }),
    );
  });

  test("goes on where another process stopped, one process at a time", async () => {
    await using ledger = await openTestLedger(server);
    await tellAll(ledger);
    // A pass that is behind the chains finds nothing of them: what it counts shows that it did not begin anew.
    await ledger.pool.query(
      `update audit_state set pass_began_at = now(), position = '{"phase":"tags","code":""}',
         checked = '{"epochs":0,"movements":7000,"further_postings":0,"items":0,"balances":0,"tags":0,"seals":0}'`,
    );
    const first = audit(ledger, { passEveryMs: 3_600_000 });
    await vi.waitFor(async () => expect((await first.metrics.leading.get()).values[0]?.value).toBe(1), soon);
    const second = audit(ledger, { passEveryMs: 3_600_000 });
    await using _ = second.auditor;
    await untilPasses(ledger, 1);
    expect((await readAuditState(ledger.pool)).last_pass_checked).toMatchObject({ movements: 7000, tags: 4 });
    expect((await second.metrics.leading.get()).values[0]?.value).toBe(0);
    await first.auditor[Symbol.asyncDispose]();
    await vi.waitFor(async () => expect((await second.metrics.leading.get()).values[0]?.value).toBe(1), soon);
  });

  test("seals the ledger when the last seal is a day old, and not before", async () => {
    await using ledger = await openTestLedger(server);
    await tellAll(ledger);
    {
      const { auditor } = audit(ledger);
      await using _ = auditor;
      await untilPasses(ledger, 2);
      expect(await ledger.count("seal")).toBe(1);
    }
    await tamper(ledger, "update seal set sealed_at = sealed_at - interval '25 h'");
    const { auditor } = audit(ledger);
    await using _ = auditor;
    await vi.waitFor(async () => expect(await ledger.count("seal")).toBe(2), soon);
  });

  test("goes on by itself when its connection is lost", async () => {
    await using ledger = await openTestLedger(server);
    await tellAll(ledger);
    const { auditor, metrics } = audit(ledger);
    await using _ = auditor;
    await untilPasses(ledger, 1);
    await ledger.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
         and database = (select oid from pg_database where datname = current_database())`,
    );
    await untilPasses(ledger, 2);
    await vi.waitFor(async () => expect((await metrics.leading.get()).values[0]?.value).toBe(1), soon);
  });
});

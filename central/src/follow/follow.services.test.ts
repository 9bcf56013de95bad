import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { addDocument, documentOf } from "../documents/testing.ts";
import { TestEdge } from "../ingest/testing.ts";
import { openTestLedger } from "../ingest/testing-ledger.ts";
import { followAll } from "./testing.ts";

const gtin = "(01)09506000134352";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe("a movement", () => {
  test("carries out the notice that awaits it, and the order, and marks the levels that changed", async () => {
    await using ledger = await openTestLedger(server);
    const lyon = new TestEdge("lyon");
    await ledger.bind("OAT", gtin);
    await ledger.apply(lyon.record({ code: gtin, quantity: 1, eventTimeMs: 1_000 }));
    await followAll(ledger.pool);
    const { pool } = ledger;
    const notice = await addDocument(pool, { kind: "shipment", site: "lyon", lines: [{ sku: "OAT", quantity: 10 }] });
    const order = await addDocument(pool, {
      kind: "order",
      site: "lyon",
      state: "reserved",
      lines: [{ sku: "OAT", quantity: 4 }],
    });
    await pool.query("delete from level_changed");
    const at = Date.now() + 1_000;
    await ledger.apply(
      lyon.record(
        { code: gtin, quantity: 10, eventTimeMs: at },
        { code: gtin, quantity: 4, from: "dock", to: "customer", eventTimeMs: at + 1 },
      ),
    );
    expect(await followAll(pool)).toMatchObject({ movements: 2, matched: ["awaited", "awaited"], misfits: [] });
    expect(await documentOf(pool, notice.id)).toMatchObject({ state: "received", lines: [{ done: 10 }] });
    expect(await documentOf(pool, order.id)).toMatchObject({ state: "shipped", lines: [{ done: 4 }] });
    expect(await ledger.rows("select place.code from level_changed join place on place.id = place_id")).toEqual([
      { code: "dock" },
    ]);
  });
});

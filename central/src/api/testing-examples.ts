import { SiteStatus } from "@tallygate/protocol";
import { seedExampleCounts } from "../counts/testing.ts";
import { seedExampleDocuments } from "../documents/testing-examples.ts";
import { seedExampleRefused } from "../events/testing.ts";
import { seedExampleExceptions } from "../exceptions/testing.ts";
import { exampleIds } from "./reservation-schemas.ts";
import { noonMs, type TestApi, type TestLedger, TestSite } from "./testing.ts";
import { webhookExampleIds } from "./webhook-schemas.ts";

/** What the example site says of itself. */
const exampleStatus = SiteStatus.parse({
  v: 1,
  site: "lyon",
  timeMs: noonMs,
  epoch: "01939f6c2a7be4d1",
  lastSeq: 5,
  waiting: 0,
  exceptionsOpen: 0,
  alarms: [],
  devices: [
    { deviceId: "dock-1", driver: "zebra-iotc", state: "connected", lastHeardMs: noonMs, readings: 120, refused: 0 },
  ],
});

/** Puts there what the document's examples name, except for what other examples add: items come first, see `operations`. */
export async function seedExamples(ledger: TestLedger, api: TestApi): Promise<void> {
  const { pool } = ledger;
  const lyon = new TestSite("lyon", "01939f6c2a7be4d1");
  await ledger.apply(lyon, [{ to: "dock-2", code: "(01)09506000134352(21)S-1", eventTimeMs: noonMs }]);
  await api.post("/v1/items", { sku: "HELD", name: "held", codes: ["code:HELD"] });
  await ledger.apply(lyon, [{ to: "dock-2", code: "code:HELD", quantity: 2 }]);
  for (const id of Object.values(exampleIds)) {
    const { body } = await api.post("/v1/reservations", { lines: [{ sku: "HELD", quantity: 1 }] });
    await pool.query("update reservation set id = $1 where id = $2", [id, body.id]);
    await pool.query("update reservation_hold set reservation_id = $1 where reservation_id = $2", [id, body.id]);
  }
  await ledger.apply(lyon, [
    { to: "bin-9", code: "code:HELD" },
    { from: "bin-9", to: "customer", code: "code:HELD" },
  ]);
  await seedExampleCounts(pool, api.post, { empty: "bin-9", named: "dock-2" });
  for (const id of Object.values(webhookExampleIds)) {
    const { body } = await api.post("/v1/webhooks", { url: "https://shop.example.com/" });
    await pool.query("update webhook set id = $1 where id = $2", [id, body.id]);
  }
  await api.post("/v1/items", { sku: "WORK", name: "worked on", codes: ["code:WORK"] });
  await ledger.apply(lyon, [{ to: "dock-2", code: "code:WORK", quantity: 50 }]);
  await seedExampleDocuments(pool, "WORK");
  await seedExampleExceptions(pool);
  await seedExampleRefused(pool);
  ledger.statuses.set("lyon", { heardMs: Date.now(), status: exampleStatus });
}

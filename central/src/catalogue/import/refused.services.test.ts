import { expect, test } from "vitest";
import { openTestApi, openTestLedger } from "../../api/testing.ts";

test("an import that is refused before it is read is answered, and the connection goes on", async () => {
  await using ledger = await openTestLedger();
  await using api = await openTestApi(ledger);
  const body = '{"sku":"A","name":"a"}\n'.repeat(2_000);
  for (let n = 0; n < 20; n++) {
    const headers = { "content-type": n % 2 === 0 ? "application/json" : "application/x-ndjson" };
    const query = n % 4 === 1 ? "?mode=some" : "?mode=skip_faulty&dry_run=true";
    const { status } = await api.request("POST", `/v1/items/import${query}`, { body: n === 6 ? "" : body, headers });
    expect(status).toBe(n % 4 === 3 ? 200 : 400);
  }
});

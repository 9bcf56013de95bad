import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestServer, type TestServer } from "../db/testing.ts";
import { openTestLedger } from "../ingest/testing-ledger.ts";
import { tamper, tellAll } from "./testing.ts";
import { row } from "./testing-tampering.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

function run(url: string, ...args: readonly string[]): Promise<{ readonly code: unknown; readonly text: string }> {
  const env = { ...process.env, TALLYGATE_DATABASE__URL: url };
  return new Promise(resolve => {
    execFile(process.execPath, [main, ...args], { env }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, text: out + err }),
    );
  });
}

test("the command verify says that the ledger agrees, or names every first row that does not, and its exit code says which", async () => {
  await using ledger = await openTestLedger(server);
  const { epochs } = await tellAll(ledger);
  const right = await run(ledger.url, "verify");
  expect(right).toMatchObject({ code: 0, text: expect.stringContaining("the ledger agrees with itself") });
  await tamper(
    ledger,
    `update movement set quantity = 99 ${row(0, 2)}; update movement set cause = 'scan' ${row(3, 1)}`,
  );
  const wrong = await run(ledger.url, "verify");
  expect(wrong.code).toBe(1);
  expect(wrong.text).toContain(`altered at lyon/${epochs[0]}/2:`);
  expect(wrong.text).toContain(`altered at oslo/${epochs[3]}/1:`);
  expect(await run(ledger.url, "verfy")).toMatchObject({
    code: 1,
    text: expect.stringContaining("there is no command"),
  });
});

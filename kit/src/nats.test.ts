import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectNats, isOpenToNetwork } from "./nats.ts";

test.each([
  [["nats://127.0.0.1:4222"], undefined, false],
  [["localhost"], undefined, false],
  [["[::1]:4222", "127.0.0.2"], undefined, false],
  [["nats://127.0.0.1:4222", "nats://nats:4222"], undefined, true],
  [["10.0.0.7:4222"], undefined, true],
  [["10.0.0.7:4222"], "lyon.creds", false],
])("servers %j with the credentials %s: open to the network is %s", (servers, credentials, open) => {
  expect(isOpenToNetwork({ servers, credentials })).toBe(open);
});

test("a file without credentials is said before anything is connected, and so is one that is not there", async () => {
  const dir = mkdtempSync(join(tmpdir(), "kit-nats-"));
  const file = join(dir, "lyon.creds");
  const nats = { servers: ["nats://127.0.0.1:1"], credentials: file };
  await expect(connectNats(nats, {})).rejects.toThrow("lyon.creds");
  writeFileSync(file, "no key at all\n");
  await expect(connectNats(nats, {})).rejects.toThrow("lyon.creds (nats.credentials) holds no credentials of NATS");
  rmSync(dir, { recursive: true });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settle, wishOf } from "./addresses.ts";
import { freePort } from "./ports.ts";

test.each([
  ["http: { listen: 127.0.0.1:9000 }", { host: "127.0.0.1", port: 9000 }],
  ["http: { listen: '[::1]:9000' }", { host: "[::1]", port: 9000 }],
  ["mqtt: { listen: 0.0.0.0:1883 }", { host: "127.0.0.1", port: 8081 }],
  ["http: { listen: somewhere }", { host: "127.0.0.1", port: 8081 }],
  ["", { host: "127.0.0.1", port: 8081 }],
])("%j wants %j", (text, address) => {
  const dir = mkdtempSync(join(tmpdir(), "tallygate-addresses-"));
  const file = join(dir, "lyon.yaml");
  writeFileSync(file, text);
  expect(wishOf("lyon", file, "http", 8081)).toEqual({ name: "lyon", ...address, setting: "http.listen in lyon.yaml" });
  rmSync(dir, { recursive: true });
});

test("a taken port gives way to the next one that nobody has or wants, and that is said", async () => {
  const port = await freePort();
  const stranger = createServer();
  await new Promise<void>(done => stranger.listen(port, "127.0.0.1", done));
  const wish = (name: string, wanted: number) => ({
    name,
    host: "127.0.0.1",
    port: wanted,
    setting: `the port of ${name}`,
  });
  const wishes = [wish("central", port), wish("lyon", port + 1), wish("porto", port + 2)] as const;
  const said: string[] = [];
  const addressOf = await settle(wishes, text => said.push(text));
  const [central, lyon, porto] = wishes.map(each => addressOf(each).port);
  expect([lyon, porto]).toEqual([port + 1, port + 2]);
  expect(central).toBeGreaterThan(port + 2);
  expect(said).toEqual([`Port ${port} (the port of central) is taken; central takes ${central} this time.`]);
  stranger.close();
});

test("two of ours that want the same port get two", async () => {
  const port = await freePort();
  const wish = { name: "lyon", host: "127.0.0.1", port, setting: "http.listen in lyon.yaml" };
  const [first, second] = [{ ...wish }, { ...wish }];
  const addressOf = await settle([first, second], () => {});
  expect(addressOf(first).port).toBe(port);
  expect(addressOf(second).port).not.toBe(port);
});

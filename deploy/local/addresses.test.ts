import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { onPorts, Ports, wishOf } from "./addresses.ts";
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

const wish = (name: string, port: number) => ({ name, host: "127.0.0.1", port, setting: `the port of ${name}` });

async function occupy(port: number): Promise<Server> {
  const stranger = createServer();
  await new Promise<void>(done => stranger.listen(port, "127.0.0.1", done));
  return stranger;
}

test("a taken port gives way to the next one that nobody has or wants, and that is said", async () => {
  const port = await freePort();
  const stranger = await occupy(port);
  const [central, lyon, porto] = [wish("central", port), wish("lyon", port + 1), wish("porto", port + 2)];
  const said: string[] = [];
  const ports = new Ports([central, lyon, porto], text => said.push(text));
  const { port: other } = await ports.claim(central);
  expect(other).toBeGreaterThan(port + 2);
  expect([await ports.claim(lyon), await ports.claim(porto)].map(each => each.port)).toEqual([port + 1, port + 2]);
  expect(said).toEqual([`Port ${port} (the port of central) is taken; central takes ${other} this time.`]);
  stranger.close();
});

test("two of ours that want the same port get two", async () => {
  const lyon = wish("lyon", await freePort());
  const ports = new Ports([lyon], () => {});
  expect((await ports.claim(lyon)).port).toBe(lyon.port);
  expect((await ports.claim(lyon)).port).not.toBe(lyon.port);
});

test("a start that loses its port to a quicker one is tried on the next", async () => {
  const central = wish("central", await freePort());
  const ports = new Ports([central], () => {});
  let stranger: Server | undefined;
  const started = await onPorts(ports, [central], async address => {
    if (stranger) return address?.port;
    stranger = await occupy(central.port);
    throw new Error("the port is taken");
  });
  expect(started).toBeGreaterThan(central.port);
  stranger?.close();
});

test("a start that fails for another reason is not tried again", async () => {
  const central = wish("central", await freePort());
  const start = vi.fn(() => Promise.reject(new Error("no")));
  await expect(onPorts(new Ports([central], () => {}), [central], start)).rejects.toThrow("no");
  expect(start).toHaveBeenCalledOnce();
});

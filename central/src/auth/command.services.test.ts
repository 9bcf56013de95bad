import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestServer, type TestDatabase, type TestServer } from "../db/testing.ts";
import { isPasswordOf, isSecretOf } from "./secrets.ts";

let server: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  server = await openTestServer();
  database = await server.open();
});
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

function run(
  ...args: readonly string[]
): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  const env = { ...process.env, TALLYGATE_DATABASE__URL: database.url, TALLYGATE_LOG_LEVEL: "error" };
  return new Promise(resolve => {
    execFile(process.execPath, [main, ...args], { env }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}

async function credential(name: string): Promise<string> {
  const { rows } = await database.pool.query("select credential from principal where name = $1", [name]);
  return rows[0]?.credential;
}

const shownIn = (out: string) => /shown only now: (\S+)/.exec(out)?.[1] ?? "";

test("the command client adds, lists, changes and disables clients, and shows each secret once", async () => {
  const added = await run("client", "add", "web-shop", "--role", "integrator", "--site", "lyon", "--site", "oslo");
  expect(added).toMatchObject({ code: 0, err: "" });
  expect(added.out).toMatch(/^web-shop {2}integrator at lyon, oslo\nsecret, which is shown only now: tgs_/);
  expect(isSecretOf(await credential("web-shop"), shownIn(added.out))).toBe(true);
  expect((await run("client", "list")).out).toBe("web-shop  integrator at lyon, oslo\n");
  const rotated = await run("client", "rotate", "web-shop");
  expect(isSecretOf(await credential("web-shop"), shownIn(added.out)), "the old one").toBe(false);
  expect(isSecretOf(await credential("web-shop"), shownIn(rotated.out))).toBe(true);
  expect((await run("client", "grant", "web-shop", "--role", "viewer")).out).toBe("web-shop  viewer at all sites\n");
  expect((await run("client", "disable", "web-shop")).out).toBe("web-shop  disabled  viewer at all sites\n");
  const { rows } = await database.pool.query("select actor, action, resource from api_change order by id");
  expect(rows.map(row => row.action)).toEqual(["client.add", "client.rotate", "client.change", "client.change"]);
  expect(rows[0]).toMatchObject({ actor: "shell", resource: "/v1/clients/web-shop" });
});

test("the command user makes passwords, and a new one ends the old", async () => {
  const added = await run("user", "add", "maria", "--role=operator", "--site=lyon");
  const password = shownIn(added.out);
  expect(password).toMatch(/^[a-z0-9]{6}(-[a-z0-9]{6}){3}$/);
  expect(await isPasswordOf(await credential("maria"), password)).toBe(true);
  const again = shownIn((await run("user", "password", "maria")).out);
  expect(await isPasswordOf(await credential("maria"), password)).toBe(false);
  expect(await isPasswordOf(await credential("maria"), again)).toBe(true);
});

test.each([
  [["client"], "write client list | add NAME --role ROLE"],
  [["client", "add", "shop"], "write client"],
  [["client", "add", "Web Shop", "--role", "viewer"], '"Web Shop" is no name'],
  [["client", "add", "shop", "--role", "king"], "the roles are viewer, operator"],
  [["client", "password", "shop"], "write client"],
  [["user", "rotate", "maria"], "write user"],
  [["client", "rotate", "nobody"], "There is no client nobody"],
  [["user", "add", "maria", "--role", "viewer"], "maria is taken"],
  [["verify", "--role", "viewer"], "verify takes no --role"],
])("%j is refused in a sentence", async (args, words) => {
  const { code, err } = await run(...args);
  expect(code).toBe(1);
  expect(err).toContain(words);
});

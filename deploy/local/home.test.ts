import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearHome, openHome, postgresPassword, writeConfiguration } from "./home.ts";
import { isReachable } from "./postgres-user.ts";

let home = "";
beforeEach(() => {
  home = openHome(mkdtempSync(join(tmpdir(), "tallygate-home-")));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("a configuration file that nobody has changed is written anew, and one that somebody has is left alone", () => {
  const file = writeConfiguration(home, "lyon.yaml", { site: "lyon" });
  expect(readFileSync(file, "utf8")).toContain("site: lyon\n");
  writeConfiguration(home, "lyon.yaml", { site: "lyon", data: "elsewhere" });
  expect(readFileSync(file, "utf8")).toContain("data: elsewhere\n");
  appendFileSync(file, "time_zone: UTC\n");
  writeConfiguration(home, "lyon.yaml", { site: "lyon" });
  expect(readFileSync(file, "utf8")).toContain("data: elsewhere\ntime_zone: UTC\n");
});

test("beginning anew takes away what a run keeps, and nothing of anybody else", async () => {
  mkdirSync(join(home, "nats", "jetstream"), { recursive: true });
  for (const name of ["lyon.yaml", "postgres-password", "photo.jpg", "lock"]) writeFileSync(join(home, name), "x");
  await clearHome(home);
  const there = ["nats", "lyon.yaml", "postgres-password", "photo.jpg", "lock", "logs"];
  expect(there.filter(name => existsSync(join(home, name)))).toEqual(["photo.jpg", "lock", "logs"]);
});

test("the password of the database is made once, and is nobody else's to read", () => {
  const password = postgresPassword(home);
  expect(password).toMatch(/^[\w-]{32}$/);
  expect(postgresPassword(home)).toBe(password);
  expect(statSync(join(home, "postgres-password")).mode & 0o077).toBe(0);
});

test("a path is reachable when every directory above it lets the user through", async () => {
  const stranger = { uid: 54_321, gid: 54_321 };
  const owner = { uid: statSync(home).uid, gid: statSync(home).gid };
  const inner = join(home, "inner");
  mkdirSync(inner, { mode: 0o700 });
  expect(await isReachable(join(home, "x"), owner)).toBe(true);
  expect(await isReachable(join(inner, "x"), owner)).toBe(true);
  expect(await isReachable(join(inner, "x"), stranger)).toBe(false);
});

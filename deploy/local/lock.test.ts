import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDir } from "./lock.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tallygate-lock-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const module = JSON.stringify(new URL("./lock.ts", import.meta.url).href);
const script = `const { lockDir } = await import(${module}); console.log(JSON.stringify(lockDir(process.argv[1])));`;

test("a second process is told who has the directory, and gets it afterwards", () => {
  const first = lockDir(dir);
  expect(first.ok).toBe(true);
  const answer = () => JSON.parse(spawnSync(process.execPath, ["-e", script, dir], { encoding: "utf8" }).stdout);
  expect(answer()).toEqual({ ok: false, pid: process.pid });
  if (first.ok) first.lock[Symbol.dispose]();
  expect(answer()).toMatchObject({ ok: true });
});

test("a lock whose holder was killed is free", async () => {
  const holder = spawn(process.execPath, ["-e", `${script} setInterval(() => {}, 1000);`, dir]);
  await once(holder.stdout, "data");
  expect(lockDir(dir)).toEqual({ ok: false, pid: holder.pid });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const after = lockDir(dir);
  expect(after.ok).toBe(true);
  if (after.ok) after.lock[Symbol.dispose]();
});

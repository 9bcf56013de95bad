import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { limits } from "./limits.ts";
import { LogFile } from "./log-file.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tallygate-log-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

test("a log goes on where it ended", () => {
  const path = join(dir, "logs", "central.log");
  for (const line of ["one", "two"]) {
    using log = new LogFile(path);
    log.write(line);
  }
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
});

test("a log that is full becomes the old one, and the one before goes", () => {
  const path = join(dir, "nats.log");
  writeFileSync(`${path}.1`, "oldest");
  writeFileSync(path, Buffer.alloc(limits.logBytesMax));
  using log = new LogFile(path);
  log.write("new");
  expect(readFileSync(path, "utf8")).toBe("new\n");
  expect(statSync(`${path}.1`).size).toBe(limits.logBytesMax);
  expect(existsSync(`${path}.2`)).toBe(false);
});

test.runIf(existsSync("/dev/full"))("a full disk ends nothing", () => {
  using log = new LogFile("/dev/full");
  expect(() => log.write("lost")).not.toThrow();
});

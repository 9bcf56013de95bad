import { expect, test } from "vitest";
import { briefOf, lastWords, Seldom } from "./brief.ts";
import { limits } from "./limits.ts";

test.each([
  ['{"level":"warn","msg":"the link is down","site":"lyon"}', "the link is down"],
  ['{"level":"error","msg":"no"}', "no"],
  ['{"level":"info","msg":"movement stored"}', undefined],
  ['{"level":"warn"}', undefined],
  ['{"level":"warn","msg":', undefined],
  ["[12] 2036/11/23 [ERR] no space left on device", "[12] 2036/11/23 [ERR] no space left on device"],
  ["2036-11-23 GMT [7] FATAL:  terminating connection", undefined],
  ["ERROR:  could not extend file: No space left on device", "ERROR:  could not extend file: No space left on device"],
  ["2036-11-23 GMT [7] PANIC:  could not write", "2036-11-23 GMT [7] PANIC:  could not write"],
  ['2036-11-23 GMT [7] ERROR:  relation "x" does not exist', undefined],
  ["edge: listening on 127.0.0.1:8081", undefined],
])("%s", (line, brief) => {
  expect(briefOf(line)).toBe(brief);
});

test("a long warning is cut", () => {
  const brief = briefOf(JSON.stringify({ level: "warn", msg: "x".repeat(10_000) }));
  expect(brief).toHaveLength(limits.briefCharsMax + 1);
});

test("the last words are a sentence, not a log line", () => {
  expect(lastWords('{"level":"info"}\ncentral: stopped: the database is gone.')).toBe(
    "central: stopped: the database is gone.",
  );
  expect(lastWords('central: ready\n{"level":"info"}')).toBeUndefined();
  expect(lastWords("Node.js v24.21.0")).toBe("Node.js v24.21.0.");
  expect(lastWords("")).toBeUndefined();
});

test("the same warning is said again only after a while, whatever numbers stand in it", () => {
  const seldom = new Seldom();
  expect(seldom.allows("batch 1 failed", 0)).toBe(true);
  expect(seldom.allows("batch 27 failed", limits.briefAgainMs - 1)).toBe(false);
  expect(seldom.allows("link failed", 1)).toBe(true);
  expect(seldom.allows("batch 28 failed", limits.briefAgainMs)).toBe(true);
});

test("many different warnings do not fill the memory", () => {
  const seldom = new Seldom();
  const name = (n: number) => "x".repeat(n);
  for (let n = 0; n <= limits.briefTextsMax; n++) seldom.allows(name(n), 0);
  expect(seldom.allows(name(0), 1)).toBe(true);
  expect(seldom.allows(name(limits.briefTextsMax), 1)).toBe(false);
});

import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { errorCode, sentence } from "./error.ts";

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise(resolve => server.once("listening", resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

describe("sentence", () => {
  test("a refused connection says where nothing answers", async () => {
    const port = await freePort();
    const error = await new Promise(resolve => createConnection(port, "127.0.0.1").once("error", resolve));
    expect(sentence(error)).toBe(
      `nothing answers at 127.0.0.1:${port}; start it, or set the right address (ECONNREFUSED).`,
    );
  });

  test("a connection that was tried on several addresses names one of them", async () => {
    const port = await freePort();
    const tried = { port, host: "localhost", autoSelectFamily: true };
    const error = await new Promise(resolve => createConnection(tried).once("error", resolve));
    expect(sentence(error)).toMatch(new RegExp(`nothing answers at (127\\.0\\.0\\.1|\\[::1\\]):${port};`));
  });

  test("a missing file is named, below what it was for", async () => {
    const cause = await readFile("/no/such/file").catch((error: unknown) => error);
    expect(sentence(new Error("cannot read the tags", { cause }))).toBe(
      "cannot read the tags: there is no /no/such/file (ENOENT).",
    );
  });

  // Linux has a device that is always full.
  test.runIf(process.platform === "linux")("a full disk says so", async () => {
    await using file = await open("/dev/full", "w");
    const error = await file.write("x").catch((failure: unknown) => failure);
    expect(sentence(error)).toMatch(/^the disk is full.*\(ENOSPC\)\.$/);
  });

  test("a database that another process holds says so", async () => {
    const folder = await mkdtemp(`${tmpdir()}/kit-`);
    using first = new DatabaseSync(`${folder}/a.db`);
    using second = new DatabaseSync(`${folder}/a.db`, { timeout: 0 });
    first.exec("create table t (a); begin immediate");
    expect(sentence(caught(() => second.exec("begin immediate")))).toMatch(/^another process uses the database/);
    await rm(folder, { recursive: true });
  });

  test("an error of ours keeps its own words though it keeps the code", () => {
    const error = Object.assign(new Error("127.0.0.1:80 is taken; set http.listen"), { code: "EADDRINUSE" });
    expect(errorCode(error)).toBe("EADDRINUSE");
    expect(sentence(error)).toBe("127.0.0.1:80 is taken; set http.listen.");
  });

  test.each<[unknown, string]>([
    ["plain text", "plain text."],
    [new Error("two\n  lines!"), "two lines!"],
    [new Error("outer: inner", { cause: new Error("inner") }), "outer: inner."],
    [new Error("a", { cause: new Error("b", { cause: "c" }) }), "a: b: c."],
    [new AggregateError([new Error("one"), new Error("two")], ""), "one."],
    [{ odd: 1 }, '{"odd":1}.'],
    [undefined, "something failed without saying why."],
    [null, "something failed without saying why."],
  ])("%o becomes one sentence", (error, expected) => {
    expect(sentence(error)).toBe(expected);
  });

  test("a chain of causes that closes on itself ends", () => {
    const error = new Error("round");
    error.cause = new Error("and round", { cause: error });
    expect(sentence(error)).toContain("round: and round");
  });
});

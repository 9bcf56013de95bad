import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";

const fixture = fileURLToPath(new URL("process.fixture.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kit-process-"));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Else each process compiles all that it loads. */
const compiled = { NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] };

function run(args: readonly string[], settings: Record<string, string> = {}) {
  const env = { ...compiled, ...settings };
  const child = spawn(process.execPath, [fixture, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  const printed = { stdout: "", stderr: "" };
  child.stdout.on("data", chunk => {
    printed.stdout += chunk;
  });
  child.stderr.on("data", chunk => {
    printed.stderr += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code, ...printed }));
  const says = (stream: keyof typeof printed, text: string) =>
    vi.waitFor(() => expect(printed[stream]).toContain(text), { timeout: 10_000, interval: 20 });
  return { child, ended, says };
}

describe("the command line", () => {
  test("--help says what it is, its options, and every key with its description and default", async () => {
    const { code, stdout, stderr } = await run(["--help"]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "Does as it is told.\n\nUsage: fixture [--config FILE] [--check] [--help] [WORD] [--colour COLOUR]\n",
    );
    expect(stdout).toContain('  listen: text; default "127.0.0.1:0"\n      Where it answers\n      TALLYGATE_LISTEN\n');
    expect(stdout).toContain('  start: one of fine, throw, never, slowly; default "fine"\n');
  });

  test.each([
    [["--chek"], "there is no option --chek; did you mean --check?"],
    [["-x"], "there is no option -x"],
    [["--config"], "--config needs the name of a file"],
    [["--config", "--check"], "--config needs the name of a file"],
    [["--check=yes"], "--check takes no value"],
    [["--color", "red"], "there is no option --color; did you mean --colour?"],
    [["--colour"], "--colour needs a value"],
    [["--colour", "--check"], "--colour needs a value"],
  ])("%j is refused", async (args, reason) => {
    const { code, stderr } = await run(args).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^fixture: ${reason.replace("?", "\\?")}\nUsage: fixture `));
  });

  test("options of the process's own come as often as they stand there, among its words", async () => {
    const { child, ended, says } = run(["paint", "--colour", "red", "it", "--colour=blue"]);
    await says("stderr", " paint it red blue\n");
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
  });

  test("--check says that a configuration is fine, and starts nothing", async () => {
    const file = join(folder, "good.yaml");
    writeFileSync(file, "start: throw\n");
    const { code, stdout } = await run(["--config", file, "--check"], { TALLYGATE_DEADLINE: "1" }).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${file} is fine.\n` });
  });

  test("--check lists every fault", async () => {
    const file = join(folder, "bad.yaml");
    writeFileSync(file, "start: now\nstp: fine\n");
    const { code, stderr } = await run(["--check", `--config=${file}`], { TALLYGATE_LISTEN: "8080" }).ended;
    expect(code).toBe(1);
    const [head, ...faults] = stderr.trim().split("\n");
    expect(head).toBe("fixture: the configuration has 3 faults:");
    expect(faults).toEqual([
      expect.stringContaining(`  ${file}:1: start: is "now"; allowed is one of fine, throw`),
      expect.stringContaining(`  ${file}:2: stp: there is no such key; did you mean stop?`),
      expect.stringContaining('  TALLYGATE_LISTEN: listen: "8080" is no address; write HOST:PORT'),
    ]);
  });

  test("the usual file is read where it is there", async () => {
    const file = join(folder, "fixture.yaml");
    writeFileSync(file, "start: oddly\n");
    const { stderr } = await run(["--check"]).ended;
    rmSync(file);
    expect(stderr).toContain("fixture.yaml:1: start:");
    expect((await run(["--check"]).ended).code).toBe(0);
  });

  test("an unknown log level is one sentence", async () => {
    const { code, stderr } = await run([], { TALLYGATE_LOG_LEVEL: "loud" }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^fixture: the log level is "loud" \(TALLYGATE_LOG_LEVEL\); allowed is one of trace, .*\n$/);
  });
});

describe("starting and stopping", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("%s closes in reverse order and ends with 0", async signal => {
    const { child, ended, says } = run(["word"]);
    await says("stderr", "ready at http://127.0.0.1:");
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^ready at http:\/\/127\.0\.0\.1:\d+ word\n$/);
    const lines = stdout
      .trim()
      .split("\n")
      .map(line => JSON.parse(line));
    expect(lines.map(({ msg }) => msg)).toEqual(["stopping", "closing", "closed first, opened last"]);
    expect(lines[0]).toMatchObject({ level: "info", name: "fixture", pid: child.pid, signal });
    expect(lines[0].time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("a failing start is one sentence, and closes what was open", async () => {
    const { code, stdout, stderr } = await run([], { TALLYGATE_START: "throw" }).ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "fixture: could not start: there is no gate: it was sold.\n",
    });
    expect(stdout).toContain("closed first, opened last");
  });

  test("a taken address says which setting to change", async () => {
    await using server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, stderr } = await run([], { TALLYGATE_LISTEN: `127.0.0.1:${port}` }).ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `fixture: could not start: 127.0.0.1:${port} is taken by another program; stop that one, or set listen (TALLYGATE_LISTEN) to another address.\n`,
    });
  });

  test("a signal while starting interrupts the start, and is no failure", async () => {
    const { child, ended, says } = run([], { TALLYGATE_START: "slowly" });
    await says("stdout", "starting");
    child.kill("SIGTERM");
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("closed first, opened last");
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("a second signal, %s, ends at once", async (signal, expected) => {
    const { child, ended, says } = run([], { TALLYGATE_STOP: "never" });
    await says("stderr", "ready");
    child.kill("SIGTERM");
    await says("stdout", "closing");
    // The first ones may come within the time in which they count as the same signal; a later one ends it.
    const again = setInterval(() => child.kill(signal), 100);
    expect((await ended).code).toBe(expected);
    clearInterval(again);
  });

  test("the same signal twice, as from a terminal and a runner that passes it on, still closes in order", async () => {
    const { child, ended, says } = run([]);
    await says("stderr", "ready");
    child.kill("SIGINT");
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toContain("closed first, opened last");
  });

  test("what does not stop within its deadline is ended, with a sentence", async () => {
    const stuck = [{ TALLYGATE_STOP: "never" }, { TALLYGATE_START: "never" }].map(env =>
      run([], { ...env, TALLYGATE_DEADLINE: "200" }),
    );
    await stuck[0]?.says("stderr", "ready");
    await stuck[1]?.says("stdout", "starting");
    for (const { child } of stuck) child.kill("SIGTERM");
    for (const { code, stderr } of await Promise.all(stuck.map(({ ended }) => ended))) {
      expect(code).toBe(1);
      expect(stderr).toContain("fixture: did not stop within 0.2 s and is ended now.\n");
    }
  });

  test("a log that nobody reads stops nothing: neither the work nor the end", async () => {
    const { child, ended, says } = run([], { TALLYGATE_LATER: "flood" });
    child.stdout.pause();
    await says("stderr", "ready at");
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    child.stdout.resume();
    const { stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\{"level":"info".*"line":0,/);
    expect(stdout.length).toBeLessThan(2 * 1024 * 1024);
  });

  test("failing to stop is said", async () => {
    const { child, ended, says } = run([], { TALLYGATE_STOP: "throw" });
    await says("stderr", "ready");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain("fixture: could not stop in order: stuck.\n");
    expect(stdout).toContain("closed first, opened last");
  });

  test.each([
    ["throw", "out of the blue", "uncaughtException"],
    ["reject", "out of the green", "unhandledRejection"],
  ])("what nobody catches (%s) is logged with its stack, closes, and ends with 70", async (then, message, origin) => {
    const { code, stdout, stderr } = await run([], { TALLYGATE_LATER: then }).ended;
    expect(code).toBe(70);
    expect(stderr).toContain(`fixture: something failed that should not: ${message}.\n`);
    const logged = stdout.split("\n").find(line => line.includes('"fatal"')) ?? "{}";
    expect(JSON.parse(logged)).toMatchObject({
      origin,
      err: { message, stack: expect.stringContaining("fixture.ts") },
    });
    expect(stdout).toContain("closed first, opened last");
  });

  test.each([
    ["end", 0, /^ready .*\n$/],
    ["break", 1, /^ready .*\nfixture: stopped: broke\.\n$/],
  ])("work with an end of its own (%s) stops the process with %i", async (then, expected, says) => {
    const { code, stdout, stderr } = await run([], { TALLYGATE_LATER: then }).ended;
    expect(code).toBe(expected);
    expect(stderr).toMatch(says);
    expect(stdout).toContain("closed first, opened last");
  });
});

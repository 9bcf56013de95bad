import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "@tallygate/client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { limits } from "../../deploy/local/limits.ts";
import { isPortFree } from "../../deploy/local/ports.ts";
import { childrenOf, isRunning } from "../../deploy/local/processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const patience = { timeout: 120_000, interval: 100 };

/** One `npm start`, and what it has said so far. */
interface Start {
  readonly process: ChildProcess;
  readonly pid: number;
  said(): string;
  readonly ended: Promise<number | null>;
}

let home = "";
const starts: Start[] = [];

function makeHome(): void {
  home = mkdtempSync(join(tmpdir(), "tallygate-start-"));
  chmodSync(home, 0o755);
}

async function removeHome(): Promise<void> {
  await endAll();
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function endAll(): Promise<void> {
  for (const start of starts.splice(0)) {
    if (start.process.exitCode !== null) continue;
    for (const pid of [start.pid, ...(await family(start.pid))]) if (await isRunning(pid)) process.kill(pid, "SIGKILL");
    await start.ended;
  }
}

function run(command: string, args: readonly string[]): Start {
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk;
    });
  }
  const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  const start = { process: child, pid: child.pid ?? 0, said: () => text, ended };
  starts.push(start);
  return start;
}

const begin = (...args: string[]) => run(process.execPath, ["deploy/local/start.ts", "--data", home, ...args]);

async function untilSaid(start: Start, words: string | RegExp): Promise<void> {
  await vi.waitFor(() => expect(start.said()).toMatch(words), patience);
}

/** All processes below this one, with their children. */
async function family(pid: number): Promise<number[]> {
  const children = await childrenOf(pid);
  return [...children, ...(await Promise.all(children.map(family))).flat()];
}

/** `least`: so many there were, or the test looked at nothing. */
async function expectAllGone(pids: readonly number[], least = 9): Promise<void> {
  expect(pids.length).toBeGreaterThanOrEqual(least);
  await vi.waitFor(async () => {
    const left = await Promise.all(pids.map(async pid => ({ pid, running: await isRunning(pid) })));
    expect(left.filter(({ running }) => running)).toEqual([]);
  }, patience);
}

const Movement = z.object({ site: z.string(), epoch: z.string(), seq: z.int(), state: z.string() });
const Movements = z.object({ items: z.array(Movement) });

const centralOf = (start: Start) => /central\s+(http:\S+)/.exec(start.said())?.[1] ?? "";

/** Asks central as the client that the run has made for itself. */
function ask(start: Start, path: string): Promise<Response> {
  const secret = readFileSync(join(home, "integrator-secret"), "utf8");
  return connect({ url: centralOf(start), client: "integrator", secret }).fetch(path);
}

/** The path of a movement that is in the ledger, once there is one. */
async function somePosted(start: Start): Promise<string> {
  return vi.waitFor(async () => {
    const { items } = Movements.parse(await (await ask(start, "/v1/movements?limit=100")).json());
    const posted = items.find(({ state }) => state === "posted");
    if (posted === undefined) throw new Error("nothing is posted yet");
    return `/v1/movements/${posted.site}/${posted.epoch}/${posted.seq}`;
  }, patience);
}

async function expectKnown(start: Start, path: string): Promise<void> {
  await vi.waitFor(async () => expect((await ask(start, path)).status).toBe(200), patience);
}

/** The one process of the run in whose command line these words stand. */
async function processOf(start: Start, words: string): Promise<number> {
  const pids = await childrenOf(start.pid);
  const found = pids.filter(pid => commandLine(pid).includes(words));
  expect(found, words).toHaveLength(1);
  return found[0] ?? 0;
}

function commandLine(pid: number): string {
  return process.platform === "linux"
    ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
    : spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout;
}

describe("in one directory, one start after the other", () => {
  beforeAll(makeHome);
  afterEach(endAll);
  afterAll(removeHome);

  test("npm start runs everything until movements show, refuses a second one beside it, and Ctrl-C ends all; what it says on the first screen works as it stands", async () => {
    const start = run("npm", ["start", "--", "--data", home]);
    await untilSaid(start, "Tallygate runs.");
    await untilSaid(start, /To try:\n\n.*\n.*\n/);
    await somePosted(start);

    const second = begin();
    expect(await second.ended).toBe(1);
    expect(second.said()).toMatch(/^✗ Tallygate already runs in \S+, as process \d+; end that one first.*\n$/);
    expect(await isRunning(Number(/process (\d+)/.exec(second.said())?.[1]))).toBe(true);

    await tryFirstScreen(start);

    const all = await family(start.pid);
    start.process.kill("SIGINT");
    await start.ended;
    expect(start.said()).toContain("Everything has ended.");
    await expectAllGone(all);
  });

  test("a part or server that is killed comes back; when it is killed itself nothing is left; and the next start knows what was stored", async () => {
    const start = begin();
    await untilSaid(start, "Tallygate runs.");
    const before = await somePosted(start);
    for (const [name, words] of [
      ["central", `central/src/main.ts --config ${home}`],
      ["lyon", `edge/src/main.ts --config ${home}/lyon.yaml`],
      ["PostgreSQL", `postgres -D ${home}`],
      ["NATS", `${home}/nats/nats.conf`],
    ] as const) {
      process.kill(await processOf(start, words), "SIGKILL");
      await untilSaid(start, `! ${name} ended by itself (SIGKILL) and is started again.`);
      await untilSaid(start, `${name} runs again.`);
    }
    await expectKnown(start, before);

    const all = await family(start.pid);
    start.process.kill("SIGKILL");
    const next = begin();
    await expectAllGone(all);
    await untilSaid(next, "Tallygate runs.");
    expect(next.said()).toMatch(/items\s+are known/);
    expect(next.said()).toContain("admin, its first password is in ");
    expect(next.said()).not.toContain(readFileSync(join(home, "admin-password"), "utf8"));
    await expectKnown(next, before);
    const rest = await family(next.pid);
    next.process.kill("SIGHUP");
    expect(await next.ended).toBe(0);
    await expectAllGone(rest);
  });

  test("a part that cannot be kept alive ends everything, with one sentence", async () => {
    const start = begin();
    await untilSaid(start, "Tallygate runs.");
    const all = await family(start.pid);
    for (let time = 1; time <= limits.restartsMax + 1; time++) {
      process.kill(await processOf(start, `firmware-sim/src/main.ts ${home}`), "SIGKILL");
      if (time > limits.restartsMax) break;
      await vi.waitFor(() => expect(start.said().split("simulator runs again.")).toHaveLength(time + 1), patience);
    }
    expect(await start.ended).toBe(1);
    expect(start.said()).toMatch(
      /✗ simulator ended by itself \(SIGKILL\)\. That was the end number 6 of simulator within a minute/,
    );
    await expectAllGone(all);
  });

  test("Ctrl-C while it starts ends what has started", async () => {
    const start = begin();
    await untilSaid(start, "✓ NATS");
    const all = await family(start.pid);
    start.process.kill("SIGINT");
    expect(await start.ended).toBe(0);
    expect(start.said()).not.toMatch(/✗|Tallygate runs/);
    await expectAllGone(all, 2);
  });

  test("a taken port gives way to the next one, and it is said whose setting it is", async () => {
    const stranger = createServer();
    if (await isPortFree(8080)) await new Promise<void>(done => stranger.listen(8080, "127.0.0.1", done));
    const start = begin("--no-sim");
    await untilSaid(start, "Tallygate runs.");
    stranger.close();
    const [, port = ""] =
      /Port 8080 \(http\.listen in central\.yaml\) is taken; central takes (\d+)/.exec(start.said()) ?? [];
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect(start.said()).not.toContain("simulator");
    start.process.kill("SIGTERM");
    expect(await start.ended).toBe(0);
  });

  test("a second Ctrl-C kills", async () => {
    const start = begin("--no-sim");
    await untilSaid(start, "Tallygate runs.");
    const all = await family(start.pid);
    // A part that does not listen any more holds up the orderly end.
    process.kill(await processOf(start, `edge/src/main.ts --config ${home}/porto.yaml`), "SIGSTOP");
    start.process.kill("SIGINT");
    await untilSaid(start, "Ending everything");
    const firstMs = performance.now();
    await vi.waitFor(() => expect(performance.now() - firstMs).toBeGreaterThan(limits.sameInterruptMs), patience);
    start.process.kill("SIGINT");
    expect(await start.ended).toBe(130);
    await expectAllGone(all);
  });
});

/** Types what stands below "To try:", as a person would. */
async function tryFirstScreen(start: Start): Promise<void> {
  const password = /admin, with the password (\S+),/.exec(start.said())?.[1];
  expect(password).toBe(readFileSync(join(home, "admin-password"), "utf8"));
  const line = (name: string) => new RegExp(`^ {2}${name} {2,}(.+)$`, "m").exec(start.said())?.[1] ?? "";
  const shell = (...lines: string[]) => {
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
    const { status, stdout, stderr } = spawnSync("bash", ["-euc", lines.join("\n")], {
      cwd: root,
      encoding: "utf8",
      env,
    });
    expect(status, stderr).toBe(0);
    return stdout;
  };
  shell(line("scan its barcode"));
  await vi.waitFor(() => {
    const reservation = JSON.parse(shell(line("a token"), line("reserve one, once some came")));
    expect(reservation, JSON.stringify(reservation)).toMatchObject({ state: "held" });
  }, patience);
  expect(JSON.parse(shell(line("a token"), line("stock of an item")))).toHaveProperty("on_hand");
  expect(shell(line("a client of yours"))).toMatch(/\nmy-shop {2}integrator at all sites\n.*shown only now: tgs_/);
  const unsigned = await fetch(`${centralOf(start)}/v1/movements`);
  expect(unsigned.status).toBe(401);
}

const mountable = process.platform === "linux" && process.getuid?.() === 0;

/** Lays a disk of its own under the directory, of so many megabytes. */
function mountDisk(megabytes: number): AsyncDisposable | undefined {
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", home]).status === 0;
  if (!mounted) return undefined;
  chmodSync(home, 0o755);
  return {
    [Symbol.asyncDispose]: async () => {
      await endAll();
      await vi.waitFor(() => expect(spawnSync("umount", [home]).status).toBe(0), patience);
    },
  };
}

describe("on a disk of its own", () => {
  beforeEach(makeHome);
  afterEach(removeHome);

  test.runIf(mountable)("a full disk is said in one sentence, before anything is started", async context => {
    await using disk = mountDisk(20);
    if (disk === undefined) return context.skip();
    const start = begin();
    expect(await start.ended).toBe(1);
    expect(start.said()).toMatch(/^✗ The disk of \S+ is full: \d+ MB are free, 256 MB are needed\. Make room[^\n]*\n$/);
  });

  test.runIf(mountable)(
    "a disk that gets full is said, and when there is room again everything goes on",
    async context => {
      await using disk = mountDisk(420);
      if (disk === undefined) return context.skip();
      const start = begin();
      await untilSaid(start, "Tallygate runs.");
      await somePosted(start);
      const filler = join(home, "filler");
      spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=1M"]);
      await untilSaid(start, /! The disk of \S+ is full: \d MB are free/);
      rmSync(filler);
      await untilSaid(start, "NATS was started again and has its streams.");
      const since = new Date().toISOString();
      await vi.waitFor(async () => {
        const answer = await ask(start, `/v1/movements?by=record&since=${since}`);
        expect(Movements.parse(await answer.json()).items.length).toBeGreaterThan(0);
      }, patience);
      start.process.kill("SIGINT");
      expect(await start.ended).toBe(0);
    },
  );
});

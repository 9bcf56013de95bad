import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startRecordingBroker } from "./devices/broker.fixture.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "sim-"));
});
afterAll(() => rm(dir, { recursive: true }));

interface Running {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const main = new URL("main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", bytes => {
    output += bytes;
  });
  child.stderr.on("data", bytes => {
    errors += bytes;
  });
  return { process: child, output: () => output, errors: () => errors };
}

async function end({ process }: Running): Promise<number | null> {
  if (process.exitCode === null) await once(process, "exit");
  return process.exitCode;
}

test("Ctrl-C begins nothing new, waits for the answers, writes the truth and says what happened", async () => {
  await using broker = await startRecordingBroker();
  const file = join(dir, "truth.json");
  const url = { TALLYGATE_SITES__LYON__MQTT__URL: broker.url };
  const sim = start(["one-gate", "--speed", "10", "--seed", "3", "--truth", file], url);
  await vi.waitFor(() => expect(broker.answered.length).toBeGreaterThan(5), { timeout: 20_000 });

  sim.process.kill("SIGUSR2");
  await vi.waitFor(async () => expect(JSON.parse(await readFile(file, "utf8")).events).toBeGreaterThan(0), {
    timeout: 5_000,
  });

  sim.process.kill("SIGINT");
  expect(await end(sim)).toBe(0);
  const truth = JSON.parse(await readFile(file, "utf8"));
  expect(truth).toMatchObject({ seed: "3", isSettled: true, totals: { pending: 0 } });
  expect(truth.totals.answered).toBe(broker.answered.length);
  expect(sim.errors()).toContain(`${truth.totals.answered} answered, 0 resent, 0 without an answer`);
  expect(sim.errors()).toMatch(/lyon +[A-Z0-9-]+ +dock-1 +\d+/);
});

test("a run that is over by itself ends well; the same seed gives the same stock", async () => {
  await using broker = await startRecordingBroker();
  const url = { TALLYGATE_SITES__LYON__MQTT__URL: broker.url };
  const stocks: unknown[] = [];
  for (const speed of ["200", "400"]) {
    const file = join(dir, `speed-${speed}.json`);
    const sim = start(["one-gate", "--speed", speed, "--pallets", "2", "--truth", file], url);
    expect(await end(sim)).toBe(0);
    stocks.push(JSON.parse(await readFile(file, "utf8")).stock);
  }
  expect(stocks[0]).toEqual(stocks[1]);
});

test("the catalogue goes to standard output, and nothing else does", async () => {
  const sim = start(["two-sites", "--print-catalogue"]);
  expect(await end(sim)).toBe(0);
  const { items, sites } = JSON.parse(sim.output());
  expect(items).toHaveLength(16);
  expect(sites).toContainEqual({ site: "porto", places: ["dock-1", "storage"] });
});

test("faults are said all at once, with what is allowed", async () => {
  const wrong = start(["one-gate"], { TALLYGATE_SPEED: "fast", TALLYGATE_SITES__LYON__MQTT__URL: "http://broker" });
  expect(await end(wrong)).toBe(1);
  expect(wrong.errors()).toMatch(/TALLYGATE_SPEED/);
  expect(wrong.errors()).toMatch(/TALLYGATE_SITES__LYON__MQTT__URL/);
  const unknown = start(["one-gate", "--sped", "3"]);
  expect(await end(unknown)).toBe(2);
  expect(unknown.errors()).toContain("Usage: npm run sim -- SCENARIO");
});

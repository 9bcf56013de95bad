import { appendFile } from "node:fs/promises";
import { hostname } from "node:os";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { feedFor } from "./fuzzing/feed.ts";
import { type Fuzzed, fuzzRoute, nameOf } from "./fuzzing/fuzz-route.ts";
import { operationsOutsideV1, requestsOutsideV1 } from "./fuzzing/outside-v1.ts";
import { openStages, type Stage, type Stages } from "./fuzzing/stage.ts";
import { together } from "./fuzzing/written.ts";
import type { Operation } from "./testing-document.ts";

/** Requests to each route; `npm run fuzz:api` sends 10,000. */
const requests = Number(process.env["FUZZ_REQUESTS"] ?? 32);
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
/** What the names of the routes match, to look at some alone; and which of so many shares of them, such as 1/2. */
const only = new RegExp(process.env["FUZZ_ROUTES"] ?? "");
const [share = 1, shares = 1] = (process.env["FUZZ_SHARE"] ?? "1/1").split("/").map(Number);
/** A file to which each route that is through adds a line of JSON. */
const report = process.env["FUZZ_REPORT"];
/** A database gets this many requests before the next route gets a new one: what one route leaves behind slows the others down. */
const requestsPerStage = 6_000;

/** Failures that were named with an earlier route. */
const told = new Set<string>();

let stages: Stages;
let routes: readonly Operation[];

beforeAll(async () => {
  stages = await openStages();
  routes = stages.document.operations
    .filter(operation => operation.route.startsWith("/v1/") && only.test(nameOf(operation)))
    .filter((_, index) => index % shares === share - 1);
}, 120_000);

afterAll(async () => {
  await stages?.[Symbol.asyncDispose]();
});

test("what is written is noted with the request that it was for, what was decided together under its own name, and what was rolled back not", async () => {
  await using stage = await stages.open();
  const { api, written } = stage;
  const item = { sku: "NOTED", name: "Noted" };
  const reserve = (sku: string) => ({ lines: [{ sku, quantity: 1 }] });
  const sent = [
    await api.post("/v1/items", item, { "x-request-id": "granted" }),
    await api.post("/v1/items", item, { "x-request-id": "refused" }),
    await api.post("/v1/reservations", reserve("HELD"), { "x-request-id": "reserved" }),
    await api.post("/v1/reservations", reserve("NOTED"), { "x-request-id": "insufficient" }),
    await api.get("/v1/items", { "x-request-id": "read" }),
  ];
  expect(sent.map(({ status }) => status)).toEqual([201, 409, 201, 409, 200]);
  const changes = await written.take();
  expect([...changes.keys()].toSorted()).toEqual(["granted", together]);
  expect(changes.get("granted")).toContain("INSERT item");
  expect(changes.get(together)).toContain("INSERT reservation");
  expect([...written.joined]).toEqual(["reserved", "insufficient"]);
});

test("no route fails whatever is sent, every answer is in the document, and whatever is refused has changed nothing", {
  timeout: 120_000 + requests * 100 * 132,
}, async () => {
  console.log(`${requests} requests to each of ${routes.length} routes, FUZZ_SEED=${seed}, at ${hostname()}`);
  const all: Fuzzed[] = [];
  let stage: Stage | undefined;
  for (const [index, operation] of routes.entries()) {
    if (index % Math.max(1, Math.floor(requestsPerStage / requests)) === 0) {
      await stage?.[Symbol.asyncDispose]();
      stage = await stages.open();
    }
    if (stage === undefined) throw new Error("there is no stage");
    const fuzzed = await fuzz(operation, stage);
    all.push(fuzzed);
    if (report !== undefined) await appendFile(report, `${JSON.stringify({ seed, ...fuzzed })}\n`);
  }
  await stage?.[Symbol.asyncDispose]();
  console.log(tableOf(all));
  expect(all.flatMap(({ faults }) => faults)).toEqual([]);
});

test("no route outside /v1 fails, either, and what it refuses has changed nothing but the count of wrong passwords", {
  timeout: 120_000 + requests * 100 * 16,
}, async () => {
  await using stage = await stages.open();
  const document = operationsOutsideV1(stage.known);
  const all: Fuzzed[] = [];
  for (const operation of document.operations.filter(each => share === 1 && only.test(nameOf(each))))
    all.push(await fuzz(operation, stage, document));
  console.log(tableOf(all));
  expect(all.flatMap(({ faults }) => faults)).toEqual([]);
});

async function fuzz(operation: Operation, stage: Stage, document = stages.document): Promise<Fuzzed> {
  const { wire, written } = stage;
  const fuzzed = await fuzzRoute(operation, {
    document,
    wire,
    written,
    feed: feedFor(operation, stage),
    seed,
    requests: requestsOutsideV1(operation, requests),
  });
  const hidden = await hiddenFaults(stage);
  return { ...fuzzed, faults: [...fuzzed.faults, ...hidden.map(fault => `${fuzzed.route}: ${fault}`)] };
}

/** What no answer shows: failures of requests whose clients had gone, and what was not given back. */
async function hiddenFaults({ api, ledger, written }: Stage): Promise<readonly string[]> {
  const { body } = await api.get("/metrics");
  const failed = String(body)
    .split("\n")
    .filter(line => /^tallygate_http_request_seconds_count.*status="5/.test(line) && !told.has(line));
  for (const line of failed) told.add(line);
  try {
    await vi.waitFor(async () => {
      const { rows } = await ledger.pool.query<{ query: string }>(
        `select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
         and (state = 'idle in transaction' or state = 'active') and xact_start < now() - interval '1 second'`,
      );
      expect([rows, ledger.pool.waitingCount, await written.left()]).toEqual([[], 0, 0]);
    });
    return failed;
  } catch (error) {
    return [...failed, `was left at work: ${error}`];
  }
}

function tableOf(all: readonly Fuzzed[]): string {
  const lines = all.map(({ route, requests, granted, refused, unanswered, seconds, faults }) => {
    const rate = Math.round(requests / seconds);
    return `| ${route} | ${requests} | ${granted} | ${refused} | ${unanswered} | ${rate} | ${faults.length} |`;
  });
  return [
    "| route | requests | granted | refused | unanswered | requests/s | faults |",
    "| --- | --: | --: | --: | --: | --: | --: |",
    ...lines,
  ].join("\n");
}

import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LocalServer, startInflux } from "../../../deploy/local/servers.ts";
import { Influx } from "../projector/influx.ts";
import { type Answer, openTestApi, openTestLedger, type TestApi, type TestLedger } from "./testing.ts";
import { ApiDocument, isStream, type Operation } from "./testing-document.ts";
import { seedExamples } from "./testing-examples.ts";
import { openFingerprint } from "./testing-fingerprint.ts";
import { requestsFor, type Sent } from "./testing-requests.ts";

/** Requests to each route; `FUZZ_REQUESTS=10000` for all that the figures name. */
const requests = Number(process.env["FUZZ_REQUESTS"] ?? 30);
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
/** A part of the routes' names, to look at some alone. */
const only = process.env["FUZZ_ROUTES"] ?? "";
/** Routes that are asked at the same time, and refused requests of each that are sent again. */
const lanes = 8;
const refusedKept = 40;

let ledger: TestLedger;
let influxd: LocalServer;
let api: TestApi;
let document: ApiDocument;
let routes: readonly Operation[];
const refused = new Map<Operation, Sent[]>();
/** Of things that were made, by the first two parts of their paths. */
const made = new Map<string, string[]>();

beforeAll(async () => {
  [ledger, influxd] = await Promise.all([openTestLedger(), startInflux()]);
  const influx = new Influx({ url: influxd.url, database: "tallygate", bucket: "", org: "", token: "" });
  await influx.prepare();
  api = await openTestApi(ledger, influx);
  document = new ApiDocument((await api.get("/openapi.json")).body);
  await seedExamples(ledger, api);
  routes = document.operations.filter(
    ({ method, route }) => route.startsWith("/v1/") && nameOf({ method, route }).includes(only),
  );
}, 120_000);

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await influxd?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

const nameOf = ({ method, route }: Pick<Operation, "method" | "route">) => `${method} ${route}`;
const collectionOf = ({ route }: Operation) => route.split("/").slice(0, 3).join("/");

async function send(operation: Operation, { path, headers, body }: Sent): Promise<Answer> {
  const sent = { method: operation.method, headers, ...(body !== undefined && { body }) };
  if (!isStream(operation)) return read(await fetch(api.http.url + path, sent));
  const abort = new AbortController();
  const response = await fetch(api.http.url + path, { ...sent, signal: abort.signal });
  const answer = response.ok ? { status: response.status, headers: response.headers, body: "" } : await read(response);
  abort.abort();
  return answer;
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /\bjson/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

test("no route fails whatever is sent, and every answer is in the document", {
  timeout: 120_000 + requests * 10_000,
}, async () => {
  console.log(`${requests} requests to each of ${routes.length} routes, FUZZ_SEED=${seed}, at ${hostname()}`);
  const waiting = [...routes];
  const faults: string[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) faults.push(...(await fuzz(next)));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  expect(faults).toEqual([]);
});

/** What went wrong with the first request that did. */
async function fuzz(operation: Operation): Promise<readonly string[]> {
  const kept: Sent[] = [];
  refused.set(operation, kept);
  const ids = idsOf(operation);
  const property = fc.asyncProperty(requestsFor(document, operation, ids), async sent => {
    const answer = await send(operation, sent);
    const { status, body } = answer;
    if (status === 404 && body.code === "route.unknown") return;
    expect(status, JSON.stringify(body)).toBeLessThan(500);
    expect(document.faultsOf(operation, answer), `${status} ${JSON.stringify(body)}`).toEqual([]);
    if (status >= 400 && kept.length < refusedKept) kept.push(sent);
    if (status === 201 && typeof body.id === "string") ids.push(body.id);
  });
  // What was asked meanwhile has changed what a request does, so that smaller ones would say little.
  const found = await fc.check(property, { numRuns: requests, seed, endOnFailure: true });
  return found.failed ? [`${nameOf(operation)} ${JSON.stringify(found.counterexample)}: ${found.errorInstance}`] : [];
}

function idsOf(operation: Operation): string[] {
  const collection = collectionOf(operation);
  const ids = made.get(collection) ?? ["01939f6c-2a7b-7e4d-8f10-0a1b2c3d4e5f"];
  made.set(collection, ids);
  return ids;
}

test("whatever is refused has changed nothing", { timeout: 300_000 }, async () => {
  const fingerprint = await openFingerprint(ledger.pool);
  let checked = 0;
  for (const [operation, all] of refused) {
    let sent: readonly Sent[] = all;
    for (let tries = 0; ; ) {
      const before = await quiet(fingerprint);
      const answers = await Promise.all(sent.map(one => send(operation, one)));
      const after = await fingerprint();
      const still = sent.filter((_, index) => (answers[index]?.status ?? 0) >= 400);
      if (still.length === sent.length) {
        if (isDeepStrictEqual(before, after)) break;
        // Something else may have ended just then, such as a reservation's time; never three times at once.
        tries += 1;
        if (tries === 3) expect([nameOf(operation), after]).toEqual([nameOf(operation), before]);
      }
      // Some are granted now, since the others changed what they need: they are left out.
      sent = still;
    }
    checked += sent.length;
  }
  expect(checked).toBeGreaterThan(routes.length);
});

/** The fingerprint once what follows from requests that were granted has come to its end. */
async function quiet<T>(fingerprint: () => Promise<T>): Promise<T> {
  let last = await fingerprint();
  await vi.waitFor(
    async () => {
      const before = last;
      last = await fingerprint();
      expect(last).toEqual(before);
    },
    { interval: 120, timeout: 60_000 },
  );
  return last;
}

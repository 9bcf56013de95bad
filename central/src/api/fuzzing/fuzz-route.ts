import { hash, randomUUID } from "node:crypto";
import fc from "fast-check";
import { type ApiDocument, isStream, type Operation } from "../testing-document.ts";
import { Enough } from "./feed.ts";
import { requestsFor, type Sent, type Thing } from "./requests.ts";
import { bytesOf, maybeWhole, type Plain, spoiledBytesOf } from "./spoiled.ts";
import type { Bytes, Wire } from "./wire.ts";
import { mayChange, together, type Written } from "./written.ts";

/** Requests of one wave: they are under way at the same time. */
export const waveMax = 32;
/** Things that are made before each wave, and those that a wave may name. */
const fedPerWave = 3;
const thingsMax = 20;
/** Different faults of one route that are told. */
const faultsMax = 8;
/** How often requests that were refused beside others are sent again by themselves, before what changes meanwhile is theirs. */
const againMax = 3;

export interface FuzzParts {
  readonly document: ApiDocument;
  readonly wire: Wire;
  readonly written: Written;
  readonly feed: (() => Promise<Thing>) | undefined;
  readonly seed: number;
  readonly requests: number;
}

/** What became of the requests to one route. */
export interface Fuzzed {
  readonly route: string;
  readonly requests: number;
  readonly granted: number;
  readonly refused: number;
  /** Broken off by the client, or by the server without an answer. */
  readonly unanswered: number;
  readonly seconds: number;
  /** How often each problem code, or bare status, was the answer. */
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

interface Sending {
  readonly id: string;
  readonly sent: Sent;
  readonly answer: Awaited<ReturnType<Wire["send"]>>;
}

/**
 * Sends requests to a route, wave by wave. Each is made from the seed, the route and the number of its wave. An answer with 5xx, one that
 * is not in the document, and a row that was written for a request that was refused or never came to its end are faults.
 */
export async function fuzzRoute(operation: Operation, parts: FuzzParts): Promise<Fuzzed> {
  const { document, written, feed, seed, requests } = parts;
  const route = nameOf(operation);
  const things: Thing[] = [];
  const made = requestsFor(document, operation, things);
  const faults = new Map<string, string>();
  const counts = { granted: 0, refused: 0, unanswered: 0 };
  const answers: Record<string, number> = {};
  const startMs = performance.now();
  let before: readonly Sending[] = [];
  for (let wave = 0; wave * waveMax < requests; wave++) {
    if (feed !== undefined) things.push(...(await fed(feed)));
    things.splice(0, things.length - thingsMax);
    const numRuns = Math.min(waveMax, requests - wave * waveMax);
    // What was broken off may still have been at work when its wave was judged.
    const late = changedBy(before, await written.take(), operation);
    written.joined.clear();
    const sendings = await sendAll(fc.sample(made, { numRuns, seed: seedOf(seed, route, wave) }), operation, parts);
    for (const { answer } of sendings) {
      counts[outcomeOf(answer)] += 1;
      const what = typeof answer === "string" ? answer : String(answer.body?.code ?? answer.status);
      answers[what] = (answers[what] ?? 0) + 1;
      const cursor: unknown = Object(Object(answer).body).next_cursor;
      if (typeof cursor === "string") things.push({ cursor });
    }
    before = sendings;
    const found = [
      ...late,
      ...sendings.flatMap(sending => faultsOf(operation, sending, parts)),
      ...(await changesByRefused(sendings, operation, parts)),
    ];
    for (const [what, { id, sent }] of found) {
      if (faults.has(what) || faults.size === faultsMax) continue;
      const bytes = Buffer.from(wireBytes(operation, sent, id).bytes);
      faults.set(
        what,
        `${what}\n  wave ${wave} of seed ${seed}: ${JSON.stringify(sent).slice(0, 1_000)}\n  ${shell(bytes)}`,
      );
    }
  }
  const seconds = (performance.now() - startMs) / 1000;
  return {
    route,
    requests,
    ...counts,
    seconds,
    answers,
    faults: [...faults.values()].map(text => `${route}: ${text}`),
  };
}

async function fed(feed: () => Promise<Thing>): Promise<readonly Thing[]> {
  const results = await Promise.allSettled(Array.from({ length: fedPerWave }, feed));
  return results.flatMap(result => {
    if (result.status === "fulfilled") return [result.value];
    if (result.reason instanceof Enough) return [];
    throw result.reason;
  });
}

export function nameOf({ method, route }: Pick<Operation, "method" | "route">): string {
  return `${method} ${route}`;
}

function seedOf(seed: number, route: string, wave: number): number {
  return hash("sha256", `${seed} ${route} ${wave}`, "buffer").readInt32LE(0);
}

function sendAll(requests: readonly Sent[], operation: Operation, { wire }: FuzzParts): Promise<readonly Sending[]> {
  return Promise.all(
    requests.map(async sent => {
      const id = randomUUID();
      return { id, sent, answer: await wire.send(wireBytes(operation, sent, id)) };
    }),
  );
}

function wireBytes(operation: Operation, { path, headers, body, spoiled }: Sent, id: string): Bytes {
  const plain: Plain = {
    method: operation.method,
    path,
    headers: [["x-request-id", id], ...Object.entries(headers)],
    body: body === undefined ? undefined : Buffer.from(body.toWellFormed()),
  };
  const bytes = spoiled === undefined ? bytesOf(plain) : spoiledBytesOf(plain, spoiled.how, spoiled.at);
  return isStream(operation) ? { ...bytes, headOnly: true } : bytes;
}

function outcomeOf(answer: Sending["answer"]): "granted" | "refused" | "unanswered" {
  if (typeof answer === "string") return "unanswered";
  return answer.status < 400 ? "granted" : "refused";
}

type Fault = readonly [what: string, sending: Sending];

/** What is wrong with an answer. Requests that were spoiled on their way may be answered before they are read, in fewer words. */
function faultsOf(operation: Operation, sending: Sending, { document }: FuzzParts): readonly Fault[] {
  const { sent, answer } = sending;
  if (answer === "forgotten" || (answer === "broken off" && sent.spoiled === undefined)) return [[answer, sending]];
  if (answer === "broken off") return [];
  if (answer.status >= 500) return [[`${answer.status} ${answer.body?.code} ${sent.spoiled?.how ?? ""}`, sending]];
  // 431 comes from the server itself, of a request line that is too long for any route.
  if (sent.spoiled !== undefined || answer.status === 431 || isStream(operation)) return [];
  if (Object.keys(operation.responses).length === 0) return [];
  const faults = document.faultsOf(operation, answer);
  return Array.isArray(faults) && faults.length === 0 ? [] : [[`${answer.status} ${JSON.stringify(faults)}`, sending]];
}

/** Rows that were written for requests that were not granted. */
async function changesByRefused(
  sendings: readonly Sending[],
  operation: Operation,
  parts: FuzzParts,
): Promise<readonly Fault[]> {
  const { written } = parts;
  const changes = await written.take();
  const alone = changedBy(sendings, changes, operation);
  if (!changes.has(together)) return alone;
  const joined = sendings.filter(({ id, answer }) => outcomeOf(answer) !== "granted" && written.joined.has(id));
  return [...alone, ...(await changesTogether(joined, operation, parts))];
}

function changedBy(
  sendings: readonly Sending[],
  changes: ReadonlyMap<string, readonly string[]>,
  operation: Operation,
): readonly Fault[] {
  const may = mayChange[nameOf(operation)] ?? [];
  return sendings.flatMap((sending): Fault[] => {
    const { id, sent, answer } = sending;
    if (answer === "broken off" && sent.spoiled !== undefined && maybeWhole.includes(sent.spoiled.how)) return [];
    const what = outcomeOf(answer) === "granted" ? [] : (changes.get(id) ?? []).filter(each => !may.includes(each));
    if (what.length === 0) return [];
    return [[`${typeof answer === "string" ? answer : answer.status}, and changed: ${what.join(", ")}`, sending]];
  });
}

/**
 * Requests that were decided in one transaction with others, and refused. They are sent again without those others until all are
 * refused: then nothing may be written at all.
 */
async function changesTogether(
  refused: readonly Sending[],
  operation: Operation,
  parts: FuzzParts,
): Promise<readonly Fault[]> {
  let left = refused;
  for (let tries = 0; left.length > 0; ) {
    const sendings = await sendAll(
      left.map(({ sent }) => sent),
      operation,
      parts,
    );
    const what = (await parts.written.take()).get(together);
    const still = sendings.filter(({ answer }) => outcomeOf(answer) !== "granted");
    const [first] = still;
    if (what === undefined || first === undefined) return [];
    if (still.length === sendings.length) tries += 1;
    if (tries === againMax) return [[`${still.length} refused requests together changed: ${what.join(", ")}`, first]];
    left = still;
  }
  return [];
}

/** Sends the same bytes again. */
function shell(bytes: Buffer): string {
  return bytes.length > 4_000
    ? `${bytes.length} bytes`
    : `base64 -d <<< ${bytes.toString("base64")} | nc -q 2 127.0.0.1 $PORT`;
}

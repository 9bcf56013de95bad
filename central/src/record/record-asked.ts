import { type Cause, isOutside, type Level, ok, type Problem, type Result } from "@tallygate/protocol";
import { readUnavailable } from "../db/places/unavailable.ts";
import type { Client } from "../db/pool.ts";
import { type MovementRow, readMovementsById } from "../db/queries/movements.ts";
import { readUnitCodes } from "../db/record/items.ts";
import { readReversed, readReversible } from "../db/record/reversals.ts";
import { readTagPlaces } from "../db/record/tag-places.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { thingOf } from "../stock/thing.ts";
import { type AskedMovement, type AskedReversal, usualBizStep } from "./ask.ts";
import { codeOf } from "./codes.ts";
import type { Note } from "./note.ts";
import { type CentralMovement, lockForMovements, recordMovements } from "./record-movements.ts";
import { oppositeOf } from "./reverse.ts";
import { shortBy } from "./sufficient.ts";

export interface AskedRequest {
  readonly movements: readonly AskedMovement[];
  /** Recorded behind the movements. */
  readonly reversals: readonly AskedReversal[];
  readonly note: Note;
  readonly cause: Cause;
  /** Records what takes more than is there, too: somebody has seen that it happened. */
  readonly force: boolean;
  readonly nowMs: number;
}

export interface RecordedAsked {
  readonly rows: readonly MovementRow[];
  readonly commits: readonly SiteCommit[];
}

/**
 * Records what a person or client asks for, all of it or nothing. What a reader saw is never refused; what somebody types and takes more
 * than is there is most likely a mistake, and needs `force`. Paths of refusals begin with `movements[3]` or `reversals[3]`.
 */
export async function recordAsked(client: Client, request: AskedRequest): Promise<Result<RecordedAsked>> {
  const movements = await resolve(client, request);
  if (!movements.ok) return movements;
  await lockForMovements(client, movements.value);
  const free = (await undone(client, request)) ?? (await elsewhere(client, movements.value, request));
  if (free !== undefined) return { ok: false, problem: free };
  const recorded = await recordMovements(client, movements.value, request.note);
  if (!recorded.ok) return { ok: false, problem: renamed(recorded.problem, request) };
  const rows = await readMovementsById(client, recorded.value.ids);
  const short = request.force ? undefined : await firstShort(client, rows, recorded.value.commits);
  if (short !== undefined) return { ok: false, problem: renamed(short, request) };
  return ok({ rows, commits: recorded.value.commits });
}

/** What is asked for in the words of the ledger. Of a reversal, that is the opposite of what it names. */
async function resolve(client: Client, request: AskedRequest): Promise<Result<readonly CentralMovement[]>> {
  const { movements, reversals, cause, nowMs } = request;
  const skus = movements.flatMap(({ sku }) => (sku === undefined ? [] : [sku]));
  const codes = await readUnitCodes(client, [...new Set(skus)]);
  const names = reversals.map(({ reverses }) => reverses);
  const originals = new Map((await readReversible(client, names)).map(row => [Number(row.position), row]));
  const resolved: CentralMovement[] = [];
  for (const [index, asked] of movements.entries()) {
    const code = codeOf(asked, sku => codes.get(sku));
    if (!code.ok) return refusedAt(`movements[${index}]`, code.problem);
    const { site, from, to, quantity, reason, biz_step, read_point: readPoint, event_time } = asked;
    const bizStep = biz_step ?? usualBizStep(from, to);
    const eventTimeMs = event_time === undefined ? nowMs : Date.parse(event_time);
    resolved.push({ site, code: code.value, from, to, quantity, bizStep, readPoint, eventTimeMs, cause, reason });
  }
  for (const [index, { reverses, reason }] of reversals.entries()) {
    const opposite = oppositeOf(reverses, originals.get(index + 1));
    if (!opposite.ok) return refusedAt(`reversals[${index}]`, opposite.problem);
    resolved.push({ ...opposite.value, eventTimeMs: nowMs, cause, reason });
  }
  return ok(resolved);
}

function refusedAt(path: string, problem: Problem): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { ...problem, at: problem.at === undefined ? path : `${path}.${problem.at}` } };
}

/** Where the request names what became the movement at this place; reversals come behind the movements. */
function pathOf({ movements }: AskedRequest, index: number): string {
  return index < movements.length ? `movements[${index}]` : `reversals[${index - movements.length}]`;
}

/** The first reversal of what was reversed before, also in the same request. */
async function undone(client: Client, { reversals }: AskedRequest): Promise<Problem | undefined> {
  const names = reversals.map(({ reverses }) => reverses);
  const reversed = await readReversed(client, names);
  const seen = new Set<string>();
  for (const [index, { site, epoch, seq }] of names.entries()) {
    const id = `${site}/${epoch}/${seq}`;
    if (reversed.has(index + 1) || seen.has(id)) {
      const at = `reversals[${index}].reverses`;
      return { code: "movement.reversed", detail: `${id} was reversed before; nothing was changed.`, at };
    }
    seen.add(id);
  }
  return undefined;
}

/**
 * The first serialised thing that is not where it is to be taken from. A reversal of what has moved on since is refused even by force:
 * the thing is elsewhere by now.
 */
async function elsewhere(
  client: Client,
  movements: readonly CentralMovement[],
  request: AskedRequest,
): Promise<Problem | undefined> {
  const things = movements.map(({ code }) => code).filter(code => thingOf(code).kind === "instance");
  const tags = await readTagPlaces(client, things);
  const where = new Map([...tags].map(([code, { site, place }]) => [code, `${site}/${place}`]));
  for (const [index, { site, code, from, to, reverses, eventTimeMs }] of movements.entries()) {
    if (thingOf(code).kind !== "instance") continue;
    const tag = tags.get(code);
    // What comes late is put in its place in history, whatever is known of later.
    if (tag !== undefined && eventTimeMs < tag.seenMs && reverses === undefined) continue;
    const is = where.get(code);
    where.set(code, `${site}/${to}`);
    if (is === `${site}/${from}` || isOutside(from)) continue;
    const detail = `${code} is at ${is ?? "no place that the ledger knows"}, not at ${site}/${from}.`;
    if (reverses !== undefined) return { code: "movement.moved_on", detail, at: `${pathOf(request, index)}.reverses` };
    if (!request.force) return { code: "stock.insufficient", detail, at: `${pathOf(request, index)}.from` };
  }
  return undefined;
}

/** A refusal at `movements[7]` of all that is recorded, at the field that the request has for it. */
function renamed(problem: Problem, request: AskedRequest): Problem {
  const at = problem.at?.replace(/^movements\[(\d+)\]/, (_, index: string) => pathOf(request, Number(index)));
  return at === undefined ? problem : { ...problem, at };
}

/** The first movement that left less than was promised; the levels are locked, and as they will be. */
async function firstShort(
  client: Client,
  rows: readonly MovementRow[],
  commits: readonly SiteCommit[],
): Promise<Problem | undefined> {
  const levels = new Map<string, Level>(
    commits.flatMap(({ site, levels }) => levels.map(level => [`${site}/${level.place} ${level.sku}`, level] as const)),
  );
  const unavailable = await readUnavailable(
    client,
    commits.map(({ site }) => site),
  );
  for (const [index, { sku, site, from: place, to }] of rows.entries()) {
    const level = levels.get(`${site}/${place} ${sku}`);
    if (sku === null || level === undefined || isOutside(place)) continue;
    const available = !unavailable.has(`${site}/${place}`);
    const detail = shortBy({ sku, site, place, sold: to === "customer" }, { ...level, available });
    if (detail !== undefined) return { code: "stock.insufficient", detail, at: `movements[${index}].quantity` };
  }
  return undefined;
}

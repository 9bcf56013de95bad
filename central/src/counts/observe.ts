import { type Observation, type Observations, ok, type Result } from "@tallygate/protocol";
import { lockCount, raiseVersion, readCount } from "../db/counts/counts.ts";
import { addEntries, type Entry } from "../db/counts/entries.ts";
import {
  assignObservations,
  itemsInScope,
  keepObservations,
  type OpenCount,
  readCountsOfPlaces,
  readWaiting,
} from "../db/counts/observations.ts";
import type { ExceptionCase } from "../db/exceptions/open.ts";
import { readMeanings } from "../db/ledger/catalogue.ts";
import { addSites, readSites } from "../db/ledger/sites.ts";
import type { Client, Pool } from "../db/pool.ts";
import { Outdated, transaction } from "../db/transaction.ts";
import { openExceptions } from "../exceptions/open.ts";
import type { Meaning } from "../stock/model.ts";
import { thingOf } from "../stock/thing.ts";
import { advance } from "./advance.ts";
import { lotOf } from "./codes.ts";
import type { Count } from "./model.ts";
import { noteTimes } from "./times.ts";

/**
 * Commits what an edge says was counted, each observation once, and gives up to where. What belongs to a count is counted there; what
 * comes too late for one is an exception; the rest is kept for a count that is still to be planned. Nothing is refused.
 */
export async function takeObservations(
  pool: Pool,
  { site, epoch, observations }: Observations,
  nowMs: number,
): Promise<number> {
  await transaction(pool, async client => {
    const siteId = await siteIdOf(client, site);
    const places = [...new Set(observations.map(({ place }) => place))];
    const seen = await readCountsOfPlaces(client, siteId, places);
    const named = new Set(observations.flatMap(each => choose(each, seen)?.countId ?? []));
    for (const id of [...named].sort()) await lockCount(client, id);
    const open = await readCountsOfPlaces(client, siteId, places);
    const fresh = await keepObservations(client, { siteId, epoch }, observations);
    const chosen = observations
      .filter(({ seq }) => fresh.has(seq))
      .flatMap(observation => {
        const found = choose(observation, open);
        return found === undefined ? [] : [{ observation: { ...observation, epoch }, ...found }];
      });
    if (chosen.some(({ countId }) => !named.has(countId))) throw new Outdated("a count was begun meanwhile");
    const late = chosen.filter(({ tooLate }) => tooLate);
    for (const [countId, mine] of Map.groupBy(
      chosen.filter(({ tooLate }) => !tooLate),
      ({ countId }) => countId,
    )) {
      const count = await readCount(client, countId);
      if (count !== undefined) await add(client, count, mine, nowMs);
    }
    await openExceptions(client, lateCases(siteId, late));
  });
  return observations.at(-1)?.seq ?? 0;
}

/** Takes what waits without a count since a time into a locked count. */
export async function takeWaiting(
  client: Client,
  count: Count,
  { sinceMs, actor, nowMs }: { readonly sinceMs: number; readonly actor: string; readonly nowMs: number },
): Promise<Result<Count>> {
  const waiting = await readWaiting(client, { countId: count.id, siteId: count.siteId, sinceMs });
  if (waiting.length === 0) return ok(count);
  const added = await add(
    client,
    count,
    waiting.map(({ placeId, ...observation }) => ({ observation, placeId })),
    nowMs,
    actor,
  );
  return ok(added);
}

async function siteIdOf(client: Client, code: string): Promise<number> {
  const [found] = await readSites(client, [code]);
  if (found !== undefined) return found.id;
  await addSites(client, [code]);
  const [added] = await readSites(client, [code]);
  if (added === undefined) throw new Outdated(`the site ${code} was added by another process`);
  return added.id;
}

interface Chosen {
  readonly countId: string;
  readonly placeId: number;
  readonly tooLate: boolean;
}

/**
 * The count that an observation belongs to by its event time: the newest that is under way there, or was handed in after it. Of a count
 * that is closed already, it comes too late.
 */
export function choose(
  { place, eventTimeMs }: Pick<Observation, "place" | "eventTimeMs">,
  counts: readonly OpenCount[],
): Chosen | undefined {
  const possible = counts.filter(count => {
    return count.place === place && eventTimeMs >= Math.max(count.createdMs, count.countsFromMs ?? 0);
  });
  const within = (count: OpenCount) =>
    !count.leftOut && count.countedMs !== undefined && eventTimeMs <= count.countedMs;
  const taking = possible.find(
    count => count.state === "planned" || count.state === "counting" || (count.state === "submitted" && within(count)),
  );
  if (taking !== undefined) return { countId: taking.countId, placeId: taking.placeId, tooLate: false };
  const closed = possible.find(within);
  return closed && { countId: closed.countId, placeId: closed.placeId, tooLate: true };
}

interface Found {
  readonly observation: Observation & { readonly epoch: string };
  readonly placeId: number;
}

/** Counts observations for a locked count. Those of items that it is not about, or that nobody knows, are left as they are. */
async function add(
  client: Client,
  count: Count,
  found: readonly Found[],
  nowMs: number,
  actor?: string,
): Promise<Count> {
  const keys = new Set(found.map(({ observation }) => thingOf(observation.code).classKey));
  const meanings = await readMeanings(client, [...keys]);
  const scope = await itemsInScope(client, count.id, [...new Set([...meanings.values()].map(({ itemId }) => itemId))]);
  const counted = found.flatMap(each => {
    const { kind, classKey } = thingOf(each.observation.code);
    const meaning = kind === "instance" || kind === "class" ? meanings.get(classKey) : undefined;
    return meaning === undefined || !scope.has(meaning.itemId) ? [] : [{ ...each, meaning }];
  });
  await openExceptions(client, unknownCases(count, found, meanings));
  if (counted.length === 0) return count;
  const { state } = count;
  const begun =
    state === "planned" ? await advance(client, count, { step: "start", actor: actor ?? null, nowMs }) : ok(count);
  await addEntries(client, count.id, sums(counted));
  await assignObservations(
    client,
    count.siteId,
    counted.map(({ observation: { epoch, seq } }) => ({ epoch, seq, countId: count.id })),
  );
  await noteTimes(
    client,
    count.id,
    counted.map(({ placeId, meaning: { itemId }, observation: { eventTimeMs: timeMs } }) => ({
      placeId,
      itemId,
      timeMs,
    })),
  );
  await raiseVersion(client, count.id);
  return begun.ok ? begun.value : count;
}

function sums(counted: readonly (Found & { readonly meaning: Meaning })[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { observation, placeId, meaning } of counted) {
    const { code, session, quantity, eventTimeMs } = observation;
    const source = `device:${session}`;
    const name = `${placeId} ${source} ${code}`;
    const known = entries.get(name);
    const serialised = thingOf(code).kind === "instance";
    const sum = (known?.quantity ?? 0) + quantity;
    const { itemId, units } = meaning;
    const timeMs = Math.max(known?.timeMs ?? eventTimeMs, eventTimeMs);
    const lot = lotOf(code);
    entries.set(name, { placeId, itemId, code, source, quantity: sum, units, serialised, lot, timeMs });
  }
  // A thing that one message counts and takes back is what the last word says; the first entry of a source cannot be below nothing.
  return [...entries.values()].map(entry =>
    entry.serialised ? { ...entry, quantity: Math.min(1, entry.quantity) } : entry,
  );
}

function unknownCases(
  { siteId }: Count,
  found: readonly Found[],
  meanings: ReadonlyMap<string, Meaning>,
): readonly ExceptionCase[] {
  const unknown = Map.groupBy(
    found.filter(({ observation }) => isUnknown(observation.code, meanings)),
    ({ observation }) => thingOf(observation.code).classKey,
  );
  return [...unknown].map(([key, mine]) => {
    const places = [...new Set(mine.map(({ observation }) => observation.place))].join(", ");
    const detail = `Counted at ${places}, but no item has the code ${key}: give it to one before the count is handed in.`;
    return { siteId, problem: "item.unknown", key, detail, count: mine.length };
  });
}

function isUnknown(code: string, meanings: ReadonlyMap<string, Meaning>): boolean {
  const { kind, classKey } = thingOf(code);
  return (kind === "instance" || kind === "class") && !meanings.has(classKey);
}

function lateCases(
  siteId: number,
  late: readonly (Chosen & { readonly observation: Observation })[],
): readonly ExceptionCase[] {
  return [...Map.groupBy(late, ({ countId, observation }) => `${countId}/${observation.place}`)].map(([key, mine]) => {
    const detail = `${mine.length} scans at ${mine[0]?.observation.place} arrived after their count was closed: count the place again.`;
    return { siteId, problem: "count.observation_late", key, detail, count: mine.length };
  });
}

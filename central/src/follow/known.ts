import {
  type AskedLines,
  type KnownLine,
  readAwaited,
  readComplete,
  readLinesOf,
  readWorking,
} from "../db/follow/lines.ts";
import { readUnavailable } from "../db/follow/places.ts";
import {
  type AskedLists,
  readAnnounced,
  readCounted,
  readLists,
  readMatchesOf,
  readReversed,
} from "../db/follow/traces.ts";
import type { Executor } from "../db/pool.ts";
import { awaitedKey } from "./board.ts";
import { followLimits } from "./limits.ts";
import { type Known, lineKey, type Moved } from "./model.ts";
import { type Way, waysOf } from "./ways.ts";

/** What the database knows of documents for these movements, and the versions of the documents that it stands on. */
export async function readKnown(
  db: Executor,
  moved: readonly Moved[],
): Promise<Known & { readonly versions: ReadonlyMap<string, number> }> {
  const codes = [...new Set(moved.flatMap(({ code, serialised }) => (serialised ? [code] : [])))].sort();
  const reverses = moved.flatMap(one => one.reverses ?? []);
  const lists = await readLists(db, askedLists(moved), followLimits.listsPerReadPointMax);
  const counted = await readCounted(db, codes);
  const told = await readAnnounced(db, codes);
  const before = await readMatchesOf(db, reverses);
  const reversed = await readReversed(db, reverses);
  const documentIds = new Set([
    ...lists.flatMap(list => list.documentIds),
    ...[...counted, ...told].map(({ documentId }) => documentId),
    ...[...before.values()].flat().map(({ documentId }) => documentId),
    ...moved.flatMap(({ announced }) => announced?.documentId ?? []),
  ]);
  const lines = await readLinesOf(db, [...documentIds], [...new Set(moved.map(({ itemId }) => itemId))]);
  const asks = asksOf(moved);
  const awaited = await readAllAwaited(db, asks);
  const complete = await readComplete(db, shipmentsIn(asks, awaited), {
    newest: followLimits.newestMax,
    withinMs: followLimits.completeMs,
  });
  const working = await readWorking(db, kindsIn(asks), {
    newest: followLimits.newestMax,
    withinMs: followLimits.workingMs,
  });
  const unavailable = await readUnavailable(
    db,
    moved.flatMap(({ from, to }) => [from.placeId, to.placeId]),
  );
  const all = [...lines, ...[...awaited.values()].flat()];
  const byKey = new Map(all.map(line => [lineKey(line), line]));
  const announced = new Map<string, KnownLine[]>();
  for (const each of told) {
    const line = byKey.get(lineKey(each));
    if (line !== undefined) announced.set(each.code, [...(announced.get(each.code) ?? []), line]);
  }
  return {
    lines,
    lists,
    awaited,
    announced,
    counted,
    before,
    reversed,
    working,
    complete,
    isAvailable: placeId => !unavailable.has(placeId),
    versions: new Map(all.map(({ documentId, version }) => [documentId, version])),
  };
}

/** What movements ask for in one way: the lines that await an item at a site, and how much of it moved. */
interface WayAsk {
  readonly way: Way;
  readonly siteId: number;
  readonly itemId: number;
  quantity: number;
}

function asksOf(moved: readonly Moved[]): ReadonlyMap<string, WayAsk> {
  const asks = new Map<string, WayAsk>();
  for (const one of moved) {
    if (one.reverses !== undefined) continue;
    for (const way of waysOf(one)) {
      const key = awaitedKey(way, one);
      const known = asks.get(key);
      if (known !== undefined) known.quantity += one.quantity;
      else asks.set(key, { way, siteId: one.siteId, itemId: one.itemId, quantity: one.quantity });
    }
  }
  return asks;
}

async function readAllAwaited(
  db: Executor,
  asks: ReadonlyMap<string, WayAsk>,
): Promise<ReadonlyMap<string, readonly KnownLine[]>> {
  const awaited = new Map<string, KnownLine[]>();
  for (const [what, isIt] of Object.entries(readings)) {
    const asked = [...asks.values()].filter(({ way }) => isIt(way));
    // Each line wants one at least, so no more lines are needed than units moved; one more shows that there are more.
    const most = asked.reduce((max, { quantity }) => Math.max(max, quantity), 0);
    const limit = Math.min(most + 1, followLimits.linesPerItemMax);
    const lines = await readAwaited(
      db,
      what as keyof typeof readings,
      asked.map(({ way, siteId, itemId }): AskedLines => ({ kind: way.kind, siteId, itemId })),
      limit,
    );
    for (const { way, siteId, itemId } of asked) {
      const own = lines.filter(
        line =>
          line.kind === way.kind &&
          line.itemId === itemId &&
          (way.side === "site" ? line.siteId : line.toSiteId) === siteId,
      );
      awaited.set(awaitedKey(way, { siteId, itemId }), own);
    }
  }
  return awaited;
}

/** Which index finds what awaits in a way. */
const readings = {
  done: ({ step, side }: Way) => step === "done" && side === "site",
  picked: ({ step }: Way) => step === "picked",
  arriving: ({ side }: Way) => side === "to_site",
} as const;

/** Awaited lines that are not enough for what came: what is too much may belong to a notice that is complete. */
function shipmentsIn(
  asks: ReadonlyMap<string, WayAsk>,
  awaited: ReadonlyMap<string, readonly KnownLine[]>,
): readonly AskedLines[] {
  return [...asks].flatMap(([key, { way, siteId, itemId, quantity }]) => {
    const wanted = (awaited.get(key) ?? []).reduce((sum, line) => sum + line.quantity - line.done, 0);
    return way.kind === "shipment" && wanted < quantity ? [{ kind: way.kind, siteId, itemId }] : [];
  });
}

function kindsIn(asks: ReadonlyMap<string, WayAsk>) {
  const kinds = new Map([...asks.values()].map(({ way: { kind }, siteId }) => [`${siteId}/${kind}`, { kind, siteId }]));
  return [...kinds.values()];
}

/** Event times are asked for in steps, so that one late movement does not make the whole time since then the question. */
const stepMs = 10 * 60_000;

function askedLists(moved: readonly Moved[]): readonly AskedLists[] {
  const asked = new Map<string, AskedLists>();
  for (const { siteId, readPoint, eventTimeMs } of moved) {
    const step = Math.floor(eventTimeMs / stepMs);
    for (const point of new Set([readPoint, readPoint.split("/", 1)[0] ?? readPoint])) {
      const key = `${siteId}/${point}/${step}`;
      const known = asked.get(key) ?? { siteId, readPoint: point, fromMs: eventTimeMs, toMs: eventTimeMs };
      const fromMs = Math.min(known.fromMs, eventTimeMs);
      const toMs = Math.max(known.toMs, eventTimeMs + followLimits.clockSlackMs);
      asked.set(key, { siteId, readPoint: point, fromMs, toMs });
    }
  }
  return [...asked.values()];
}

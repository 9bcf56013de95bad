import { readCounted } from "../db/counts/entries.ts";
import { type ItemFacts, readExpected, readItemFacts, readPairs } from "../db/counts/expected.ts";
import { readThings } from "../db/counts/lines.ts";
import { readAgain, readCountPlaces } from "../db/counts/places.ts";
import type { Executor } from "../db/pool.ts";
import { readCode } from "./codes.ts";
import { type Comparison, compare, expectedOf } from "./compare.ts";
import { countLimits } from "./limits.ts";
import type { CountPlace, Pair } from "./model.ts";

/** An item at a place of a count: what was found, what the ledger had there at the same time, and what is between them. */
export interface CountLine extends Comparison {
  readonly item: ItemFacts;
  readonly place: CountPlace;
  /** As of when it is compared: the place's time, or now while it is still being counted. */
  readonly atMs: number;
}

export interface LinesOptions {
  readonly countId: string;
  readonly priceList: string;
  readonly nowMs: number;
}

/** Compares items at places, in their order. What neither was there nor was found is left out. */
export async function compareLines(
  db: Executor,
  { countId, priceList, nowMs }: LinesOptions,
  pairs: readonly Pair[],
): Promise<readonly CountLine[]> {
  if (pairs.length === 0) return [];
  const ids = [...new Set(pairs.map(({ placeId }) => placeId))];
  const read = await readCountPlaces(db, countId, { limit: ids.length, ids });
  const places = new Map(read.map(place => [place.placeId, place]));
  const again = new Map((await readAgain(db, countId, ids)).map(line => [nameOf(line), line.atMs]));
  const at = pairs.map(pair => {
    return { ...pair, atMs: again.get(nameOf(pair)) ?? places.get(pair.placeId)?.countedMs ?? nowMs };
  });
  const expected = Map.groupBy(await readExpected(db, at), nameOf);
  const counted = Map.groupBy(await readCounted(db, countId, pairs), nameOf);
  const items = await readItemFacts(
    db,
    pairs.map(({ itemId }) => itemId),
    priceList,
  );
  const things = Map.groupBy(
    (await readThings(db, countId, ids)).filter(({ found }) => found),
    nameOf,
  );
  return at.flatMap(pair => {
    const [item, place] = [items.get(pair.itemId), places.get(pair.placeId)];
    if (item === undefined || place === undefined) return [];
    const there = (expected.get(nameOf(pair)) ?? []).map(({ code, units }) => readCode(code, units));
    const found = counted.get(nameOf(pair)) ?? [];
    if (there.length + found.length === 0) return [];
    const brought = new Set((things.get(nameOf(pair)) ?? []).map(({ code }) => code));
    return [
      { ...compare(expectedOf(there, found, brought), found, item.tracking === "lot"), item, place, atMs: pair.atMs },
    ];
  });
}

/** All lines of a count, or of one place of it, some at a time. */
export async function* eachLines(
  db: Executor,
  options: LinesOptions,
  placeId?: number,
): AsyncGenerator<readonly CountLine[]> {
  let after: Pair | undefined;
  do {
    const pairs = await readPairs(db, options.countId, { after, limit: countLimits.pairsAtOnce, placeId });
    yield await compareLines(db, options, pairs);
    after = pairs.length < countLimits.pairsAtOnce ? undefined : pairs.at(-1);
  } while (after !== undefined);
}

export function nameOf({ placeId, itemId }: Pair): string {
  return `${placeId}/${itemId}`;
}

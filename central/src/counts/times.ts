import type { Entry } from "../db/counts/entries.ts";
import { notePlaces, noteUntil, readAgain } from "../db/counts/places.ts";
import type { Client } from "../db/pool.ts";
import { nameOf } from "./lines.ts";

export type TimedEntry = Pick<Entry, "placeId" | "itemId" | "timeMs">;

/** That all of a place was counted by a time. */
export interface PlaceDone {
  readonly placeId: number;
  readonly timeMs: number;
}

/**
 * Notes until when places were counted. A line that is counted again by itself does not carry its place along: the rest of it was
 * counted before.
 */
export async function noteTimes(
  client: Client,
  countId: string,
  entries: readonly TimedEntry[],
  done: readonly PlaceDone[] = [],
): Promise<void> {
  const placeIds = [...new Set(entries.map(({ placeId }) => placeId))];
  const again = new Set((await readAgain(client, countId, placeIds)).map(nameOf));
  await noteUntil(
    client,
    countId,
    entries.filter(entry => again.has(nameOf(entry))),
  );
  const places = new Map<number, { firstMs: number; lastMs: number; done: boolean }>();
  const take = ({ placeId, timeMs }: PlaceDone, isDone: boolean) => {
    const known = places.get(placeId) ?? { firstMs: timeMs, lastMs: timeMs, done: false };
    const firstMs = Math.min(known.firstMs, timeMs);
    places.set(placeId, { firstMs, lastMs: Math.max(known.lastMs, timeMs), done: known.done || isDone });
  };
  for (const entry of entries) if (!again.has(nameOf(entry))) take(entry, false);
  for (const each of done) take(each, true);
  await notePlaces(
    client,
    countId,
    [...places].map(([placeId, time]) => ({ placeId, ...time })),
  );
}

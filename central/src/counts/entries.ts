import { identify, ok, type Problem, type Result, refuse } from "@tallygate/protocol";
import { raiseVersion } from "../db/counts/counts.ts";
import { type Entry, setEntries } from "../db/counts/entries.ts";
import { findItems } from "../db/counts/items.ts";
import { itemsInScope } from "../db/counts/observations.ts";
import { findPlaces, readCountPlaces } from "../db/counts/places.ts";
import { readMeanings } from "../db/ledger/catalogue.ts";
import type { Client } from "../db/pool.ts";
import type { Meaning } from "../stock/model.ts";
import { thingOf } from "../stock/thing.ts";
import { type Asking, advance, note, openCount } from "./advance.ts";
import { codeOfLot, codeOfSerial, lotOf } from "./codes.ts";
import { countLimits } from "./limits.ts";
import type { Count } from "./model.ts";
import { noteTimes } from "./times.ts";

/** What a person or program found: of an item by its SKU, with lot or serial number, or of a code. */
export interface GivenEntry {
  readonly place: string;
  readonly sku?: string | undefined;
  readonly code?: string | undefined;
  readonly lot?: string | undefined;
  readonly serial?: string | undefined;
  readonly quantity: number;
  readonly counted_at?: string | undefined;
}

export interface GivenDone {
  readonly place: string;
  readonly counted_at?: string | undefined;
}

export interface Given {
  readonly entries: readonly GivenEntry[];
  readonly done: readonly GivenDone[];
}

/**
 * Takes what was found. What the same counter says of the same code at the same place takes the place of what was said before, so
 * sending it twice changes nothing. Refuses `count.unknown`, `count.state`, `place.unknown`, `item.unknown`, `count.out_of_scope`,
 * `count.no_code` and `request.invalid`, each at the entry, and then takes nothing.
 */
export async function enter(client: Client, id: string, given: Given, asking: Asking): Promise<Result<Count>> {
  const opened = await openCount(client, id, asking);
  if (!opened.ok) return opened;
  let count = opened.value;
  if (count.state === "planned") {
    const started = await advance(client, count, { step: "start", actor: asking.actor, nowMs: asking.nowMs });
    if (!started.ok) return started;
    count = started.value;
  }
  if (count.state !== "counting") {
    return refuse(
      "count.state",
      `The count is ${count.state}: nothing can be counted for it. Ask for a recount, or plan another.`,
    );
  }
  const placeIds = await findScope(client, count, given);
  if (!placeIds.ok) return placeIds;
  const entries = await readEntries(client, count, given.entries, placeIds.value, asking);
  if (!entries.ok) return entries;
  const done = given.done.map(({ place, counted_at }) => ({
    placeId: placeIds.value.get(place) ?? 0,
    timeMs: timeOf(counted_at, asking.nowMs),
  }));
  await setEntries(client, id, lastOfEach(entries.value));
  await noteTimes(client, id, entries.value, done);
  await raiseVersion(client, id);
  const after = { entries: given.entries.length, done: given.done.map(({ place }) => place) };
  await note(client, count, { actor: asking.actor, action: "count.enter", after });
  return ok({ ...count, version: count.version + 1 });
}

/** The ids of the places that are named, all of which must be the count's. */
async function findScope(
  client: Client,
  count: Count,
  { entries, done }: Given,
): Promise<Result<ReadonlyMap<string, number>>> {
  const named = [
    ...entries.map(({ place }, index) => ({ place, at: `body.entries[${index}].place` })),
    ...done.map(({ place }, index) => ({ place, at: `body.done[${index}].place` })),
  ];
  const found = await findPlaces(client, count.siteId, [...new Set(named.map(({ place }) => place))]);
  const ids = [...found.values()].map(({ id }) => id);
  const own = new Set(
    (await readCountPlaces(client, count.id, { limit: ids.length, ids })).map(({ placeId }) => placeId),
  );
  for (const { place, at } of named) {
    const known = found.get(place);
    if (known === undefined) return refuse("place.unknown", `The site ${count.site} has no place ${place}.`, { at });
    if (!own.has(known.id)) return refuse("count.out_of_scope", `${place} is no place of this count.`, { at });
  }
  return ok(new Map([...found].map(([code, { id }]) => [code, id])));
}

async function readEntries(
  client: Client,
  count: Count,
  given: readonly GivenEntry[],
  placeIds: ReadonlyMap<string, number>,
  { actor, nowMs }: Asking,
): Promise<Result<readonly Entry[]>> {
  const items = await findItems(
    client,
    given.flatMap(({ sku }) => sku ?? []),
  );
  const coded = given.map(entry => codeOf(entry, items));
  const keys = coded.flatMap(code => (code.ok ? thingOf(code.value).classKey : []));
  const meanings = await readMeanings(client, [...new Set(keys)]);
  const scope = await itemsInScope(client, count.id, [...new Set([...meanings.values()].map(({ itemId }) => itemId))]);
  const entries: Entry[] = [];
  for (const [index, entry] of given.entries()) {
    const at = `body.entries[${index}]`;
    const code = coded[index];
    if (code === undefined || !code.ok) return { ok: false, problem: { ...(code?.problem ?? missing), at } };
    const meaning = meanings.get(thingOf(code.value).classKey);
    const fault = faultOf(entry, code.value, meaning, scope, nowMs);
    if (fault !== undefined || meaning === undefined) return { ok: false, problem: { ...(fault ?? missing), at } };
    const serialised = thingOf(code.value).kind === "instance";
    const timeMs = timeOf(entry.counted_at, nowMs);
    const placeId = placeIds.get(entry.place) ?? 0;
    const { itemId, units } = meaning;
    const { quantity } = entry;
    entries.push({
      placeId,
      itemId,
      code: code.value,
      source: actor,
      quantity,
      units,
      serialised,
      lot: lotOf(code.value),
      timeMs,
    });
  }
  return ok(entries);
}

const missing: Problem = { code: "item.unknown", detail: "Name the item by its sku or a code." };

/** The canonical code that an entry means. */
function codeOf(
  { sku, code, lot, serial }: GivenEntry,
  items: ReadonlyMap<string, { readonly classKey: string | null }>,
): Result<string> {
  if (code !== undefined) return ok(canonical(code));
  if (sku === undefined) return { ok: false, problem: missing };
  const item = items.get(sku);
  if (item === undefined) return refuse("item.unknown", `There is no item ${sku}.`);
  const { classKey } = item;
  if (classKey === null) return refuse("count.no_code", `${sku} has no code of a single unit: give it one.`);
  const made = serial === undefined ? codeOfLot(classKey, lot) : codeOfSerial(classKey, serial);
  if (made !== undefined) return ok(made);
  return refuse(
    "count.no_code",
    `${sku} has no GTIN, so neither lots nor serial numbers: give it one, or name the code.`,
  );
}

function canonical(code: string): string {
  return /^(\(|epc:|code:)/.test(code) ? code : identify({ scan: code }).key;
}

function faultOf(
  { quantity, counted_at }: GivenEntry,
  code: string,
  meaning: Meaning | undefined,
  scope: ReadonlySet<number>,
  nowMs: number,
): Problem | undefined {
  const { kind, classKey } = thingOf(code);
  if (kind === "unit" || kind === "none") {
    return { code: "count.out_of_scope", detail: `${code} is no goods by itself: count what is in it.` };
  }
  if (meaning === undefined) {
    return { code: "item.unknown", detail: `No item has the code ${classKey}: give it to one, and count again.` };
  }
  if (!scope.has(meaning.itemId)) {
    return { code: "count.out_of_scope", detail: `${code} is none of the items that this count is about.` };
  }
  if (kind === "instance" && quantity > 1) {
    return { code: "request.invalid", detail: `${code} is one thing of its own: it is there (1) or not (0).` };
  }
  if (timeOf(counted_at, nowMs) > nowMs + countLimits.futureMs) {
    return { code: "request.invalid", detail: `${counted_at} has not come yet.` };
  }
  return undefined;
}

export function timeOf(time: string | undefined, nowMs: number): number {
  return time === undefined ? nowMs : Date.parse(time);
}

/** A request may name a code twice: the last word counts. */
function lastOfEach(entries: readonly Entry[]): readonly Entry[] {
  return [...new Map(entries.map(entry => [`${entry.placeId} ${entry.code}`, entry])).values()];
}

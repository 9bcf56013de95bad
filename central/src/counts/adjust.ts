import { readPlacesWithout } from "../db/counts/expected.ts";
import { type CountThing, type ProvenLine, readThings, type WrittenLine } from "../db/counts/lines.ts";
import type { Client } from "../db/pool.ts";
import type { CentralMovement } from "../record/record-movements.ts";
import type { Variance } from "./approval.ts";
import { codeOfLot } from "./codes.ts";
import type { LotVariance } from "./compare.ts";
import { type CountLine, nameOf } from "./lines.ts";
import { addressOf, type Count, type CountPlace } from "./model.ts";

/** What a place's stock is to be adjusted by. */
export interface Adjusted {
  readonly place: CountPlace;
  readonly movements: readonly CentralMovement[];
  readonly lines: readonly ProvenLine[];
  /** Things that go to loss now, or are brought here; and things that went to loss and turned out to be elsewhere. */
  readonly things: readonly CountThing[];
  readonly elsewhere: readonly string[];
  readonly variances: readonly Variance[];
  /** Lines that cannot be told without serial numbers. */
  readonly unresolved: number;
}

/** A thing that the count took to loss, and where it was then by what has come since. */
export interface LateThing {
  readonly itemId: number;
  readonly code: string;
  readonly site: string;
  readonly place: string;
  readonly units: number;
  readonly atMs: number;
}

export interface AdjustInput {
  readonly count: Count;
  readonly place: CountPlace;
  readonly lines: readonly CountLine[];
  /** What the count has adjusted already, and why lines differ, by the names of the lines. */
  readonly before: ReadonlyMap<string, WrittenLine>;
  readonly reasons: ReadonlyMap<string, string>;
  readonly things: readonly LateThing[];
  readonly varianceOf: (line: CountLine) => Variance;
}

/**
 * The movements that bring a place to what was counted. Pure, and the same for the first posting and for each correction: what the
 * ledger has as of the place's time holds what was posted before.
 */
export function adjustments({ count, place, lines, before, reasons, things, varianceOf }: AdjustInput): Adjusted {
  const bizStep = count.kind === "full" ? "stock_taking" : "cycle_counting";
  const movements: CentralMovement[] = [];
  const moved: CountThing[] = [];
  const proven = new Map<number, ProvenLine>();
  for (const line of lines) {
    const pair = { placeId: place.placeId, itemId: line.item.itemId };
    const reason = place.settled ? lateReason : (reasons.get(nameOf(pair)) ?? "unknown");
    proven.set(pair.itemId, provenOf(line, reason));
    if (line.unresolved) continue;
    const usual = { site: count.site, bizStep, cause: "count", eventTimeMs: line.atMs, reason } as const;
    const move: Move = (code, quantity, from, to) => movements.push({ ...usual, code, quantity, from, to });
    for (const { code } of line.missing) {
      move(code, 1, place.place, "loss");
      moved.push({ ...pair, code, found: false });
    }
    for (const { code } of line.unexpected) {
      move(code, 1, "found", place.place);
      moved.push({ ...pair, code, found: true });
    }
    const { adjustedClass = 0 } = before.get(nameOf(pair)) ?? {};
    for (const each of line.classes) moveClass(line, each, adjustedClass, move);
  }
  for (const { itemId, code, site, place: to, units, atMs } of things) {
    movements.push({
      site,
      code,
      quantity: 1,
      from: "loss",
      to,
      bizStep,
      cause: "count",
      eventTimeMs: atMs,
      reason: lateReason,
    });
    const line = proven.get(itemId) ?? returned(place.placeId, itemId, atMs);
    proven.set(itemId, { ...line, adjusted: line.adjusted + units });
  }
  const prices = new Map(lines.map(({ item }) => [item.itemId, item.price]));
  const returns = things.map(({ itemId, units }) => ({ expected: units, variance: units, price: prices.get(itemId) }));
  return {
    place,
    movements,
    lines: [...proven.values()],
    things: moved,
    elsewhere: things.map(({ code }) => code),
    variances: [...lines.map(varianceOf), ...returns],
    unresolved: lines.filter(line => line.unresolved).length,
  };
}

const lateReason = "late movement";

function provenOf(
  { item, place, atMs, counted, variance, classes, unresolved }: CountLine,
  reason: string,
): ProvenLine {
  const { itemId, price, currency } = item;
  return {
    placeId: place.placeId,
    itemId,
    countedMs: atMs,
    counted,
    adjusted: unresolved ? 0 : variance,
    adjustedClass: unresolved ? 0 : classes.reduce((sum, each) => sum + each.counted - each.expected, 0),
    price,
    currency,
    reason: variance === 0 ? undefined : reason,
  };
}

/** A line of which nothing is left to compare: only what it was adjusted by changes. */
function returned(placeId: number, itemId: number, countedMs: number): ProvenLine {
  const none = { price: undefined, currency: undefined, reason: undefined };
  return { placeId, itemId, countedMs, counted: 0, adjusted: 0, adjustedClass: 0, ...none };
}

type Move = (code: string, quantity: number, from: string, to: string) => void;

/** A correction first takes back what the count had taken to loss, or had found; the rest is found or lost. */
function moveClass(
  { item, place }: CountLine,
  { lot, expected, counted }: LotVariance,
  adjustedBefore: number,
  move: Move,
): void {
  const code = item.classKey === undefined ? undefined : codeOfLot(item.classKey, lot);
  if (code === undefined) throw new Error(`${item.sku} at ${place.place} has no code that could be posted`);
  const at = place.place;
  const more = counted - expected;
  const back = Math.min(Math.abs(more), Math.max(0, more > 0 ? -adjustedBefore : adjustedBefore));
  const rest = Math.abs(more) - back;
  if (more > 0) {
    if (back > 0) move(code, back, "loss", at);
    if (rest > 0) move(code, rest, "found", at);
  } else {
    if (back > 0) move(code, back, at, "found");
    if (rest > 0) move(code, rest, at, "loss");
  }
}

/** Things that the count took to loss, but that had left the place before, as a late movement says. */
export async function lateThings(
  client: Client,
  count: Count,
  { placeId, countedMs }: CountPlace,
): Promise<readonly LateThing[]> {
  const lost = (await readThings(client, count.id, [placeId])).filter(({ found }) => !found);
  if (lost.length === 0 || countedMs === undefined) return [];
  const where = await readPlacesWithout(client, {
    itemIds: [...new Set(lost.map(({ itemId }) => itemId))],
    codes: lost.map(({ code }) => code),
    atMs: countedMs,
    document: addressOf(count.id),
  });
  return lost.flatMap(({ itemId, code }) => {
    const found = where.get(code);
    if (found === undefined || found.placeId === placeId || found.place === "loss") return [];
    return [{ itemId, code, site: found.site, place: found.place, units: found.units, atMs: countedMs }];
  });
}

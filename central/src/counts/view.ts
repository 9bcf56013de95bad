import { listCounts, readCount } from "../db/counts/counts.ts";
import { readPairs } from "../db/counts/expected.ts";
import { readLines, readReasons } from "../db/counts/lines.ts";
import { readProgress } from "../db/counts/places.ts";
import type { Executor } from "../db/pool.ts";
import { type CountLine, compareLines, nameOf } from "./lines.ts";
import type { Count, CountPlace, Pair } from "./model.ts";

/** A count as the API shows it. */
export async function viewCount(db: Executor, count: Count) {
  const { places, counted, settled, leftOut } = await readProgress(db, count.id);
  return {
    id: count.id,
    site: count.site,
    kind: count.kind,
    state: count.state as string,
    blind: count.blind,
    name: count.name,
    all_items: count.allItems,
    limits: { ...count.limits },
    places,
    places_counted: counted,
    places_left_out: leftOut,
    places_posted: settled,
    created_by: count.createdBy,
    created_at: count.createdAt,
    started_at: count.startedAt,
    submitted_by: count.submittedBy,
    submitted_at: count.submittedAt,
    approved_by: count.approvedBy,
    approved_at: count.approvedAt,
    posted_at: count.postedAt,
    remark: count.remark,
  };
}

export async function viewCounts(db: Executor, ...asked: DropFirst<Parameters<typeof listCounts>>) {
  const counts = await listCounts(db, ...asked);
  return Promise.all(counts.map(count => viewCount(db, count)));
}

type DropFirst<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

/** A count's version, as an ETag has it: one more with each change. */
export function versionTag({ version }: Pick<Count, "version">): string {
  return `"${version}"`;
}

export function viewPlace({ place, countedMs, done, leftOut, settled, entries }: CountPlace) {
  return { place, counted_at: timeOf(countedMs), done, left_out: leftOut, posted: settled, entries };
}

/** A line as the API shows it. */
export interface LineView {
  readonly place: string;
  readonly sku: string;
  readonly name: string;
  readonly counted_at: string;
  readonly counted: number;
  readonly adjusted: number;
  readonly currency: string | null;
  readonly reason: string | null;
  readonly expected: number | null;
  readonly variance: number | null;
  readonly value: number | null;
  readonly missing: string[];
  readonly unexpected: string[];
  readonly lots: { lot: string | null; expected: number; counted: number }[];
  readonly needs_serials: boolean;
}

/** What of a line would say what should be there, while that is hidden. */
const untold = {
  expected: null,
  variance: null,
  value: null,
  missing: [],
  unexpected: [],
  lots: [],
  needs_serials: false,
};

export interface LinesAsked {
  readonly priceList: string;
  readonly nowMs: number;
  readonly after: Pair | undefined;
  readonly limit: number;
  readonly placeId: number | undefined;
}

/**
 * Lines of a count in the order of their places. Of a blind count that is not handed in, they say what was found and nothing else: also
 * not which items should be there.
 */
export async function viewLines(db: Executor, count: Count, { priceList, nowMs, after, limit, placeId }: LinesAsked) {
  const pairs = await readPairs(db, count.id, { after, limit, placeId });
  const lines = await compareLines(db, { countId: count.id, priceList, nowMs }, pairs);
  const own = lines.map(({ item, place }) => ({ placeId: place.placeId, itemId: item.itemId }));
  const written = new Map((await readLines(db, count.id, own)).map(line => [nameOf(line), line.adjusted]));
  const reasons = new Map((await readReasons(db, count.id, own)).map(line => [nameOf(line), line.reason]));
  const views = lines.map(line =>
    viewLine(line, written.get(nameOfLine(line)) ?? 0, reasons.get(nameOfLine(line)) ?? null),
  );
  const rows = isHidden(count)
    ? views.filter(({ counted }) => counted > 0).map(view => ({ ...view, ...untold }))
    : views;
  return { rows, next: pairs.length < limit ? undefined : pairs.at(-1) };
}

function nameOfLine({ item, place }: CountLine): string {
  return nameOf({ placeId: place.placeId, itemId: item.itemId });
}

/** What was adjusted is in the ledger by now: without it, the line is as it was found. */
function viewLine(line: CountLine, adjusted: number, reason: string | null): LineView {
  const { item, place, atMs, counted, expected, missing, unexpected, classes, unresolved } = line;
  const variance = line.variance + adjusted;
  return {
    place: place.place,
    sku: item.sku,
    name: item.name,
    counted_at: new Date(atMs).toISOString(),
    counted,
    expected: expected - adjusted,
    variance,
    adjusted,
    value: item.price === undefined ? null : variance * item.price,
    currency: item.currency ?? null,
    missing: missing.map(({ code }) => code),
    unexpected: unexpected.map(({ code }) => code),
    lots: classes.map(({ lot, ...rest }) => ({ lot: lot ?? null, ...rest })),
    needs_serials: unresolved,
    reason,
  };
}

/** Whether what should be there is kept from those who count. */
export function isHidden({ blind, state }: Count): boolean {
  return blind && (state === "planned" || state === "counting");
}

export async function findCount(db: Executor, id: string): Promise<Count | undefined> {
  return readCount(db, id);
}

export function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** The sum of a code at a place by the ledger, in units of the item. */
export interface ExpectedCode {
  readonly code: string;
  readonly units: number;
  /** One thing of its own. */
  readonly serialised: boolean;
  readonly lot: string | undefined;
}

/** What was found under a code, in units of the item; a thing of its own once, however many found it. */
export type CountedCode = ExpectedCode;

/** By how much a lot differs; without a lot, what has none. */
export interface LotVariance {
  readonly lot: string | undefined;
  readonly expected: number;
  readonly counted: number;
}

/** What of an item at a place is, what should be, and what follows. Quantities are units of the item. */
export interface Comparison {
  readonly expected: number;
  readonly counted: number;
  /** Counted − expected: what all the changes below come to. */
  readonly variance: number;
  /** Things that should be there and were not found; and found ones that should not be there. */
  readonly missing: readonly ExpectedCode[];
  readonly unexpected: readonly CountedCode[];
  /** By how much what has no serial number differs; of items that are tracked by lot, for each lot. */
  readonly classes: readonly LotVariance[];
  /** More were found without a serial number than should be, and fewer with one: which ones are there, only serial numbers tell. */
  readonly unresolved: boolean;
}

/**
 * What should be there, by the sums of the codes. A thing is there if its sum says so, or if this count has brought it there already. What
 * the sums say beyond that (a thing that first was heard when it left a place where it had never come to) is a quantity that the ledger
 * lacks, or has too much, and belongs to no thing.
 */
export function expectedOf(
  sums: readonly ExpectedCode[],
  counted: readonly CountedCode[],
  brought: ReadonlySet<string>,
): readonly ExpectedCode[] {
  const things = sums.filter(isThing);
  const known = new Map(things.map(each => [each.code, each.units]));
  const there = [
    ...counted.filter(each => each.serialised && brought.has(each.code)),
    ...things.filter(each => each.units > 0 && !brought.has(each.code)),
  ];
  for (const { code, units } of there) known.set(code, (known.get(code) ?? 0) - units);
  const rest = [...known.values()].reduce((total, units) => total + units, 0);
  const loose = sums.filter(isLoose);
  return [...there, ...loose, ...(rest === 0 ? [] : [{ code: "", units: rest, serialised: false, lot: undefined }])];
}

/**
 * Compares what was counted of one item at one place with what the ledger had there at the same time.
 *
 * A thing of its own is told by its code. What was counted without a serial number although it has one (someone scanned the barcode
 * beside the tag, or counted by hand) stands for things that should be there and were not read, if it is all of them; if it is only some,
 * nobody can say which.
 */
export function compare(
  expected: readonly ExpectedCode[],
  counted: readonly CountedCode[],
  tracksLots: boolean,
): Comparison {
  const found = new Set(counted.filter(isThing).map(({ code }) => code));
  const known = new Set(expected.filter(isThing).map(({ code }) => code));
  const unread = expected.filter(each => each.serialised && !found.has(each.code));
  const unexpected = counted.filter(each => each.serialised && !known.has(each.code));
  const loose = { expected: sum(expected.filter(isLoose)), counted: sum(counted.filter(isLoose)) };
  const unreadUnits = sum(unread);
  // Of what was found without a number, so much is more than there should be without one.
  const nameless = Math.max(0, Math.min(loose.counted, loose.counted - loose.expected));
  const seen = unreadUnits > 0 && nameless >= unreadUnits;
  const missing = seen ? [] : unread;
  const covered = seen ? unreadUnits : 0;
  const classes = classesOf(expected, counted, tracksLots, covered);
  const total = { expected: sum(expected), counted: sum(counted) };
  return {
    ...total,
    variance: total.counted - total.expected,
    missing,
    unexpected,
    classes,
    unresolved: !seen && unreadUnits > 0 && nameless > 0,
  };
}

/** What was found without a number differs by lot where lots are tracked, else in all. What stands for things of their own is taken out. */
function classesOf(
  expected: readonly ExpectedCode[],
  counted: readonly CountedCode[],
  tracksLots: boolean,
  covered: number,
): readonly LotVariance[] {
  const lots = new Map<string | undefined, { expected: number; counted: number }>();
  const add = ({ lot, units }: ExpectedCode, side: "expected" | "counted") => {
    const key = tracksLots ? lot : undefined;
    const entry = lots.get(key) ?? { expected: 0, counted: 0 };
    lots.set(key, entry);
    entry[side] += units;
  };
  for (const each of expected.filter(isLoose)) add(each, "expected");
  for (const each of counted.filter(isLoose)) add(each, "counted");
  let left = covered;
  const rows = [...lots].sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return rows.flatMap(([lot, entry]) => {
    const taken = Math.min(left, Math.max(0, entry.counted - entry.expected));
    left -= taken;
    const row = { lot, expected: entry.expected, counted: entry.counted - taken };
    return row.expected === row.counted ? [] : [row];
  });
}

function isThing(code: ExpectedCode): boolean {
  return code.serialised;
}

function isLoose(code: ExpectedCode): boolean {
  return !code.serialised;
}

function sum(codes: readonly ExpectedCode[]): number {
  return codes.reduce((total, { units }) => total + units, 0);
}

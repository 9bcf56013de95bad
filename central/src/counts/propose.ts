/** What is known of an item at a place that bears on when it should be counted. */
export interface Candidate {
  readonly sku: string;
  readonly place: string;
  readonly onHand: number;
  /** Of one unit, in the minor unit of its currency. */
  readonly price: number | undefined;
  /** When a count last proved it. */
  readonly provenMs: number | undefined;
  /** Since when it is there, where it was never proven. */
  readonly sinceMs: number | undefined;
  /** Adjustments since then that no count made. */
  readonly adjustments: number;
  /** Movements since then altogether. */
  readonly movements: number;
  /** Open exceptions about the item or the place: unknown codes, doubtful crossings, shortages. */
  readonly exceptions: number;
}

export interface Proposal extends Candidate {
  /** From 0 to 100; comparable within one answer. */
  readonly score: number;
  /** The heaviest first, in words. */
  readonly reasons: readonly string[];
}

const dayMs = 86_400_000;
/** After so many days without a proof, more days add nothing. */
const ageDaysMax = 365;
const weights = { negative: 30, unexplained: 30, value: 25, age: 15 } as const;

/**
 * What to count next, the most pressing first: stock that cannot be right, what nobody can explain, what is worth much, and what was
 * not proven for long. Each part is a share of its weight, so that the reasons of a score can be shown.
 */
export function propose(candidates: readonly Candidate[], nowMs: number, limit: number): readonly Proposal[] {
  const valueMax = Math.max(1, ...candidates.map(worthOf));
  return candidates
    .map(candidate => score(candidate, valueMax, nowMs))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || compareText(a.place, b.place) || compareText(a.sku, b.sku))
    .slice(0, limit);
}

function score(candidate: Candidate, valueMax: number, nowMs: number): Proposal {
  const parts = [
    negativePart(candidate),
    unexplainedPart(candidate),
    valuePart(candidate, valueMax),
    agePart(candidate, nowMs),
  ];
  const told = parts.filter(({ points }) => points > 0).sort((a, b) => b.points - a.points);
  const points = told.reduce((sum, part) => sum + part.points, 0);
  return { ...candidate, score: Math.round(points * 10) / 10, reasons: told.map(({ reason }) => reason) };
}

interface Part {
  readonly points: number;
  readonly reason: string;
}

function negativePart({ onHand }: Candidate): Part {
  return { points: onHand < 0 ? weights.negative : 0, reason: `the ledger has ${onHand} there, which cannot be` };
}

/** Nearly all of the weight at five of them; further ones hardly matter. */
function unexplainedPart({ exceptions, adjustments }: Candidate): Part {
  const count = exceptions * 2 + adjustments;
  const words = [
    ...(exceptions > 0 ? [`${exceptions} open ${exceptions === 1 ? "exception" : "exceptions"}`] : []),
    ...(adjustments > 0 ? [`${adjustments} ${adjustments === 1 ? "adjustment" : "adjustments"} by hand`] : []),
  ];
  return { points: weights.unexplained * (1 - Math.exp(-count / 2)), reason: words.join(" and ") };
}

/** By the order of magnitude: twice the value is not twice the need. */
function valuePart(candidate: Candidate, valueMax: number): Part {
  const value = worthOf(candidate);
  const points = value <= 0 ? 0 : (weights.value * Math.log1p(value)) / Math.log1p(valueMax);
  const { price, onHand } = candidate;
  return {
    points,
    reason: price === undefined ? `${onHand} units are there` : `stock worth ${value} (minor units) is there`,
  };
}

function agePart({ provenMs, sinceMs, movements }: Candidate, nowMs: number): Part {
  const fromMs = provenMs ?? sinceMs;
  if (fromMs === undefined || movements === 0) return { points: 0, reason: "" };
  const days = Math.max(0, (nowMs - fromMs) / dayMs);
  const points = (weights.age * Math.min(days, ageDaysMax)) / ageDaysMax;
  const whole = Math.floor(days);
  if (whole === 0) return { points: 0, reason: "" };
  const since = provenMs === undefined ? "never counted since it came" : "not counted for";
  return { points, reason: `${since} ${whole} ${whole === 1 ? "day" : "days"}, ${movements} movements since` };
}

/** Without a price a unit is a unit. */
function worthOf({ onHand, price = 1 }: Candidate): number {
  return Math.max(0, onHand) * price;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

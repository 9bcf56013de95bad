/** Limits of counts, and what happens when each is reached. */
export const countLimits = {
  /** Places of one count, named or in its zone; more are refused: plan several. */
  placesMax: 10_000,
  itemsMax: 10_000,
  /** Entries in one request. */
  entriesMax: 1000,
  /** Items at places that are compared in one statement. */
  pairsAtOnce: 1000,
  /** Places that are settled before it is looked again what is due. */
  placesAtOnce: 100,
  observationsForgottenAtOnce: 10_000,
  /** Places that an answer waits for after an approval; the rest is posted behind it. */
  placesAwaited: 20,
  /** A time later than this from now is not believed. */
  futureMs: 60_000,
  /** What was counted without a count is kept so long for one that is still to come. */
  observationsKeptMs: 30 * 86_400_000,
  /** How often it is looked whether places are due, and how long a fault is waited out. */
  settleEveryMs: 1000,
  sweepEveryMs: 3_600_000,
  /** Items at places of a site that are scored for a proposal; beyond it, those of which most is there. */
  candidatesMax: 20_000,
  /** Movements of an item at a place that are looked at for a proposal; more say no more. */
  movementsExaminedMax: 1000,
  nameCharsMax: 200,
  remarkCharsMax: 500,
} as const;

/** Why a count differs, as a person may say. */
export const countReasons = [
  "damage",
  "theft",
  "mispick",
  "misplaced",
  "receiving_error",
  "expired",
  "unknown",
] as const;
export type CountReason = (typeof countReasons)[number];

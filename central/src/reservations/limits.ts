import { apiLimits } from "../api/limits.ts";

/** Limits of reservations, and what happens when each is reached. */
export const reservationLimits = {
  /** Lines of one reservation, and reservations of one bulk request. A request with more is refused. */
  linesMax: 100,
  bulkMax: 1_000,
  /** Characters of a caller's reference. */
  referenceCharsMax: 200,
  /** Sites in an order of preference. */
  sitesMax: 50,
  /** How long a reservation lasts unless the request says otherwise, and at most: a hold that nobody ends must end by itself. */
  expiresDefaultS: 15 * 60,
  expiresMaxS: 90 * 24 * 60 * 60,
  /** Lines and endings that one transaction takes of those that wait. What is above waits for the next one. */
  groupLinesMax: 3_000,
  /** Lines and endings that wait. Above it, requests are refused with 503. */
  waitingLinesMax: 60_000,
  /** Places of an item that one line looks at, those with the most first. What is spread over more counts as not there. */
  placesPerLineMax: 200,
  /** How long an `Idempotency-Key` stands for its answer. */
  keptMs: apiLimits.idempotencyKeptMs,
  /** How often reservations and answers past their time are looked for, and how many reservations end in one transaction. */
  sweepEveryMs: 1_000,
  sweepMax: 500,
  /** Answers past their time that are forgotten in one statement, and how often they are looked for: it reads what is newer, too. */
  purgeMax: 5_000,
  purgeEveryMs: 60_000,
  /** How often sites are told at most, and how often what a process that died left untold is looked for. */
  tellEveryMs: 250,
  tellLeftEveryMs: 2_000,
  /** Sites told in one pass, and changes taken for one site in one transaction. The others come with the next. */
  tellSitesMax: 1_000,
  tellChangesMax: 20_000,
  /** SKUs and places whose ids one process remembers; above it, it forgets all and begins again. */
  namesMax: 200_000,
} as const;

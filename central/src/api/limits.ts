/** Limits of the HTTP interface, and what happens when each is reached. */
export const apiLimits = {
  /** Rows of one page, unless the request says otherwise; and at most, above which the request is refused. */
  pageRowsDefault: 50,
  pageRowsMax: 500,
  /** Levels in one page of stock. A page ends early, behind a whole item, before it would hold more. */
  pageLevelsMax: 20_000,
  /** Levels of one item. Those above, by site and place, are left out; no warehouse has as many. */
  itemLevelsMax: 100_000,
  /** Characters of a cursor. */
  cursorCharsMax: 600,
  /** SKUs looked up in one statement, and such statements under way at once. Further look-ups wait for the next one. */
  lookUpSkusMax: 200,
  lookUpFlightsMax: 3,
  /**
   * Items whose stock is kept in memory for those who look it up again, 1.3 KB each with five levels; above it, what was kept first goes. And for
   * how long at most.
   */
  lookUpsKeptMax: 50_000,
  lookUpsKeptMs: 10_000,
  /** Characters of a name, and codes of one item in one request. */
  nameCharsMax: 200,
  itemCodesMax: 200,
  /** Movements of one request to record some, and characters of a reason. */
  movementsMax: 500,
  reasonCharsMax: 500,
  /** How far ahead of ours the clock of whoever says when something happened may be. */
  clockSkewMs: 5 * 60 * 1000,
  /** How long an `Idempotency-Key` stands for its answer, and how often those past it are forgotten. */
  idempotencyKeptMs: 24 * 60 * 60 * 1000,
  idempotencyPurgeEveryMs: 10 * 60 * 1000,
  /** Epochs of a site in the list of sites, and in the answer about one site; the newest ones. */
  siteEpochsListed: 5,
  siteEpochsMax: 500,
  /** A site that said nothing for this long counts as silent. It says something every few seconds. */
  siteSilentMs: 20_000,
  /** Characters of an exception's body shown as text. */
  previewCharsMax: 500,
  /** Readers of the event stream at once. Further ones are refused with 503. */
  streamClientsMax: 500,
  /** How often it is asked whether a stream's reader may still read it. */
  streamAccessEveryMs: 5_000,
  /** Points of one series, and series, in one answer about metrics. More points are refused, series above are left out. */
  metricsPointsMax: 2_000,
  metricsSeriesMax: 100,
} as const;

/** Limits of places, and what happens when each is reached. */
export const placeLimits = {
  /** How deep places may stand in each other; a place that would be deeper is refused. */
  depthMax: 8,
  /** Read points of one place. */
  readPointsMax: 100,
  /** How many days before its date a lot is told of; how many at once; and how often they are looked for, and after a failure. */
  expiringDays: 30,
  expiringMax: 500,
  expiryEveryMs: 10 * 60 * 1000,
  expiryRetryMs: 30 * 1000,
  /** Reorder points that one request sets. */
  reorderPointsMax: 1_000,
} as const;

/** Limits of places, and what happens when each is reached. */
export const placeLimits = {
  /** How deep places may stand in each other; a place that would be deeper is refused. */
  depthMax: 8,
  /** Read points of one place. */
  readPointsMax: 100,
} as const;

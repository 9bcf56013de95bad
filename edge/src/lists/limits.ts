/** Limits of the lists at a site, and what happens when each is reached. */
export const limits = {
  /** What happened so long before a list was opened is taken by it as well, since clocks differ: as at the centre. */
  clockSlackMs: 60_000,
  /** The latest movements that are looked through when lists come. Those before count when the centre says so. */
  movementsMax: 20_000,
  movementsAtOnce: 500,
} as const;

/** Limits of following movements, and what happens when each is reached. */
export const followLimits = {
  /**
   * Movements that one pass takes, and those that were recorded at the same moment as the last of them. What is above comes with the
   * next pass.
   */
  passMovements: 20_000,
  /**
   * Milliseconds between two passes, at least; as long as the pass took, where it took longer. Under load passes gather what comes
   * meanwhile, and leave the better half of the machine to those who record movements: following may be late, recording may not.
   */
  restMs: 50,
  /** Milliseconds after which it is looked whether anything was missed, when nobody wakes the follower. */
  lookMs: 2_000,
  /** Milliseconds between two tries to become the one process that follows, and between two tries when something failed. */
  leadEveryMs: 2_000,
  backoffMinMs: 250,
  backoffMaxMs: 30_000,
  /** Movements that were posted after they were recorded, unit movements, and levels, that one pass takes. */
  laterMax: 2_000,
  unitsMax: 200,
  levelsMax: 5_000,
  /**
   * Lines that one pass looks at for an item at a site in one way. A movement that would fill more is split over so many, and the rest
   * of it is told to a person.
   */
  linesPerItemMax: 2_000,
  /** Lists that a read point had open during a pass, the newest first. Nobody opens more in the time of a pass. */
  listsPerReadPointMax: 50,
  /** Milliseconds that an edge's clock may be behind the centre's: what happened so much before a document was made may be its own. */
  clockSlackMs: 60_000,
  /** For how long goods that come again after their notice was complete are thought to be the same ones. */
  completeMs: 24 * 60 * 60 * 1000,
  /** The newest documents of an item or a site that are looked at for such questions. */
  newestMax: 50,
  /** Milliseconds after which a site that had a kind of documents works with it no more. */
  workingMs: 30 * 24 * 60 * 60 * 1000,
  /** Things in one unit, of which a thousandth would be an unusual pallet. */
  contentsMax: 10_000,
} as const;

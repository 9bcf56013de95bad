/** Limits of events and webhooks, and what happens when each is reached. */
export const eventLimits = {
  /**
   * Between two looks for what has yet to get its number. It is asked for and not told by NOTIFY, which takes a lock at commit
   * that all commits of the database would queue for. What changes in between is told as one.
   */
  lookEveryMs: 100,
  /** Events that one transaction takes. What is above waits for the next one, which follows at once. */
  outboxMax: 2_000,
  levelsMax: 10_000,
  /** Between two tries to become the emitter or a webhook's deliverer, and how long the connection that holds the locks may be silent. */
  leaseEveryMs: 1_000,
  /** Events that are on their way to JetStream at the same time, and how long its answer may take. */
  publishMax: 500,
  publishTimeoutMs: 5_000,
  /** While PostgreSQL or JetStream do not answer. */
  backoffMinMs: 100,
  backoffMaxMs: 5_000,
  /** Events past their time that one statement deletes, and how often they are looked for. */
  purgeMax: 5_000,
  purgeEveryMs: 60_000,
  /** Numbers that one request of the feed looks through at most, so that a rare type costs no more than a frequent one. */
  feedScanMax: 20_000,
  /** How long a request of the feed may wait for an event, and how many may wait at once. Above it, they are answered at once. */
  feedWaitMaxS: 30,
  feedWaitersMax: 1_000,
  /** How often a process that somebody waits in looks how far the numbers are. */
  headEveryMs: 150,
} as const;

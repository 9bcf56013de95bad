/** Limits of webhooks, and what happens when each is reached. */
export const webhookLimits = {
  /** Webhooks in all. A further one is refused. */
  webhooksMax: 200,
  /** Types and sites that a webhook names. */
  typesMax: 100,
  sitesMax: 500,
  /** Events of one pass, and numbers that it looks through for them. */
  batchMax: 200,
  scanMax: 20_000,
  /** Requests under way to one target at once: to it as it goes along, and again to what it refused. Each key has one at most. */
  lanes: 8,
  retryLanes: 4,
  retryMax: 32,
  /** Failures one behind the other after which a target counts as not answering, and the rest of the pass waits. */
  failuresInRowMax: 16,
  /** Keys that are tried when a target that did not answer is tried again. */
  probesMax: 3,
  /** Deliveries that wait beside the position; with as many the position stays until some are done. */
  waitingMax: 10_000,
  /** Between tries of one key, and of a whole target. */
  retryMinMs: 1_000,
  retryMaxMs: 30 * 60_000,
  downMinMs: 1_000,
  downMaxMs: 60_000,
  /** How often a webhook is looked at that has nothing to do, or is paused. */
  idleMs: 2_000,
  /** How long the secret before the present one signs too. */
  secretOverlapMs: 24 * 60 * 60 * 1000,
} as const;

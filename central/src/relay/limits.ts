/** Limits of what the centre and the sites tell each other besides movements. */
export const relayLimits = {
  /** Requests of sites that are being answered at the same time. The others wait; a site that waits too long asks again. */
  answersAtOnce: 4,
  /** Requests that wait; above it they are dropped unanswered, and their sites ask again. */
  requestsWaitingMax: 4_000,
  /** Sites that a status is kept of; above it, the one heard longest ago is forgotten. */
  siteStatusMax: 10_000,
  /** Points of a resend that are remembered so as not to ask again at once; above it, all are forgotten. */
  resendPointsMax: 10_000,
  /** Before the same site is asked again for the same movements. */
  resendEveryMs: 1_000,
  reconnectWaitMs: 500,
  connectTimeoutMs: 5_000,
  pingMs: 10_000,
} as const;

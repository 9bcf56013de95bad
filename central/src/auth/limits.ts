/** Limits of who may call, and what happens when each is reached. */
export const authLimits = {
  /** How long a token lasts. Nothing can call it back, but its client: see `revisionEveryMs`. */
  tokenMs: 15 * 60_000,
  /** How much the clocks of two processes may differ. */
  clockSkewMs: 5_000,
  /** How often a process asks whether anyone was disabled, signed out or given other rights: it notices within so long. */
  revisionEveryMs: 1_000,
  /** Tokens and sessions that one process remembers; above it, those that came first are looked up again. */
  rememberedMax: 20_000,
  /** Characters of a token; longer ones are refused unread. */
  tokenCharsMax: 8_192,
  /** How often keys are read again, and for a key that is not known, how long after the last time at the earliest. */
  keysEveryMs: 30_000,
  keysAgainMs: 1_000,
  /** How long a new key is shown to others before anything is signed with it. */
  keyAheadMs: 10 * 60_000,
  /** Wrong passwords in a row that cost no wait; then 1 s, 2 s, 4 s … up to the longest one. */
  freeFailures: 5,
  lockedMaxMs: 15 * 60_000,
  /** Passwords that are looked at at once, each with 32 MB and a quarter of a second of one core, and those that wait. Further ones are refused. */
  passwordsAtOnce: 2,
  passwordsWaiting: 30,
  passwordCharsMin: 12,
  passwordCharsMax: 200,
  /** How long a session lasts without use, and at most. Its use is written down this often. */
  sessionIdleMs: 8 * 60 * 60_000,
  sessionMaxMs: 24 * 60 * 60_000,
  sessionUsedEveryMs: 60_000,
  sessionPurgeEveryMs: 10 * 60_000,
  nameCharsMax: 64,
  grantsMax: 1_000,
  /** Callers whose requests are counted; above it, those that have been quiet longest are forgotten. */
  rateCallersMax: 50_000,
} as const;

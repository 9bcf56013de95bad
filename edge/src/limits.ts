/** Limits of the edge process, and what happens when each is reached. Those of the wire stand in the protocol. */
export const limits = {
  inbox: {
    /** Readings that wait for their commit. Above it devices are held back: no answer until there is room. */
    waitingMax: 50_000,
    /** Readings in one tick; the rest waits for the next. One delivery is never split. */
    tickReadingsMax: 10_000,
    intervalMs: 2,
    /** Waits between tries of a commit that failed. */
    retryMinMs: 50,
    retryMaxMs: 5000,
  },
} as const;

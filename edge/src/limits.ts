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
  store: {
    /** Readings older than this, or beyond so many bytes, leave the recorder, the oldest first. */
    recorderAgeMaxMs: 7 * 86_400_000,
    recorderBytesMax: 2 * 1024 ** 3,
    /** Movements that wait for the centre. Above it a commit is refused as on a full disk: devices are held back, an alarm is raised. */
    outboxMovementsMax: 20_000_000,
    /** Counted scans that wait for the centre. Above it a commit is refused, as with movements. */
    observationsMax: 1_000_000,
    /** Confirmed movements that are kept for the page, and for a centre that lost them. */
    confirmedKept: 10_000,
    /** Exceptions; above it the oldest go, resolved ones first. */
    exceptionsMax: 10_000,
    /** Changes of the centre remembered behind a gap; above it a snapshot brings them again. */
    versionsAheadMax: 10_000,
  },
  uplink: {
    /** Batches under way that the centre has not confirmed; the rest waits on disk. */
    windowBatches: 16,
    /** Without any confirmation for so long the centre is asked where it stands; doubled each time in vain. */
    confirmMs: 5000,
    confirmMaxMs: 60_000,
    /** After going back, further demands for the same are those of batches that were under way. */
    resendQuietMs: 500,
    requestMs: 5000,
    pingMs: 5000,
    statusMs: 5000,
    /** The centre is asked for the lists this often while they count movements here that its count has not got. */
    listsAgainMs: 5000,
    retry: { minMs: 100, maxMs: 5000 },
  },
} as const;

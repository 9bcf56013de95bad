/** Limits of the local servers and of the local run, and what happens when they are reached. */
export const limits = {
  /** Lines of a child's output that are kept; older ones are dropped. */
  outputLinesMax: 50,
  /** Characters of one line of a child's output; the rest of the line is cut. */
  outputLineCharsMax: 2000,
  /** A server that is not ready in this time is killed and its output shown. */
  readyMs: 30_000,
  /** Wait between two questions whether a server is ready. */
  readyPauseMs: 20,
  /** One such question may take this long. */
  probeMs: 2_000,
  /** A child that was asked to stop and has not ended in this time is killed. */
  stopMs: 10_000,
  /** A server of a run before, whose starter was killed, may take this long to end. */
  predecessorMs: 5_000,
  /** Ports tried before a search for a free one is given up. */
  portTriesMax: 100,
  /** Starts of a server on ports of our own choice; another process may take a port between our look and the start. */
  startTriesMax: 3,
  /** A child's log begins a new file at this size; the one before is kept, older ones are not. */
  logBytesMax: 16 * 1024 * 1024,
  /** Characters of a warning shown on the terminal; the whole stands in the log. */
  briefCharsMax: 300,
  /** The same warning is shown again only after so long. */
  briefAgainMs: 30_000,
  /** Different warnings that are remembered for this; the oldest is forgotten first. */
  briefTextsMax: 200,
  /** New starts of one part within the window; after them everything ends. */
  restartsMax: 5,
  restartWindowMs: 60_000,
  /** Waits before a new start. */
  restartMinMs: 200,
  restartMaxMs: 5_000,
  /** One request to central while the demonstration is set up. */
  requestMs: 10_000,
  /** A site that central has not heard of in this time keeps its places without names. */
  siteHeardMs: 300_000,
  siteHeardPauseMs: 500,
  /** Interrupts within so long of the first one are the same one: a terminal and npm both pass Ctrl-C on. */
  sameInterruptMs: 500,
  /** How often is looked whether the npm that started us is still there. */
  parentPauseMs: 2_000,
  /** Free bytes of the disk below which nothing is started, and a part that ended is not started again. */
  freeBytesToStart: 256 * 1024 * 1024,
  freeBytesToGoOn: 32 * 1024 * 1024,
  /** How often the free bytes are looked at. */
  diskPauseMs: 5_000,
} as const;

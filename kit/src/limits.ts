/** Every bound of this workspace, in one place. */
export const limits = {
  /** A process that has not stopped after this long ends with exit code 1. */
  stopDeadlineMs: 10_000,
  /** One Ctrl-C can arrive twice, from the terminal and from a runner that passes it on; a repeat within this is the same one. */
  sameSignalMs: 500,
  /** Requests under way get this long to finish when the HTTP server stops; then their connections are cut. */
  httpStopGraceMs: 3_000,
  /** How often connections that have fallen idle since are closed while the HTTP server stops. */
  httpStopSweepMs: 20,
  /** A request body beyond this is refused with `request.too_large`. */
  bodyMaxBytes: 1024 * 1024,
  /** New HTTP connections beyond this are dropped by the server. */
  httpConnectionsMax: 10_000,
  /** A readiness check that does not answer in this time counts as not ready. */
  readyDeadlineMs: 5_000,
  /** A silent event stream carries a comment this often, so that proxies and both ends see that it lives. */
  eventHeartbeatMs: 15_000,
  /** A client that leaves more than this unread is dropped; it comes back with `Last-Event-ID`. */
  eventBufferMaxBytes: 256 * 1024,
  /** How long a browser waits before it opens a broken event stream again. */
  eventRetryMs: 2_000,
  /** A request's faults beyond this many are counted only. */
  faultsMax: 50,
  /** A configuration file beyond this is refused. */
  configFileMaxBytes: 1024 * 1024,
  /** Log lines that nobody reads are kept up to here; further ones are dropped and counted. */
  logBufferMaxBytes: 1024 * 1024,
  /** How long a process that ends waits for its last log lines to be read. */
  logFlushMs: 500,
  /** Length of one sentence for people; what is beyond is cut. */
  sentenceMaxLength: 600,
} as const;

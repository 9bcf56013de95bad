/** Limits of the edge's HTTP API, and what happens when each is reached. */
export const limits = {
  /** Rows of one answer. A larger `limit` is refused. */
  rowsMax: 1000,
  rowsDefault: 100,
  /** Event streams at a time. One more is refused with 503. */
  streamsMax: 50,
  /** Changes are gathered so long before they are told. */
  gatherMs: 250,
  /** The status is told so often though nothing has changed. */
  statusMs: 2000,
  /** Bytes of all files of the page, which are kept in memory. */
  pageBytesMax: 8 * 1024 * 1024,
} as const;

/** Limits of the projector, and what happens when each is reached. */
export const projectorLimits = {
  /** Rows of one write. What is above goes into the next one. */
  writeRowsMax: 5_000,
  /** Epochs looked at in one write. */
  writeEpochsMax: 500,
  /** Epochs named by changes that are remembered between two writes; above it, all epochs are looked at. */
  changedEpochsMax: 1_000,
  /** The items with the lowest numbers have their SKU as a tag; those above share `other`. Each tag value is a series or more. */
  skuTagsMax: 10_000,
  /** Milliseconds in which changes gather before they are drawn, so that many small commits make one write. */
  gatherMs: 200,
  /** Milliseconds without a change after which all epochs are looked at all the same. */
  lookAllMs: 30_000,
  /** Milliseconds between two tries to become the one process that projects. */
  leadEveryMs: 5_000,
  /** Waits between two tries while InfluxDB or PostgreSQL does not answer. */
  backoffMinMs: 250,
  backoffMaxMs: 15_000,
  /** Milliseconds that InfluxDB may take to answer a write or a query. */
  influxTimeoutMs: 20_000,
  /** Bytes of an answer of InfluxDB; a larger one counts as a failure. */
  answerBytesMax: 16 * 1024 * 1024,
} as const;

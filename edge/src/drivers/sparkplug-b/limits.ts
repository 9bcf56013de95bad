/** Limits of a Sparkplug node, and what happens when each is reached. */
export const limits = {
  /** Metrics of one message or template. A message with more is one exception. */
  metricsMax: 10_000,
  columnsMax: 64,
  rowsMax: 10_000,
  templateDepthMax: 4,
  /** Devices of a node whose births are remembered. The data of others is an exception. */
  devicesMax: 256,
  /** A node is asked for its births at most once in so long: it may have many metrics. */
  rebirthMs: 5000,
} as const;

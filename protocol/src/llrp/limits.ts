/** Limits of LLRP messages, and what happens when each is reached. The standard sets none. */
export const limits = {
  /** Bytes of one message with its header. A longer one cannot be skipped safely: the connection is given up. */
  messageBytesMax: 1024 * 1024,
  /** Parameters inside parameters. The standard needs eight; a deeper one is refused. */
  depthMax: 12,
  /** Parameters of one message that could not be read and are told one by one; those after it are counted in the last. */
  faultsMax: 100,
} as const;

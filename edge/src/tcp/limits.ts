/** Limits of connections over TCP to devices, and what happens when each is reached. */
export const limits = {
  /** Waits between tries to connect to a device that is not there, or that refuses us. */
  retryMinMs: 200,
  retryMaxMs: 5000,
  /** Connecting is given up after this and tried again. */
  connectMs: 5000,
  /** Bytes of a chunk that are taken at a time. */
  chunkBytesMax: 16 * 1024,
  /** The system looks after a silent line so often, beside what the protocol does. */
  probeMs: 30_000,
  /** A device that takes nothing of what is written to it is given up at so many bytes. */
  unsentBytesMax: 64 * 1024,
  /** How long a stop waits until what is read still is taken. */
  drainMs: 2000,
} as const;

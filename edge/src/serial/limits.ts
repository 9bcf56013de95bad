/** Limits of serial ports, and what happens when each is reached. */
export const limits = {
  /** Waits between tries to open a port that is missing or busy. */
  openMinMs: 200,
  openMaxMs: 5000,
  /** Opening is given up after this and tried again. */
  openDeadlineMs: 5000,
  /** How often it is looked whether the port is still the one that was opened: an unplug is not always told. */
  watchMs: 1000,
  /** Bytes of a chunk that are taken at a time. */
  chunkBytesMax: 4096,
} as const;

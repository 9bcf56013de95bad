/** Limits of drivers that read binary frames, and what happens when each is reached. */
export const limits = {
  /** Half a frame is given up after so long without a byte: its bytes are looked through for whole ones behind its start. */
  halfFrameMs: 500,
  /** A reader that is told to work and says nothing for so long is told again. */
  readerSilenceMs: 2000,
  /** Bytes that one chunk is taken in at a time. */
  takeBytesMax: 4096,
} as const;

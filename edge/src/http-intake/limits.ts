import { limits as drivers } from "../drivers/limits.ts";

/** Limits of the listener for readers that post, and what happens when each is reached. */
export const limits = {
  /** Bytes of one body. A larger one is answered 413 and becomes one exception with its beginning. */
  bodyBytesMax: drivers.messageBytesMax,
  /** Bodies that wait for their commit. One more is answered 503 with Retry-After. */
  waitingMax: 500,
  connectionsMax: 1000,
  /** What was not committed in this time is answered 503: the reader sends again, and a reading that comes twice moves nothing. */
  commitMs: 15_000,
  /** A body that has not come whole in this time is given up. */
  bodyMs: 15_000,
  retryAfterS: 2,
  /** Refused parts that the answer names. */
  faultsMax: 20,
  /** One device may post so many bodies a second in the long run. One more is answered 429 with Retry-After. */
  bodiesPerS: 500,
} as const;

/** Limits of the inbox of exceptions, and what happens when each is reached. */
export const exceptionLimits = {
  /** Exceptions that one request decides about. More ids are refused; of what a filter finds, the rest waits for the next request. */
  bulkMax: 1_000,
  /** Reservations that a shortage names. Those above are left out, the newest first. */
  relatedMax: 50,
} as const;

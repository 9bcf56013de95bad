/** Limits of what is read as EPCIS. The size of a document in bytes is limited by who receives it. */
export const limits = {
  /** Events in one document. One with more is refused whole: its sender splits it. */
  eventsMax: 10_000,
  /** Faults told of one event. It is refused anyway, so those after them are left out. */
  eventFaultsMax: 20,
} as const;

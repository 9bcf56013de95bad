/** Limits of documents, and what happens when each is reached. */
export const documentLimits = {
  /** Lines of one document, and documents on one list. A request with more is refused. */
  linesMax: 1_000,
  listDocumentsMax: 200,
  /** Logistic units of one notice, and contents of one unit. A request with more is refused. */
  unitsMax: 2_000,
  contentsMax: 500,
  /** Open lists that an edge is told, and how often it is looked whether they have changed. Lists above are left out. */
  siteListsMax: 200,
  listNewsEveryMs: 1_000,
  /** Characters of a number, a partner's name, a caller's reference, and a reason. */
  numberCharsMax: 64,
  partnerCharsMax: 100,
  referenceCharsMax: 200,
  reasonCharsMax: 500,
  lotCharsMax: 20,
  /** Items at a site whose waiting lines one pass looks at, and lines and documents that it takes. The next pass takes the others. */
  backorderItemsMax: 100,
  backorderLinesMax: 1_000,
  /** How often waiting lines are looked at when nothing wakes this, and at most. */
  backordersEveryMs: 5_000,
  backordersRestMs: 100,
} as const;

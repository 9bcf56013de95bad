/** Limits of the audit, and what happens when each is reached. */
export const auditLimits = {
  /** Movements, and tags, that one statement reads. What is above comes with the next one. */
  pageRows: 1_000,
  /** Items whose balances one statement recomputes. It reads all their postings, so a page of them is small. */
  balanceItems: 20,
  /** Rows after which one answer of `/v1/audit/verify` ends with a cursor, and milliseconds after which it does so earlier. */
  answerRowsMax: 200_000,
  answerMs: 5_000,
  /** Rows a second that the standing auditor reads at most, so that it takes nothing from those who work. */
  standingRowsPerSecond: 2_000,
  /** Milliseconds that one statement of the standing auditor may take: an item with a hundred million postings is one sum. */
  statementMs: 30 * 60 * 1000,
  /** Milliseconds between the end of one full pass and the next one. */
  passEveryMs: 60 * 60 * 1000,
  /** Milliseconds after which the auditor looks again whether it is time for a pass or a seal. */
  roundMs: 30_000,
  /** Characters of the key by which one fault is told from another. */
  keyCharsMax: 200,
  /** Milliseconds between two tries to become the one process that audits, and between two tries when something failed. */
  leadEveryMs: 5_000,
  backoffMinMs: 1_000,
  backoffMaxMs: 60_000,
  /** Milliseconds from one seal to the next. */
  sealEveryMs: 24 * 60 * 60 * 1000,
  /** Epochs that one seal names. Those above stand in the next one. */
  sealEpochsMax: 20_000,
  /** Movements that a page of the way to a balance looks at; a page may end there with fewer rows, and a cursor. */
  whyLinesExamined: 20_000,
  /** Tags that a page of tags looks at, likewise. */
  tagsExamined: 20_000,
  /** Stays of one thing that are walked back over. */
  historyMax: 10_000,
} as const;

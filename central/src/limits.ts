/**
 * Limits of one central process, and what happens when each is reached. Limits that both ends of a wire must agree on stand in
 * `@tallygate/protocol`.
 */
export const centralLimits = {
  /** Movements that one transaction takes from the batches that wait. What is above waits for the next transaction. */
  transactionMovementsMax: 8_000,
  /** Bytes of the messages that one transaction takes, and of those that are fetched ahead beside it. */
  transactionBytesMax: 64 * 1024 * 1024,
  /**
   * Transactions that one process runs side by side, each for the partitions of its lane. PostgreSQL works on a transaction
   * with one core: on 2 shared cores two lanes applied 51,000 movements/s, one 35,000, three 38,000.
   */
  lanes: 2,
  /** How often one transaction is tried again on conflict before its batches are looked at one by one. */
  transactionTriesMax: 20,
  /** Codes whose items one process remembers; above it, it forgets all and begins again. */
  itemCacheMax: 200_000,
  /** How often a central process says that it lives, and how long its silence lasts before its partitions are shared out. */
  heartbeatMs: 2_000,
  processDeadMs: 10_000,
  /** Months of the ledger that have their partition before they begin, and how often that is looked after; also after a failure. */
  monthsAhead: 2,
  monthsEveryMs: 6 * 60 * 60 * 1000,
  monthsRetryMs: 60 * 1000,
  /** How long a statement, a wait for a lock and an idle transaction may last before PostgreSQL ends them. */
  statementTimeoutMs: 60_000,
  lockTimeoutMs: 30_000,
  idleTransactionTimeoutMs: 60_000,
  /** How long connecting to PostgreSQL, and waiting for a free connection, may last. */
  connectTimeoutMs: 10_000,
} as const;

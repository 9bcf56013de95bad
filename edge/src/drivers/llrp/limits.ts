/** Limits of conversations over LLRP, and what happens when each is reached. Those of a message stand in the protocol. */
export const limits = {
  /** Without the reader's greeting or an answer for so long, the connection is given up. */
  answerMs: 10_000,
  /** Readers of LLRP 1.0.1 may not answer a question of 1.1 at all: then they are taken for what they are. */
  versionMs: 3000,
  /** So many keepalive periods without a byte, and the connection is given up. */
  keepalivesMissedMax: 3,
  /** How long a stop waits for the reader's goodbye, and for the reports before it. */
  closeMs: 2000,
  /** An inventory that the reader ended by itself is started again, so often at most. */
  restartMs: 1000,
} as const;

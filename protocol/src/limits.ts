/**
 * Every limit that both ends of a wire must agree on, and what happens when it is reached. Limits of one process stand in
 * that process's own `limits.ts`.
 */
export const limits = {
  /** Movements in one batch. A longer one is refused; an edge begins a new batch. */
  batchMovementsMax: 500,
  /** Observations of counting in one message; an edge sends the next when these are confirmed. */
  batchObservationsMax: 500,
  /** Exceptions of an edge in one message; with their bytes they stay below `messageBytesMax`. */
  messageExceptionsMax: 25,
  /** Bytes of one NATS message of ours; below the server's default of 1 MiB. */
  messageBytesMax: 900 * 1024,
  /** Bytes of one device message over MQTT. A larger one goes to the exceptions, cut to `exceptionBytesMax`. */
  deviceMessageBytesMax: 256 * 1024,
  /** Bytes of one scan or line from a serial device. What comes after goes to the exceptions as rubbish. */
  lineBytesMax: 4096,
  /** Readings in one device message. Those above are refused with the message. */
  messageReadingsMax: 5000,
  /** Characters of a code as a device sent it. */
  codeCharsMax: 512,
  /** Bytes of a bad input kept in the exceptions; the length of the whole is kept beside it. */
  exceptionBytesMax: 16 * 1024,
  /** Quantity of one movement, in the item's smallest unit. */
  quantityMax: 1_000_000_000,
  /** Levels in one page of a stock snapshot, and items in one page of the catalogue. */
  pageRowsMax: 2000,
} as const;

/** Movements are spread over this many partitions by their site; it is part of the subjects and so never changes. */
export const partitions = 16;

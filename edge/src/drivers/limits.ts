import { limits as wire } from "@tallygate/protocol";

/** Limits of the drivers, and what happens when each is reached. Those of a message's size stand in the protocol. */
export const limits = {
  /** Bytes of one message. A larger one is one exception, with its beginning. */
  messageBytesMax: wire.deviceMessageBytesMax,
  /** Readings in one message. What comes after them is one exception that says how many there were. */
  messageReadingsMax: wire.messageReadingsMax,
  /** Exceptions of one message. Those after it are counted in the last one. */
  messageRefusedMax: 100,
  /** Bytes of a refused element kept; the problem says how long it was. */
  refusedBytesMax: wire.exceptionBytesMax,
  /** Signals (heartbeat, inputs, antennas …) of one message; more are not looked at. */
  messageSignalsMax: 1000,
  /** Bytes of one line of a scanner, without its end. What comes after is left out up to the next end: one exception. */
  lineBytesMax: wire.lineBytesMax,
  /** A line without an end is reported at the latest after so many bytes, and a new report begun. */
  rubbishBytesMax: 16 * 1024 * 1024,
  /** Characters of a code. A longer one is an exception. */
  codeCharsMax: wire.codeCharsMax,
  /** Topics of no device that are exceptions of their own; the messages of all others are one. */
  unknownTopicsMax: 200,
  /** Half a line is given up after so long without a byte. */
  halfLineMs: 2000,
} as const;

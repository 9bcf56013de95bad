import type { Parsed } from "./driver.ts";

/** When something happened: by the clock on the wall, and by one that never jumps, which waits are measured with. */
export interface Moment {
  readonly timeMs: number;
  readonly steadyMs: number;
}

/** What a conversation wants after it was told something. */
export interface Turn {
  readonly parsed: readonly Parsed[];
  /** To be written, in this order. */
  readonly send: readonly Uint8Array[];
  /** The device does what it is configured for. */
  readonly running: boolean;
  /** The connection is to be closed, and why; nothing more is told to the conversation. */
  readonly end: string | undefined;
  /** `wake` is due at this time of the steady clock at the latest. */
  readonly wakeAtMs: number;
}

/**
 * The protocol of one connection with a device that is connected to. Owns no socket, no timer and no clock: whoever has these
 * feeds it, so that what it does depends on what it was told alone. Keeps a bounded number of bytes.
 */
export interface Conversation {
  /** The connection is there. */
  open(at: Moment): Turn;
  push(chunk: Uint8Array, at: Moment): Turn;
  /** The time came that the last turn named. */
  wake(at: Moment): Turn;
  /** Reading was held back and goes on: the device's silence until now says nothing. */
  resume(at: Moment): Turn;
  /** Wants to end; the turn that says so comes now or later. */
  close(at: Moment): Turn;
  /** The connection is gone: what is left of a message that was cut. */
  abandon(at: Moment): Parsed;
}

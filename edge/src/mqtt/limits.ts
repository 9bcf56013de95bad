import { limits as drivers } from "../drivers/limits.ts";

/** Limits of the broker and of the client, and what happens when each is reached. */
export const limits = {
  /** Bytes of one message. What comes after is cut off and the message becomes one exception; the connection lives. */
  messageBytesMax: drivers.messageBytesMax,
  /** Bytes kept of a message that is larger. */
  cutBytes: drivers.refusedBytesMax,
  /** Bytes of any other packet, such as a CONNECT with its will. The connection is closed. */
  controlBytesMax: 128 * 1024,
  /** Connections at a time. One more is closed at once. */
  connectionsMax: 1000,
  /** A connection that says nothing is closed after this. */
  connectMs: 10_000,
  /** Somebody who reads nothing of what is sent to him is disconnected after this. */
  drainMs: 15_000,
  /** Passwords checked at a time: each takes 16 MB and a core. One more is told to come again. */
  verificationsMax: 4,
  /** Right passwords are remembered so long, and so many of them; with one more they are all checked anew. */
  verifiedMs: 300_000,
  verifiedMax: 2000,
  /** Users of a device that a token without a name is tried against. */
  tokenUsersMax: 4,
  /** Topics that one client may be subscribed to. One more is refused. */
  subscriptionsMax: 64,
  /** Messages of QoS 2 under way from one client. One more closes the connection. */
  inflightQos2Max: 1000,
  /** What one client may send in a burst, as seconds of its rate. */
  burstS: 2,
  /** For how much is taken from a connection at once: about what it may send in a second, of messages of this size. */
  smallestMessageBytes: 40,
  readBytesMin: 4096,
  /** A client that sends too fast is looked at again after this at the latest. */
  slowDownMaxMs: 1000,
  /** Certificates are looked at so often for a change. */
  certificateMs: 5000,
  /** Log lines about refused clients: at most one in so long; the rest is counted. */
  refusalLogMs: 5000,
  /** Waits between tries to reach an existing broker. */
  reconnectMs: 2000,
  /** A try to reach it is given up after this. */
  reachMs: 10_000,
} as const;

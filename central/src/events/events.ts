import type { Logger } from "pino";
import { leaseClasses } from "../db/events/leases.ts";
import type { Pool } from "../db/pool.ts";
import type { NatsLink } from "../relay/nats-link.ts";
import { openEmitter } from "./emitter.ts";
import { Head } from "./head.ts";
import { type Duty, Leases } from "./leases.ts";
import type { EventMetrics } from "./metrics.ts";
import { openPublisher } from "./publisher.ts";
import type { StreamSettings } from "./stream.ts";

export interface EventsOptions {
  readonly pool: Pool;
  /** Of the database, for the connection that holds the locks. */
  readonly databaseUrl: string;
  readonly link: Pick<NatsLink, "nc" | "connected">;
  /** Who sends, in CloudEvents' words. */
  readonly source: string;
  readonly keptMs: number;
  readonly stream: StreamSettings;
  readonly metrics: EventMetrics;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Whether this process may give numbers and publish; and what else it may do of what one process does at a time. */
  readonly emits: boolean;
  readonly duties?: () => Promise<readonly Duty[]>;
  readonly head?: Head;
  /** How often duties are looked at. Given in tests. */
  readonly everyMs?: number;
}

export interface Events extends AsyncDisposable {
  readonly head: Head;
  readonly leases: Leases;
}

/**
 * Tells other systems what happens: gives events their numbers, publishes them to NATS, and does the further duties that it is given.
 * Of all processes one does each; the others stand by.
 */
export function openEvents(options: EventsOptions): Events {
  const { pool, databaseUrl, log, emits } = options;
  const head = options.head ?? new Head(pool);
  const emitter: Duty = {
    name: "emitter",
    leaseClass: leaseClasses.emitter,
    key: 1,
    begin: () => {
      const stack = new AsyncDisposableStack();
      stack.use(openPublisher({ ...options, head }));
      stack.use(openEmitter({ ...options, emitted: seq => head.reached(seq) }));
      return stack;
    },
  };
  const leases = new Leases({
    url: databaseUrl,
    log,
    ...(options.everyMs !== undefined && { everyMs: options.everyMs }),
    duties: async () => [...(emits ? [emitter] : []), ...((await options.duties?.()) ?? [])],
  });
  return {
    head,
    leases,
    async [Symbol.asyncDispose]() {
      await leases[Symbol.asyncDispose]();
      await head[Symbol.asyncDispose]();
    },
  };
}

import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { backoff, sentence, sleep } from "@tallygate/kit";
import { type LoggedEvent, subjects, toCloudEvent } from "@tallygate/protocol";
import type { Logger } from "pino";
import { readEventsAfter } from "../db/events/log.ts";
import { movePosition, readPosition } from "../db/events/readers.ts";
import type { Pool } from "../db/pool.ts";
import type { NatsLink } from "../relay/nats-link.ts";
import type { Head } from "./head.ts";
import { eventLimits } from "./limits.ts";
import type { EventMetrics } from "./metrics.ts";
import { ensureEventsStream, type StreamSettings } from "./stream.ts";

export interface PublisherOptions {
  readonly pool: Pool;
  readonly link: Pick<NatsLink, "nc" | "connected">;
  readonly head: Head;
  readonly source: string;
  readonly stream: StreamSettings;
  readonly metrics: Pick<EventMetrics, "published" | "publishLag" | "publishBehind">;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** Whose position it is in `event_reader`. */
const reader = "nats";

/**
 * Publishes the log to JetStream, in order, until it is disposed of. The position moves once JetStream has acknowledged, so after any
 * failure the same events come again under the same message ids. While NATS does not answer, events wait in the log and nothing else happens.
 */
export function openPublisher(options: PublisherOptions): AsyncDisposable {
  const stop = new AbortController();
  const running = run(options, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function run(options: PublisherOptions, stop: AbortSignal): Promise<void> {
  const { log, head, pool, metrics } = options;
  let waits: Generator<number, never, void> | undefined;
  let position: number | undefined;
  while (!stop.aborted) {
    try {
      if (position === undefined) {
        await ensureStream(options);
        position = await readPosition(pool, reader);
      }
      const events = await readEventsAfter(pool, position, eventLimits.publishMax);
      const last = events.at(-1);
      if (last === undefined) {
        metrics.publishBehind.set(0);
        await head.waitBehind(position, eventLimits.backoffMaxMs, stop);
        continue;
      }
      const [first] = events;
      if (first !== undefined && first.seq > position + 1)
        log.warn({ from: position + 1, to: first.seq - 1 }, "events were no longer kept when NATS could have them");
      await publish(options, events);
      await movePosition(pool, reader, last.seq);
      position = last.seq;
      metrics.publishBehind.set(Math.max(0, head.seq - position));
      if (waits !== undefined) log.info("events go to NATS again");
      waits = undefined;
    } catch (error) {
      // The stream may have gone with the server's storage, so it is looked for again.
      position = undefined;
      if (waits === undefined) log.warn({ err: error }, `events wait for NATS: ${sentence(error)}`);
      waits ??= backoff({ minMs: eventLimits.backoffMinMs, maxMs: eventLimits.backoffMaxMs });
      await sleep(waits.next().value, stop);
    }
  }
}

/** Sends events one behind the other and waits for all acknowledgements. */
async function publish({ link, source, metrics }: PublisherOptions, events: readonly LoggedEvent[]): Promise<void> {
  if (!link.connected) throw new Error("NATS is not connected");
  const stream = jetstream(link.nc, { timeout: eventLimits.publishTimeoutMs });
  const type = headers();
  type.set("Content-Type", "application/cloudevents+json");
  const results = await Promise.allSettled(
    events.map(event =>
      stream.publish(subjects.event(event.type, event.site), JSON.stringify(toCloudEvent(event, source)), {
        msgID: event.id,
        headers: type,
      }),
    ),
  );
  const failed = results.find(result => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  metrics.published.inc(events.length);
  const [first] = events;
  if (first !== undefined) metrics.publishLag.observe(Math.max(0, Date.now() - first.recordedMs) / 1000);
}

async function ensureStream({ link, stream }: Pick<PublisherOptions, "link" | "stream">): Promise<void> {
  if (!link.connected) throw new Error("NATS is not connected");
  await ensureEventsStream(await jetstreamManager(link.nc, { timeout: eventLimits.publishTimeoutMs }), stream);
}

import { jetstreamManager } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { backoff, sentence, sleep } from "@tallygate/kit";
import { cloudEventText, type EventText, subjects } from "@tallygate/protocol";
import type { Logger } from "pino";
import { readEventTextsAfter } from "../db/events/log.ts";
import { movePosition, readPosition } from "../db/events/readers.ts";
import type { Pool } from "../db/pool.ts";
import type { NatsLink } from "../relay/nats-link.ts";
import { AcknowledgedPublisher } from "./acknowledged.ts";
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
  using publisher = new AcknowledgedPublisher(options.link.nc);
  while (!stop.aborted) {
    try {
      if (position === undefined) {
        await ensureStream(options);
        position = await readPosition(pool, reader);
      }
      const events = await readEventTextsAfter(pool, position, eventLimits.publishMax);
      const last = events.at(-1);
      if (last === undefined) {
        metrics.publishBehind.set(0);
        await head.waitBehind(position, eventLimits.backoffMaxMs, stop);
        continue;
      }
      const [first] = events;
      if (first !== undefined && first.seq > position + 1)
        log.warn({ from: position + 1, to: first.seq - 1 }, "events were no longer kept when NATS could have them");
      await publish(publisher, options, events);
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

/** Sends events one behind the other, and returns once JetStream has acknowledged all of them. */
async function publish(
  publisher: AcknowledgedPublisher,
  { link, source, metrics }: PublisherOptions,
  events: readonly EventText[],
): Promise<void> {
  if (!link.connected) throw new Error("NATS is not connected");
  const publications = events.map(event => ({
    subject: subjects.event(event.type, event.site),
    body: cloudEventText(event, source),
    headers: headersOf(event),
  }));
  await publisher.publish(publications, eventLimits.publishTimeoutMs);
  metrics.published.inc(events.length);
  const [first] = events;
  if (first !== undefined) metrics.publishLag.observe(Math.max(0, Date.now() - first.recordedMs) / 1000);
}

function headersOf({ id }: EventText) {
  const own = headers();
  own.set("Content-Type", "application/cloudevents+json");
  // JetStream drops what it has had under the same id a moment ago.
  own.set("Nats-Msg-Id", id);
  return own;
}

async function ensureStream({ link, stream }: Pick<PublisherOptions, "link" | "stream">): Promise<void> {
  if (!link.connected) throw new Error("NATS is not connected");
  await ensureEventsStream(await jetstreamManager(link.nc, { timeout: eventLimits.publishTimeoutMs }), stream);
}

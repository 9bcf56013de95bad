import { DiscardPolicy, type JetStreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { eventsStream, subjects } from "@tallygate/protocol";
import type { CentralConfig } from "../config.ts";

export interface StreamSettings {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

const nsPerMs = 1_000_000;
const dayMs = 24 * 60 * 60 * 1000;

/** As `central.yaml` has the stream. */
export function streamOf({ events }: Pick<CentralConfig, "events">): StreamSettings {
  return { maxBytes: events.stream_max_bytes, maxAgeMs: events.stream_max_days * dayMs };
}

/** Makes sure that the stream of events is there, with these settings. What it drops is still to be had over HTTP. */
export async function ensureEventsStream(manager: JetStreamManager, stream: StreamSettings): Promise<void> {
  const settings = {
    subjects: [subjects.allEvents],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: stream.maxAgeMs * nsPerMs,
    max_bytes: stream.maxBytes,
  };
  // Adding a stream that is there with the same settings changes nothing; with others it is refused, and then updated.
  await manager.streams
    .add({ name: eventsStream, ...settings })
    .catch(() => manager.streams.update(eventsStream, settings));
}

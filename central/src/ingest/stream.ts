import { AckPolicy, DiscardPolicy, type JetStreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { movementsStream, partitions, subjects } from "@tallygate/protocol";

const hourNs = 3_600_000_000_000;
const secondNs = 1_000_000_000;

/** The durable consumer of a partition. */
export function consumerName(partition: number): string {
  return `central-${partition}`;
}

/**
 * Makes sure that the stream and its consumers are there, with these settings. JetStream is a pipe: it may drop the oldest when
 * it is full, and what was dropped is asked for again. Only what servers from 2.9 on know is used.
 */
export async function ensureStream(jsm: JetStreamManager, { maxBytes }: { readonly maxBytes: number }): Promise<void> {
  const settings = {
    subjects: [subjects.allMovements],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: 24 * hourNs,
    max_bytes: maxBytes,
  };
  // Adding a stream that is there with the same settings changes nothing; with others it is refused, and then updated.
  await jsm.streams
    .add({ name: movementsStream, ...settings })
    .catch(() => jsm.streams.update(movementsStream, settings));
  for (let partition = 0; partition < partitions; partition++) {
    await jsm.consumers.add(movementsStream, {
      durable_name: consumerName(partition),
      filter_subject: subjects.movementsOfPartition(partition),
      ack_policy: AckPolicy.Explicit,
      // What a process that died had fetched comes to the next one after this; until then its sites are asked again.
      ack_wait: 30 * secondNs,
      max_ack_pending: 4_000,
    });
  }
}

import { AckPolicy, DeliverPolicy, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { connectNats, type Running } from "@tallygate/kit";
import { eventsStream, inboxPrefix, SiteId } from "@tallygate/protocol";
import type { CentralConfig } from "../../config.ts";
import { ensureEventsStream, streamOf } from "../../events/stream.ts";
import { type CommandContext, endOfFlags, printLine } from "./command.ts";
import { onlyOurs, readSigningKey, writeNew } from "./key-files.ts";
import { makeReaderKey } from "./keys.ts";
import { consumersOfReader, type ReaderConsumer } from "./reader-subjects.ts";

const usage = "reader-key NAME FILE [--until DATE] [--site SITE …], such as reader-key shop shop.creds --site lyon";
const Name = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * The command `reader-key`: makes what a reader of events fetches from, and a key that opens that and nothing else, and writes the key to a
 * file, once. A reader of the same name goes on where the name's consumers stand.
 */
export async function openReaderKey(
  config: Pick<CentralConfig, "nats" | "events">,
  { args: [name = "", file, ...more], flags, now = Date.now, say = printLine }: CommandContext,
): Promise<Running> {
  const untilMs = endOfFlags(flags, now(), usage);
  if (file === undefined || more.length > 0) throw new Error(`write ${usage}`);
  if (!Name.test(name)) throw new Error(`"${name}" is no name of a reader: small letters, digits and hyphens`);
  const { servers, credentials, readers_key: key } = config.nats;
  if (key === undefined) throw new Error("nats.readers_key names no file; nats init makes it, or nats renew");
  const signing = await readSigningKey(key, "readers_key");
  const consumers = consumersOfReader(name, sitesOf(flags?.get("site")));
  const done = make();
  // It is awaited when the process has started; until then, a rejection is nobody's.
  done.catch(() => undefined);

  async function make(): Promise<void> {
    const nc = await connectNats({ servers, credentials }, { name: "tallygate reader-key", reconnect: false });
    try {
      const manager = await jetstreamManager(nc);
      await ensureEventsStream(manager, streamOf(config));
      await ensureConsumers(manager, consumers);
    } finally {
      await nc.close();
    }
    const names = consumers.map(consumer => consumer.name);
    const made = await makeReaderKey(signing, { name, consumers: names }, untilMs);
    await writeNew(file ?? "", made.credentials, onlyOurs);
    const end = untilMs === undefined ? "for ever" : `until ${new Date(untilMs).toISOString()}`;
    say(`${file} lets ${name} read events ${end}, from the stream ${eventsStream}.`);
    say(`Consumers: ${names.join(" ")}; answers are heard on ${inboxPrefix(name)}.`);
    say(`Its name, to revoke it: ${made.key}`);
  }

  return { done, [Symbol.asyncDispose]: () => done.catch(() => undefined) };
}

function sitesOf(sites: readonly string[] | undefined): readonly SiteId[] | "all" {
  if (sites === undefined) return "all";
  return sites.map(site => {
    const parsed = SiteId.safeParse(site);
    if (!parsed.success) throw new Error(`"${site}" is no site: ${parsed.error.issues[0]?.message}`);
    return parsed.data;
  });
}

/** Consumers that are there stay where they stand. They begin with the oldest event that the stream has. */
async function ensureConsumers(manager: JetStreamManager, consumers: readonly ReaderConsumer[]): Promise<void> {
  for (const { name, filter } of consumers) {
    await manager.consumers.add(eventsStream, {
      durable_name: name,
      filter_subject: filter,
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      description: "made by reader-key",
    });
  }
}

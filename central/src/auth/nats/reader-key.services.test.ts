import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AckPolicy, type ConsumerInfo, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { connectNats, NatsRefused } from "@tallygate/kit";
import { eventsStream, inboxPrefix, movementsStream, subjects } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalServer, startNats } from "../../../../deploy/local/servers.ts";
import { followAsReader, Mirror } from "../../../../docs/examples/mirror.ts";
import { CentralConfig } from "../../config.ts";
import { ensureStream } from "../../ingest/stream.ts";
import { natsFiles, openNatsKeys } from "./command.ts";
import { parseServerConfiguration, serverConfiguration } from "./keys.ts";
import { openReaderKey } from "./reader-command.ts";

const example = fileURLToPath(new URL("../../../../docs/examples/mirror.ts", import.meta.url));
let dir: string;
let nats: LocalServer;
let central: NatsConnection;
const file = (name: string) => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "central-reader-keys-"));
  await (await openNatsKeys(undefined, { args: ["init", dir], say: () => undefined })).done;
  nats = await startNats({
    keys: { configuration: file(natsFiles.configuration), credentials: file(natsFiles.central) },
  });
  central = await connectNats({ servers: [nats.url], credentials: file(natsFiles.central) }, { name: "central" });
  const manager = await jetstreamManager(central);
  await ensureStream(manager, { maxBytes: 64 * 1024 * 1024 });
  await jetstream(central).publish(subjects.movements("lyon"), "a batch");
});
afterAll(async () => {
  await central.close();
  await nats[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

/** Runs the command, and gives what it said. */
async function run(args: readonly string[], flags: Record<string, readonly string[]> = {}): Promise<string> {
  const said: string[] = [];
  const config = CentralConfig.parse({
    nats: { servers: [nats.url], credentials: file(natsFiles.central), readers_key: file(natsFiles.readersKey) },
  });
  const running = await openReaderKey(config, {
    args,
    flags: new Map(Object.entries(flags)),
    say: line => void said.push(line),
  });
  await running.done;
  return said.join("\n");
}

let made = 0;
async function newKey(name: string, sites?: readonly string[]) {
  const credentials = file(`${name}-${++made}.creds`);
  const said = await run([name, credentials], sites && { site: sites });
  const [key = ""] = /\bU[A-Z2-7]{55}\b/.exec(said) ?? [];
  const [, consumers = ""] = /Consumers: ([^;]+);/.exec(said) ?? [];
  return { credentials, key, consumers: consumers.split(" ") };
}

async function signOn(name: string, credentials: string) {
  const connection = await connectNats(
    { servers: [nats.url], credentials },
    { inboxPrefix: inboxPrefix(name), reconnect: false },
  );
  const refused: string[] = [];
  const watching = (async () => {
    for await (const status of connection.status()) if (status.type === "error") refused.push(String(status.error));
  })();
  return {
    connection,
    /** What the server refused, in its order. */
    refused,
    [Symbol.asyncDispose]: async () => {
      await connection.close();
      await watching;
    },
  };
}

function bound(connection: NatsConnection, name: string) {
  const config = { ack_policy: AckPolicy.Explicit };
  return jetstream(connection).consumers.getConsumerFromInfo({
    stream_name: eventsStream,
    name,
    config,
  } as ConsumerInfo);
}

let number = 0;
/** Publishes an event as the centre does; gives its number. */
async function happen(type: string, site: string | null): Promise<string> {
  const sequence = String(++number).padStart(20, "0");
  const level = { on_hand: number, reserved: 0, blocked: 0, available: number };
  const data = { sku: "OAT-1L", site, ...level, places: [] };
  const event = { type: `io.tallygate.${type}.v1`, sequence, data };
  await jetstream(central).publish(subjects.event(type, site), JSON.stringify(event));
  return sequence;
}

async function emptyStream(): Promise<void> {
  await run(["nobody", file(`nobody-${++made}.creds`)]);
  await (await jetstreamManager(central)).streams.purge(eventsStream);
}

describe("the key of a reader", () => {
  test("gives every event once, also what happened before, and goes on where the reader left off", async () => {
    await emptyStream();
    const before = [await happen("stock.changed", "lyon"), await happen("transfer.leaving", null)];
    const { credentials, consumers } = await newKey("shop");
    expect(consumers).toEqual(["shop"]);
    const read: string[] = [];
    const mirror = new Mirror();
    for (let round = 0; round < 2; round++) {
      await using reader = await signOn("shop", credentials);
      const following = followAsReader(mirror, reader.connection, consumers, event => void read.push(event.sequence));
      before.push(await happen("stock.changed", "oslo"));
      await vi.waitFor(() => expect(read).toEqual(before), 10_000);
      await reader.connection.drain();
      await following;
      expect(reader.refused).toEqual([]);
    }
    expect([...mirror.totals().keys()]).toEqual(["lyon OAT-1L", "oslo OAT-1L"]);
  });

  test("of some sites gives their events and those of the catalogue, and no others", async () => {
    await emptyStream();
    const { credentials, consumers } = await newKey("lyon-shop", ["lyon", "porto_2"]);
    expect(consumers).toEqual(["lyon-shop_lyon", "lyon-shop_porto_2", "lyon-shop_-item", "lyon-shop_-price"]);
    await using reader = await signOn("lyon-shop", credentials);
    const read: string[] = [];
    const take = (event: { readonly sequence: string }) => void read.push(event.sequence);
    const following = followAsReader(new Mirror(), reader.connection, consumers, take);
    await happen("stock.changed", "oslo");
    await happen("transfer.leaving", null);
    const own = [
      await happen("stock.changed", "lyon"),
      await happen("order.placed", "porto_2"),
      await happen("item.added", null),
      await happen("price.changed", null),
    ];
    await happen("stock.changed", "porto");
    await vi.waitFor(async () => {
      const manager = await jetstreamManager(central);
      const all = await Promise.all(consumers.map(name => manager.consumers.info(eventsStream, name)));
      for (const each of all) expect([each.num_pending, each.num_ack_pending]).toEqual([0, 0]);
      expect(read.toSorted()).toEqual(own);
    }, 10_000);
    await reader.connection.drain();
    await following;
  });

  test("is all that the example needs: it writes what it reads, by itself", async () => {
    await emptyStream();
    const { credentials, consumers } = await newKey("example", ["lyon"]);
    const sequence = await happen("stock.changed", "lyon");
    const child = spawn(process.execPath, [example, nats.url, credentials, ...consumers]);
    const [line] = await new Promise<string[]>((resolve, reject) => {
      child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().split("\n")));
      child.stderr.once("data", (chunk: Buffer) => reject(new Error(chunk.toString())));
    }).finally(() => child.kill());
    expect(JSON.parse(line ?? "")).toMatchObject({ sequence });
  });

  test.each([
    subjects.event("order.placed", "lyon"),
    subjects.movements("lyon"),
    subjects.change("lyon"),
    "$JS.API.INFO",
    `$JS.API.CONSUMER.INFO.${eventsStream}.thief`,
    `$JS.API.STREAM.PURGE.${eventsStream}`,
    `$JS.API.STREAM.DELETE.${eventsStream}`,
    `$JS.API.STREAM.MSG.GET.${eventsStream}`,
    `$JS.API.DIRECT.GET.${eventsStream}`,
    `$JS.API.CONSUMER.DELETE.${eventsStream}.victim`,
    `$JS.API.CONSUMER.DELETE.${eventsStream}.thief`,
    `$JS.API.CONSUMER.LIST.${eventsStream}`,
    `$JS.API.CONSUMER.CREATE.${eventsStream}.thief`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${eventsStream}.thief`,
    `$JS.API.CONSUMER.MSG.NEXT.${eventsStream}.victim`,
    `$JS.API.CONSUMER.MSG.NEXT.${movementsStream}.thief`,
    `$JS.API.CONSUMER.INFO.${eventsStream}.victim`,
    `$JS.ACK.${eventsStream}.victim.1.1.1.1.0`,
    `${inboxPrefix("victim")}.answer`,
  ])("does not let it say anything on %s", async subject => {
    await using reader = await signOn("thief", (await newKey("thief")).credentials);
    reader.connection.publish(subject, "");
    await reader.connection.flush();
    await vi.waitFor(() =>
      expect(reader.refused).toEqual([expect.stringContaining(`Permissions Violation for Publish to "${subject}"`)]),
    );
  });

  test.each([
    ">",
    subjects.allEvents,
    subjects.event("stock.changed", "lyon"),
    "tallygate.movements.>",
    subjects.change("lyon"),
    "_INBOX.>",
    `${inboxPrefix("victim")}.>`,
    "$JS.>",
    "_R_.>",
  ])("does not let it hear %s", async subject => {
    await using reader = await signOn("thief", (await newKey("thief")).credentials);
    reader.connection.subscribe(subject, { callback: () => undefined });
    await reader.connection.flush();
    await vi.waitFor(() =>
      expect(reader.refused.join()).toContain(`Permissions Violation for Subscription to "${subject}"`),
    );
  });

  test("cannot have the servers answer where the answer would command a stream, or take or acknowledge for another reader", async () => {
    await emptyStream();
    const sequence = await happen("stock.changed", "lyon");
    const manager = await jetstreamManager(central);
    await manager.consumers.add(movementsStream, { durable_name: "own", ack_policy: AckPolicy.Explicit });
    const victim = await newKey("victim");
    await using other = await signOn("victim", victim.credentials);
    const consumer = bound(other.connection, "victim");
    const waiting = await consumer.next();
    const before = await manager.consumers.info(eventsStream, "victim");
    await using reader = await signOn("thief", (await newKey("thief")).credentials);
    const replies = [
      `$JS.API.STREAM.PURGE.${eventsStream}`,
      `$JS.API.STREAM.DELETE.${eventsStream}`,
      `$JS.API.STREAM.PURGE.${movementsStream}`,
      `$JS.API.CONSUMER.DELETE.${eventsStream}.victim`,
      `$JS.API.CONSUMER.MSG.NEXT.${eventsStream}.victim`,
      `$JS.API.CONSUMER.MSG.NEXT.${eventsStream}.thief`,
      `$JS.API.CONSUMER.MSG.NEXT.${movementsStream}.own`,
      `$JS.ACK.${eventsStream}.victim.1.1.1.1.0`,
      `${inboxPrefix("victim")}.answer`,
    ];
    expect(waiting?.json()).toMatchObject({ sequence });
    for (const reply of replies) {
      for (const payload of ['{"batch":1,"no_wait":true}', '{"batch":3,"no_wait":true}'])
        reader.connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${eventsStream}.thief`, payload, { reply });
    }
    await reader.connection.flush();
    await central.flush();
    const after = await manager.consumers.info(eventsStream, "victim");
    expect([after.delivered.consumer_seq, after.ack_floor, after.num_ack_pending]).toEqual([
      before.delivered.consumer_seq,
      before.ack_floor,
      1,
    ]);
    expect((await manager.streams.info(eventsStream)).state.messages).toBe(1);
    expect((await manager.streams.info(movementsStream)).state.messages).toBe(1);
    expect((await manager.consumers.info(movementsStream, "own")).delivered.consumer_seq).toBe(0);
  });

  test("that is revoked is thrown out, and what the reader has not read waits for another key of its name", async () => {
    await emptyStream();
    const gone = await newKey("archive");
    await using reader = await signOn("archive", gone.credentials);
    await (await openNatsKeys(undefined, { args: ["revoke", dir, gone.key], say: () => undefined })).done;
    process.kill(nats.pid, "SIGHUP");
    expect(await reader.connection.closed()).toMatchObject({ message: "User Authentication Revoked" });
    await expect(signOn("archive", gone.credentials)).rejects.toThrow(NatsRefused);
    await vi.waitFor(() => central.flush(), { timeout: 10_000 });
    const sequence = await happen("stock.changed", "lyon");
    const again = await newKey("archive");
    await using next = await signOn("archive", again.credentials);
    const consumer = bound(next.connection, "archive");
    expect((await consumer.next())?.json()).toMatchObject({ sequence });
  });
});

test("a system from before there were readers gets them by nats renew, and its other keys stay", async () => {
  const old = await mkdtemp(join(dir, "old-"));
  const command = async (...args: string[]) => (await openNatsKeys(undefined, { args, say: () => undefined })).done;
  await command("init", old);
  const configuration = join(old, natsFiles.configuration);
  const { readers: _, ...trust } = parsed(await readFile(configuration, "utf8"));
  await writeFile(configuration, serverConfiguration(trust));
  await rm(join(old, natsFiles.readersKey));
  await command("renew", old);
  const renewed = parsed(await readFile(configuration, "utf8"));
  expect(renewed).toMatchObject({ operator: trust.operator, readers: expect.any(String) });
  expect((await stat(join(old, natsFiles.readersKey))).mode & 0o777).toBe(0o600);
  await command("renew", old);
  expect(parsed(await readFile(configuration, "utf8")).readers?.length).toBe(renewed.readers?.length);
});

function parsed(text: string) {
  const trust = parseServerConfiguration(text);
  if (trust === undefined) throw new Error("it is no configuration with keys");
  return trust;
}

test.each([
  [["Shop!", "x.creds"], {}, '"Shop!" is no name of a reader'],
  [["my_shop", "x.creds"], {}, '"my_shop" is no name of a reader'],
  [["shop"], {}, "write reader-key NAME FILE"],
  [["shop", "x.creds"], { site: ["Lyon!"] }, '"Lyon!" is no site'],
  [["shop", "x.creds"], { until: ["2001-01-01"] }, '"2001-01-01" is no time to come'],
])("reader-key %j %j is refused", async (args, flags, reason) => {
  await expect(run(args, flags)).rejects.toThrow(reason);
});

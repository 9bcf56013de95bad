import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { createUser, encodeUser, fmtCreds, fromSeed } from "@nats-io/jwt";
import type { NatsConnection } from "@nats-io/transport-node";
import { connectNats, NatsRefused } from "@tallygate/kit";
import { inboxPrefix, movementsStream, SiteId, subjects, subjectsOfEdge } from "@tallygate/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalServer, startNats } from "../../../../deploy/local/servers.ts";
import { ensureStream } from "../../ingest/stream.ts";
import { natsFiles, openEdgeKey, openNatsKeys } from "./command.ts";
import { readSigningKey } from "./key-files.ts";
import { makeSiteKey, parseServerConfiguration } from "./keys.ts";

const lyon = SiteId.parse("lyon");
let dir: string;
let nats: LocalServer;
let central: NatsConnection;
const file = (name: string) => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "central-nats-keys-"));
  await run(openNatsKeys, "init", dir);
  nats = await startNats({
    keys: { configuration: file(natsFiles.configuration), credentials: file(natsFiles.central) },
  });
  central = await connectNats({ servers: [nats.url], credentials: file(natsFiles.central) }, { name: "central" });
  await ensureStream(await jetstreamManager(central), { maxBytes: 64 * 1024 * 1024 });
});
afterAll(async () => {
  await central.close();
  await nats[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

/** Runs a command, and gives what it said. */
async function run(command: typeof openEdgeKey, ...words: string[]): Promise<string> {
  const said: string[] = [];
  const [args, until] = words.at(-2) === "--until" ? [words.slice(0, -2), words.slice(-1)] : [words];
  const flags = new Map(until && [["until", until]]);
  const config = { nats: { servers: [], sites_key: file(natsFiles.sitesKey) } };
  const running = await command(config, { args, flags, say: line => void said.push(line) });
  await running.done;
  return said.join("\n");
}

interface SignedOn extends AsyncDisposable {
  readonly connection: NatsConnection;
  /** What the server refused, in its order. */
  readonly refused: string[];
}

let made = 0;
async function newKey(site: string): Promise<{ readonly credentials: string; readonly key: string }> {
  const credentials = file(`${site}-${++made}.creds`);
  const [key = ""] = /\bU[A-Z2-7]{55}\b/.exec(await run(openEdgeKey, site, credentials)) ?? [];
  return { credentials, key };
}

async function signOn(site: string, credentials?: string): Promise<SignedOn> {
  const connection = await connectNats(
    { servers: [nats.url], credentials: credentials ?? (await newKey(site)).credentials },
    { inboxPrefix: inboxPrefix(site), reconnect: false },
  );
  const refused: string[] = [];
  const watching = (async () => {
    for await (const status of connection.status()) if (status.type === "error") refused.push(String(status.error));
  })();
  return {
    connection,
    refused,
    [Symbol.asyncDispose]: async () => {
      await connection.close();
      await watching;
    },
  };
}

describe("the key of a site", () => {
  test("lets it say and hear what an edge says and hears", async () => {
    await using edge = await signOn("lyon");
    const { connection } = edge;
    for (const subject of subjectsOfEdge("*").says.slice(1)) {
      central.subscribe(subject, {
        max: 1,
        callback: (_, message) => void message.respond(`heard ${message.subject}`),
      });
    }
    await central.flush();
    const { stream } = await jetstream(connection).publish(subjects.movements("lyon"), "a batch");
    expect(stream).toBe(movementsStream);
    for (const subject of subjectsOfEdge("lyon").says.slice(1)) {
      expect((await connection.request(subject, "", { timeout: 5_000 })).string()).toBe(`heard ${subject}`);
    }
    const heard: string[] = [];
    for (const subject of subjectsOfEdge("lyon").hears) {
      connection.subscribe(subject, { callback: (_, message) => void heard.push(message.subject) });
    }
    await connection.flush();
    for (const subject of subjectsOfEdge("lyon").hears) central.publish(subject);
    await vi.waitFor(() => expect(heard).toEqual(subjectsOfEdge("lyon").hears));
    expect(edge.refused).toEqual([]);
  });

  test.each([
    ...subjectsOfEdge("porto").says.map(subject => subject.replace("*", "3")),
    ...subjectsOfEdge("lyon").hears,
    "$JS.API.INFO",
    `$JS.API.STREAM.PURGE.${movementsStream}`,
    `$JS.ACK.${movementsStream}.central-0.1.1.1.1.0`,
    "$SYS.REQ.SERVER.PING",
    `${inboxPrefix("porto")}.answer`,
    `${inboxPrefix("lyon")}.answer`,
    "tallygate",
  ])("does not let it say anything on %s", async subject => {
    const said: string[] = [];
    const ear = central.subscribe(subject, { callback: (_, message) => void said.push(message.string()) });
    await central.flush();
    await using edge = await signOn("lyon");
    edge.connection.publish(subject, "forged");
    await edge.connection.flush();
    await vi.waitFor(() =>
      expect(edge.refused).toEqual([expect.stringContaining(`Permissions Violation for Publish to "${subject}"`)]),
    );
    await central.flush();
    expect(said).toEqual([]);
    ear.unsubscribe();
  });

  test.each([
    ">",
    "tallygate.>",
    "tallygate.change.*",
    "_INBOX.>",
    `${inboxPrefix("porto")}.>`,
    "$JS.>",
    "$SYS.>",
    ...subjectsOfEdge("porto").hears.slice(0, -1),
    ...subjectsOfEdge("lyon").says,
  ])("does not let it hear %s", async subject => {
    await using edge = await signOn("lyon");
    const heard: string[] = [];
    edge.connection.subscribe(subject, { callback: (error, message) => void (error ?? heard.push(message.subject)) });
    await edge.connection.flush();
    await vi.waitFor(() =>
      expect(edge.refused.join()).toContain(`Permissions Violation for Subscription to "${subject}"`),
    );
    for (const each of [...subjectsOfEdge("porto").hears, ...subjectsOfEdge("lyon").hears]) central.publish(each);
    await central.flush();
    expect(heard).toEqual([]);
  });

  test("cannot send the servers' answer to a batch, or the centre's to a request, where the centre would obey it", async () => {
    await using edge = await signOn("lyon");
    const manager = await jetstreamManager(central);
    const answers = central.subscribe(subjects.hello("*"), {
      callback: (_, message) => void message.respond(`{"stream":"${movementsStream}","seq":1000}`),
    });
    await central.flush();
    const before = (await manager.streams.info(movementsStream)).state;
    const targets = [`$JS.API.STREAM.PURGE.${movementsStream}`, subjects.movements("porto"), subjects.resend("lyon")];
    for (const reply of targets) {
      edge.connection.publish(subjects.movements("lyon"), "a batch", { reply });
      edge.connection.publish(subjects.hello("lyon"), "hello", { reply });
    }
    await jetstream(edge.connection).publish(subjects.movements("lyon"), "the last batch");
    await edge.connection.request(subjects.hello("lyon"), "the last hello");
    const options = { subjects_filter: subjects.allMovements };
    const after = (await manager.streams.info(movementsStream, options)).state;
    expect(after.messages).toBe(before.messages + targets.length + 1);
    expect(Object.keys(after.subjects ?? {})).toEqual([subjects.movements("lyon")]);
    answers.unsubscribe();
  });

  test("that is revoked is thrown out when the server reads its configuration again, and others sign on anew", async () => {
    const [gone, stays] = [await newKey("lyon"), await newKey("lyon")];
    await using first = await signOn("lyon", gone.credentials);
    await using other = await signOn("lyon", stays.credentials);
    await run(openNatsKeys, "revoke", dir, gone.key);
    process.kill(nats.pid, "SIGHUP");
    expect(await first.connection.closed()).toMatchObject({ message: "User Authentication Revoked" });
    await other.connection.closed();
    await expect(signOn("lyon", gone.credentials)).rejects.toThrow(NatsRefused);
    await using again = await signOn("lyon", stays.credentials);
    await jetstream(again.connection).publish(subjects.movements("lyon"), "a batch");
  });

  test("that is revoked stays so when the accounts are signed anew, as after an update", async () => {
    const [gone, stays] = [await newKey("lyon"), await newKey("lyon")];
    await run(openNatsKeys, "revoke", dir, gone.key);
    await run(openNatsKeys, "renew", dir);
    await nats.restart();
    await expect(signOn("lyon", gone.credentials)).rejects.toThrow(NatsRefused);
    await using again = await signOn("lyon", stays.credentials);
    await jetstream(again.connection).publish(subjects.movements("lyon"), "a batch");
    await vi.waitFor(() => central.flush(), { timeout: 10_000 });
  });

  test("whose time has come is refused, and says whose it is", async () => {
    const { credentials } = await makeSiteKey(
      await readSigningKey(file(natsFiles.sitesKey), "sites_key"),
      lyon,
      Date.now() - 1_000,
    );
    await writeFile(file("ended.creds"), credentials);
    await expect(signOn("lyon", file("ended.creds"))).rejects.toThrow(/NATS refuses the key in .*ended\.creds/);
  });

  test("is needed: who has none is told so", async () => {
    const unsigned = connectNats({ servers: [nats.url] }, { reconnect: false });
    await expect(unsigned).rejects.toThrow(
      "NATS wants to know who signs on: name a file with a key in nats.credentials",
    );
  });
});

test("what signs the keys of sites can make none for the centre, nor one that may do more", async () => {
  const { account, seed } = await readSigningKey(file(natsFiles.sitesKey), "sites_key");
  const { sub: centre = "" } = claimsOf((await trust())?.centre);
  for (const issuer_account of [account, centre]) {
    const user = createUser();
    const token = await encodeUser("lyon", user, fromSeed(Buffer.from(seed)), {
      issuer_account,
      pub: { allow: [">"] },
    });
    await writeFile(file("forged.creds"), fmtCreds(token, user));
    await expect(signOn("lyon", file("forged.creds"))).rejects.toThrow(NatsRefused);
  }
});

describe("the commands", () => {
  test("write secrets for their owner alone, none into what servers read, and never over what is there", async () => {
    const secrets = [natsFiles.central, natsFiles.sitesKey, natsFiles.operator, "again.creds"];
    await run(openEdgeKey, "lyon", file("again.creds"));
    for (const name of secrets) expect([name, (await stat(file(name))).mode & 0o777]).toEqual([name, 0o600]);
    expect(await readFile(file(natsFiles.configuration), "utf8")).not.toMatch(/\bS[A-Z2-7]{57}\b/);
    await expect(run(openNatsKeys, "init", dir)).rejects.toThrow("is there already, and edges may depend on it");
    await expect(run(openEdgeKey, "lyon", file("again.creds"))).rejects.toThrow("is there already");
  });

  test.each([
    [["Lyon!", "x.creds"], '"Lyon!" is no site'],
    [["lyon"], "write edge-key SITE FILE [--until DATE]"],
    [["lyon", "x.creds", "--until", "2001-01-01"], '"2001-01-01" is no time to come'],
    [["lyon", "x.creds", "--until", "soon"], '"soon" is no time to come'],
  ])("edge-key %j is refused", async (args, reason) => {
    await expect(run(openEdgeKey, ...args)).rejects.toThrow(reason);
  });

  test("an end date is said and stands in the key", async () => {
    expect(await run(openEdgeKey, "lyon", file("ends.creds"), "--until", "2100-01-01")).toContain(
      "until 2100-01-01T00:00:00.000Z",
    );
    const [, token] = /(eyJ\S+)/.exec(await readFile(file("ends.creds"), "utf8")) ?? [];
    expect(claimsOf(token)).toMatchObject({ name: "lyon", exp: Date.parse("2100-01-01") / 1000 });
  });
});

async function trust() {
  return parseServerConfiguration(await readFile(file(natsFiles.configuration), "utf8"));
}

function claimsOf(token = ""): { readonly sub?: string } {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

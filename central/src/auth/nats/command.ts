import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Running } from "@tallygate/kit";
import { SiteId } from "@tallygate/protocol";
import type { CentralConfig } from "../../config.ts";
import { onlyOurs, readSigningKey, writeNew } from "./key-files.ts";
import {
  makeNatsKeys,
  makeSiteKey,
  parseServerConfiguration,
  renewTrust,
  revokeKey,
  type ServerTrust,
  serverConfiguration,
} from "./keys.ts";

/** What `nats init` makes. Only the first is for the servers; the last is used to revoke and for nothing else. */
export const natsFiles = {
  configuration: "nats.conf",
  central: "central.creds",
  sitesKey: "sites.key",
  readersKey: "readers.key",
  operator: "operator.seed",
} as const;

/** A command that has done its work when it is opened. */
const done: Running = { done: Promise.resolve(), [Symbol.asyncDispose]: async () => undefined };

const natsUsage = "nats init [DIRECTORY], nats revoke DIRECTORY KEY or nats renew DIRECTORY";
const edgeKeyUsage = "edge-key SITE FILE [--until DATE], such as edge-key lyon lyon.creds --until 2028-01-01";

/** What a command here is given. */
export interface CommandContext {
  readonly args: readonly string[];
  readonly flags?: ReadonlyMap<string, readonly string[]>;
  readonly now?: () => number;
  readonly say?: (line: string) => void;
}

/** The command `nats`: makes the keys of a new system, revokes a key, or brings the servers the subjects of this release. */
export async function openNatsKeys(
  _config: unknown,
  { args, now = Date.now, say = printLine }: CommandContext,
): Promise<Running> {
  const [verb, dir = "nats-keys", key, ...more] = args;
  if (verb === "init" && key === undefined) await init(dir, say);
  else if (verb === "renew" && args[1] !== undefined && key === undefined) await renew(dir, say);
  else if (verb === "revoke" && key !== undefined && more.length === 0) await revoke(dir, key, now(), say);
  else throw new Error(`write ${natsUsage}`);
  return done;
}

/** The command `edge-key`: makes a key for a site's edge and writes it to a file, once. */
export async function openEdgeKey(
  { nats }: Pick<CentralConfig, "nats">,
  { args: [site, file, ...more], flags, now = Date.now, say = printLine }: CommandContext,
): Promise<Running> {
  const untilMs = endOfFlags(flags, now(), edgeKeyUsage);
  if (file === undefined || more.length > 0) throw new Error(`write ${edgeKeyUsage}`);
  const parsed = SiteId.safeParse(site);
  if (!parsed.success) throw new Error(`"${site}" is no site: ${parsed.error.issues[0]?.message}`);
  if (nats.sites_key === undefined) throw new Error("nats.sites_key names no file; nats init makes it");
  const { key, credentials } = await makeSiteKey(
    await readSigningKey(nats.sites_key, "sites_key"),
    parsed.data,
    untilMs,
  );
  await writeNew(file, credentials, onlyOurs);
  const end = untilMs === undefined ? "for ever" : `until ${new Date(untilMs).toISOString()}`;
  say(`${file} lets the edge of ${parsed.data} sign on ${end}: name it in nats.credentials of its edge.yaml.`);
  say(`Its name, to revoke it: ${key}`);
  return done;
}

/** When a key ends, as `--until` says; undefined is never. */
export function endOfFlags(flags: CommandContext["flags"], nowMs: number, usage: string): number | undefined {
  const [until, ...others] = flags?.get("until") ?? [];
  if (others.length > 0) throw new Error(`write ${usage}`);
  if (until === undefined) return undefined;
  const untilMs = Date.parse(until);
  if (!(untilMs > nowMs)) throw new Error(`"${until}" is no time to come; ${usage}`);
  return untilMs;
}

async function init(dir: string, say: (line: string) => void): Promise<void> {
  const taken = Object.values(natsFiles).find(name => existsSync(join(dir, name)));
  if (taken !== undefined) throw new Error(`${join(dir, taken)} is there already, and edges may depend on it`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { trust, operatorSeed, sitesKey, readersKey, centralCredentials } = await makeNatsKeys();
  const path = (name: keyof typeof natsFiles) => join(dir, natsFiles[name]);
  await writeNew(path("operator"), `${operatorSeed}\n`, onlyOurs);
  await writeNew(path("sitesKey"), `${JSON.stringify(sitesKey)}\n`, onlyOurs);
  await writeNew(path("readersKey"), `${JSON.stringify(readersKey)}\n`, onlyOurs);
  await writeNew(path("central"), centralCredentials, onlyOurs);
  await writeNew(path("configuration"), serverConfiguration(trust), 0o644);
  say(`${path("configuration")}  for the configuration of every NATS server, by include; nothing in it is secret`);
  say(`${path("central")}  for central: nats.credentials`);
  say(`${path("sitesKey")}  for central: nats.sites_key, which makes keys for edges`);
  say(`${path("readersKey")}  for the command reader-key: nats.readers_key, which makes keys for readers of events`);
  say(`${path("operator")}  only to revoke keys: keep it where no server is`);
}

async function revoke(dir: string, key: string, nowMs: number, say: (line: string) => void): Promise<void> {
  if (!/^U[A-Z2-7]{55}$/.test(key))
    throw new Error(`"${key}" is the name of no key; it is U and 55 letters and digits`);
  await change(dir, (trust, operatorSeed) => revokeKey(trust, { operatorSeed, key, nowMs }), say);
}

async function renew(dir: string, say: (line: string) => void): Promise<void> {
  await change(
    dir,
    async (trust, operatorSeed) => {
      const renewed = await renewTrust(trust, operatorSeed);
      if (renewed.readersKey !== undefined) {
        const file = join(dir, natsFiles.readersKey);
        await writeNew(file, `${JSON.stringify(renewed.readersKey)}\n`, onlyOurs);
        say(`${file}  is new: nats.readers_key, which makes keys for readers of events`);
      }
      return renewed.trust;
    },
    say,
  );
}

async function change(
  dir: string,
  sign: (trust: ServerTrust, operatorSeed: string) => Promise<ServerTrust>,
  say: (line: string) => void,
): Promise<void> {
  const file = join(dir, natsFiles.configuration);
  const trust = parseServerConfiguration(await readFile(file, "utf8"));
  if (trust === undefined) throw new Error(`${file} is not what nats init wrote`);
  const operatorSeed = (await readFile(join(dir, natsFiles.operator), "utf8")).trim();
  await writeFile(file, serverConfiguration(await sign(trust, operatorSeed)));
  say(`${file} was written anew. Bring it to every NATS server, and have it read: nats-server --signal reload`);
}

/** Says a line to whoever ran the command. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

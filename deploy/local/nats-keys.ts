import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCentral } from "./central-command.ts";
import type { NatsKeyFiles } from "./nats.ts";

/** The files with the keys of one system, all but the first secret. */
export interface SystemKeys extends NatsKeyFiles {
  /** What signs the keys of sites. */
  readonly sitesKey: string;
  /** What signs the keys of readers of events. */
  readonly readersKey: string;
  /** By site: what its edge signs on with. */
  readonly edges: Readonly<Record<string, string>>;
}

export interface MakeKeys {
  /** The checkout. */
  readonly root: string;
  readonly dir: string;
  readonly sites: readonly string[];
  readonly signal: AbortSignal;
}

/** Makes those keys that are not there yet. */
export async function makeMissingKeys({ root, dir, sites, signal }: MakeKeys): Promise<SystemKeys> {
  const file = (name: string) => join(dir, name);
  const configuration = file("nats.conf");
  if (!existsSync(configuration)) {
    // It is what is written last: the rest is of a start that was broken off, and fits nothing.
    rmSync(dir, { recursive: true, force: true });
    await runCentral({ root, args: ["nats", "init", dir], signal });
  }
  const sitesKey = file("sites.key");
  const edges = Object.fromEntries(sites.map(site => [site, file(`${site}.creds`)]));
  const env = { TALLYGATE_NATS__SITES_KEY: sitesKey };
  const missing = Object.entries(edges).filter(([, path]) => !existsSync(path));
  await Promise.all(missing.map(([site, path]) => runCentral({ root, args: ["edge-key", site, path], env, signal })));
  return { configuration, credentials: file("central.creds"), sitesKey, readersKey: file("readers.key"), edges };
}

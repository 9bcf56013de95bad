/**
 * Makes what everyone signs on to NATS with, once, and gives to each only its own: `node deploy/docker/make-keys.ts DIRECTORY SITE…`.
 * Below the directory, `made` has all of it, `nats` what the servers read, `central` and each site their keys.
 */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeMissingKeys } from "../local/nats-keys.ts";

const [directory, ...sites] = process.argv.slice(2);
if (directory === undefined) throw new Error("write node deploy/docker/make-keys.ts DIRECTORY SITE…");

const root = fileURLToPath(new URL("../..", import.meta.url));
const dir = join(directory, "made", "keys");
const keys = await makeMissingKeys({ root, dir, sites, signal: AbortSignal.timeout(120_000) });
const copies = [
  [keys.configuration, "nats/nats.conf"],
  [keys.credentials, "central/central.creds"],
  [keys.sitesKey, "central/sites.key"],
  ...Object.entries(keys.edges).map(([site, file]) => [file, `${site}/edge.creds`] as const),
] as const;
for (const [file, copy] of copies) {
  copyFileSync(file, join(directory, copy));
  console.log(`${copy} is there.`);
}

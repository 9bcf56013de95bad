/**
 * Writes the configuration of the demonstration for containers: lyon.yaml, porto.yaml and scenario.yaml. Run while the image is
 * built: `node deploy/docker/write-configurations.ts DIRECTORY`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { readDemoWithoutScanners } from "../local/demo.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("Which directory? node deploy/docker/write-configurations.ts DIRECTORY");

const demo = readDemoWithoutScanners(fileURLToPath(new URL("../..", import.meta.url)), "/data");
mkdirSync(directory, { recursive: true });
for (const [name, content] of [
  ...demo.sites.map(({ site, edge }) => [`${site}.yaml`, edge] as const),
  ["scenario.yaml", demo.scenario] as const,
]) {
  writeFileSync(join(directory, name), stringify(content, { aliasDuplicateObjects: false }));
}

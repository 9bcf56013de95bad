import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { schemaFiles } from "../src/schema-files.ts";

/** Keeps the schemas of today as those of the last released version. A part of each release; run after the tests, which compare with the one before. */
const folder = fileURLToPath(new URL("../schema/released/", import.meta.url));
await rm(folder, { recursive: true, force: true });
for (const [name, text] of Object.entries(schemaFiles())) {
  if (name === "asyncapi.json") continue;
  await mkdir(dirname(folder + name), { recursive: true });
  await writeFile(folder + name, text);
}

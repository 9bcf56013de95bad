import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { schemaFiles } from "../src/schema-files.ts";

const folder = fileURLToPath(new URL("../schema/", import.meta.url));
await mkdir(`${folder}events`, { recursive: true });
for (const [name, text] of Object.entries(schemaFiles())) await writeFile(folder + name, text);

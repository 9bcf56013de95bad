import { mkdirSync, writeFileSync } from "node:fs";
import { configurationFiles } from "./configuration-files.ts";

mkdirSync(new URL("./schema/", import.meta.url), { recursive: true });
for (const [name, text] of Object.entries(configurationFiles())) writeFileSync(new URL(name, import.meta.url), text);

import { readFileSync, writeFileSync } from "node:fs";
import { withFiles, withTables } from "./device-pages.ts";

for (const [name, derive] of [
  ["devices.md", withTables],
  ["adding-a-driver.md", withFiles],
] as const) {
  const file = new URL(name, import.meta.url);
  writeFileSync(file, derive(readFileSync(file, "utf8")));
}

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configurationFiles } from "./configuration-files.ts";

it("the page and the schemas of the configuration are what the code says: npm run docs writes them anew", () => {
  for (const [name, text] of Object.entries(configurationFiles())) {
    expect(readFileSync(new URL(name, import.meta.url), "utf8"), name).toBe(text);
  }
});

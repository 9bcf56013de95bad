import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withFiles } from "./device-pages.ts";

const text = readFileSync(new URL("./adding-a-driver.md", import.meta.url), "utf8");

it("the page about drivers shows the files as they are; `npm run docs` writes them", () => {
  expect(text.match(/<!-- file: /g)).toHaveLength(5);
  expect(withFiles(text)).toBe(text);
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { documentsPage } from "./document-machines.ts";

it("the states of documents are drawn from their own tables: npm run docs draws them anew", () => {
  expect(readFileSync(new URL("./documents.md", import.meta.url), "utf8")).toBe(documentsPage());
});

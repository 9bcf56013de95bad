import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { problemsPage } from "./problem-codes.ts";

it("every code of a refusal is documented: npm run docs writes the page anew", () => {
  expect(readFileSync(new URL("./problems.md", import.meta.url), "utf8")).toBe(problemsPage());
});

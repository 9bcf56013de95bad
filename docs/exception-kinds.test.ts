import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { exceptionsPage } from "./exception-kinds.ts";

it("the kinds of exceptions stand in the manual as the centre has them: npm run docs writes them anew", () => {
  expect(readFileSync(new URL("./exceptions.md", import.meta.url), "utf8")).toBe(exceptionsPage());
});

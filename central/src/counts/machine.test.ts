import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faultsOf, transitionsOf } from "../documents/machine.ts";
import { countMachine } from "./machine.ts";

test("the table of a count has no fault, and docs/counts.md draws it", () => {
  expect(faultsOf(countMachine)).toEqual([]);
  const page = readFileSync(new URL("../../../docs/counts.md", import.meta.url), "utf8");
  const drawn = [...page.matchAll(/^ {2}(\w+) --> (\w+): (\w+)$/gm)].map(([, from, to, event]) => ({
    from,
    event,
    to,
  }));
  expect(drawn).toEqual(transitionsOf(countMachine));
});

import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** `const somethingLock = 20_011_212_257;`, and classes of locks with two numbers, `const lockClass = 20_011;`. */
const number = /\bconst (\w*(?:Lock|[cC]lass)) = (\d[\d_]{5,});|\bconst (\w*[cC]lass) = (\d[\d_]*);/g;

test("no two advisory locks have one number: who waits for the one would wait for the other", () => {
  const src = new URL("..", import.meta.url);
  const files = globSync("**/*.ts", { cwd: src }).filter(name => !name.endsWith(".test.ts"));
  const names = new Map<string, string[]>();
  for (const file of files) {
    for (const [, lock, value, other, otherValue] of readFileSync(new URL(file, src), "utf8").matchAll(number)) {
      const key = value ?? otherValue ?? "";
      names.set(key, [...(names.get(key) ?? []), `${file}: ${lock ?? other}`]);
    }
  }
  expect(names.size).toBeGreaterThan(6);
  expect([...names.values()].filter(holders => holders.length > 1)).toEqual([]);
});

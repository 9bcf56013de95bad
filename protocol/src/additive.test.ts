import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { brokenBy } from "./additive.ts";

const folder = new URL("../schema/", import.meta.url);
const released = new URL("released/", folder);
const read = (url: URL) => JSON.parse(readFileSync(url, "utf8"));

describe("the schemas of today", () => {
  const names = readdirSync(released, { recursive: true, encoding: "utf8" }).filter(name => name.endsWith(".json"));

  it.each(names)("take nothing away from %s as it was released", name => {
    const now = new URL(name, folder);
    expect(existsSync(now), `${name} was released and is gone`).toBe(true);
    expect(brokenBy(read(new URL(name, released)), read(now))).toEqual([]);
  });

  it("have been released", () => {
    expect(names.length).toBeGreaterThan(40);
  });
});

const usual = {
  sku: z.string().max(64),
  site: z.string().optional(),
  state: z.enum(["held", "ended"]),
  lines: z.array(z.object({ quantity: z.int().min(0) })),
  due: z.string().nullable(),
};
const { sku: _, ...withoutSku } = usual;

test.each([
  ["nothing", usual, []],
  ["a further optional field", { ...usual, more: z.string().optional() }, []],
  ["a further value", { ...usual, state: z.enum(["held", "ended", "lost"]) }, []],
  ["a wider bound", { ...usual, sku: z.string().max(80) }, []],
  ["a description", { ...usual, sku: z.string().max(64).meta({ description: "New words." }) }, []],
  ["a removed field", withoutSku, [/\$\.sku is gone/, /\$\.sku was always there/]],
  ["a new required field", { ...usual, more: z.string() }, [/\$\.more is required now/]],
  ["a field that may be missing", { ...usual, sku: z.string().max(64).optional() }, [/\$\.sku was always there/]],
  ["another type", { ...usual, sku: z.int() }, [/\$\.sku was string and is integer/, /narrower/]],
  ["a field that is null no more", { ...usual, due: z.string() }, [/\$\.due/]],
  ["a narrower bound", { ...usual, sku: z.string().max(32) }, [/\$\.sku is narrower.*maxLength/]],
  ["a new pattern", { ...usual, sku: z.string().max(64).regex(/^a/) }, [/\$\.sku is narrower.*pattern/]],
  ["a value that goes", { ...usual, state: z.enum(["held"]) }, [/\$\.state does not take ended/]],
  [
    "a change inside a list",
    { ...usual, lines: z.array(z.object({ quantity: z.int().min(1) })) },
    [/\$\.lines\.items\.quantity is narrower.*minimum/],
  ],
])("a change of schemas by %s is found to break as much as it does", (_name, after, faults) => {
  const schema = (fields: z.ZodRawShape) => z.toJSONSchema(z.object(fields), { io: "input" });
  const found = brokenBy(schema(usual), schema(after));
  expect(found).toHaveLength(new Set(found).size);
  for (const fault of faults) expect(found.join("\n")).toMatch(fault);
  if (faults.length === 0) expect(found).toEqual([]);
  else expect(found.length).toBeGreaterThan(0);
});

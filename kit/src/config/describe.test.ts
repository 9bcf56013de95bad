import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { z } from "zod";
import { Listen } from "../listen.ts";
import { describeConfig } from "./describe.ts";

const schema = z.strictObject({
  site: z.string().describe("Name of the site"),
  http: z
    .strictObject({ listen: Listen.prefault("127.0.0.1:8081").describe("Where the page is | served") })
    .prefault({}),
  zones: z.record(z.string(), z.strictObject({ antenna: z.int() })).optional(),
  devices: z
    .array(
      z.discriminatedUnion("driver", [
        z.strictObject({ driver: z.literal("a"), topic: z.string() }),
        z.strictObject({ driver: z.literal("b"), baud: z.int().default(9600) }),
      ]),
    )
    .default([]),
});

test("every key is listed with its variable, what is allowed and its default", () => {
  expect(describeConfig(schema).keys).toEqual([
    key("site", "TALLYGATE_SITE", "text", { required: true, description: "Name of the site" }),
    key("http.listen", "TALLYGATE_HTTP__LISTEN", "text", {
      default: '"127.0.0.1:8081"',
      description: "Where the page is | served",
    }),
    key("zones", "TALLYGATE_ZONES", "keys with values"),
    key("zones.NAME.antenna", undefined, "a whole number", { required: true }),
    key("devices", "TALLYGATE_DEVICES", "a list of keys (driver, topic), or keys (driver, baud)", { default: "[]" }),
    key("devices[].driver", undefined, "a, or b", { required: true }),
    key("devices[].topic", undefined, "text", { required: true }),
    key("devices[].baud", undefined, "a whole number", { default: "9600" }),
  ]);
});

function key(path: string, env: string | undefined, allowed: string, more: object = {}) {
  return { path, env, allowed, default: undefined, required: false, description: "", ...more };
}

test("the Markdown table keeps a bar in a description inside its cell", () => {
  const rows = describeConfig(schema).markdown.split("\n");
  expect(rows[0]).toBe("| key | allowed | default | what it is for | variable |");
  expect(rows[3]).toBe(
    '| `http.listen` | text | `"127.0.0.1:8081"` | Where the page is \\| served | `TALLYGATE_HTTP__LISTEN` |',
  );
});

test("the JSON Schema takes what a file may say and refuses unknown keys", () => {
  const valid = new Ajv2020({ strict: false }).compile(describeConfig(schema).jsonSchema);
  expect(valid({ site: "lyon", http: { listen: "127.0.0.1:1" } })).toBe(true);
  expect(valid({ site: "lyon", htpp: {} })).toBe(false);
});

test("a schema that contains itself ends", () => {
  const tree = z.strictObject({
    name: z.string(),
    get below() {
      return z.array(tree).optional();
    },
  });
  expect(describeConfig(tree).keys.map(({ path }) => path)).toContain("below[].name");
});

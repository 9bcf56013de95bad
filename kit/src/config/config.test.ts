import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { LoopbackListen } from "../listen.ts";
import { loadConfig } from "./config.ts";

const Device = z.discriminatedUnion("driver", [
  z.strictObject({ id: z.string(), driver: z.literal("zebra-iotc"), topic: z.string() }),
  z.strictObject({
    id: z.string(),
    driver: z.literal("serial-scanner"),
    port: z.string(),
    baud: z.int().default(9600),
  }),
]);

const schema = z.strictObject({
  site: z.string().min(1).describe("Name of the site"),
  http: z
    .strictObject({ listen: LoopbackListen.prefault("127.0.0.1:8081"), page: z.boolean().default(true) })
    .prefault({}),
  nats: z.strictObject({ servers: z.array(z.url()).min(1) }).optional(),
  password: z.string().min(12).optional(),
  level: z.enum(["calm", "eager"]).default("calm"),
  window_ms: z.int().min(100).max(60_000).default(2_000),
  zones: z.record(z.string(), z.strictObject({ antenna: z.int() })).default({}),
  from: z.union([z.string(), z.int()]).optional(),
  devices: z.array(Device).default([]),
});

const folder = mkdtempSync(join(tmpdir(), "kit-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string | undefined, env: Record<string, string> = {}) {
  const file = join(folder, "edge.yaml");
  if (text !== undefined) writeFileSync(file, text);
  const result = loadConfig({ schema, file: text === undefined ? undefined : file, env });
  return result.ok ? result : { ok: false, faults: result.faults.map(fault => fault.replaceAll(`${folder}/`, "")) };
}

function faults(text: string | undefined, env: Record<string, string> = {}) {
  const result = load(text, env);
  return "faults" in result ? result.faults : [];
}

const defaults = {
  http: { listen: { host: "127.0.0.1", port: 8081 }, page: true },
  level: "calm",
  window_ms: 2000,
  zones: {},
  devices: [],
};

describe("what counts", () => {
  test("a file goes over the defaults", () => {
    const text =
      "site: lyon\nhttp: { listen: 127.0.0.1:9 }\ndevices:\n  - { id: s, driver: serial-scanner, port: /dev/x }\n";
    expect(load(text)).toEqual({
      ok: true,
      value: {
        ...defaults,
        site: "lyon",
        http: { listen: { host: "127.0.0.1", port: 9 }, page: true },
        devices: [{ id: "s", driver: "serial-scanner", port: "/dev/x", baud: 9600 }],
      },
    });
  });

  test("variables go over the file, key by key", () => {
    const env = {
      TALLYGATE_SITE: "nice",
      TALLYGATE_HTTP__LISTEN: "[::1]:7",
      TALLYGATE_NATS__SERVERS: '["nats://a:4222", nats://b:4222]',
      TALLYGATE_WINDOW_MS: "500",
      TALLYGATE_ZONES__DOCK: "{ antenna: 3 }",
      HOME: "/root",
    };
    expect(load("site: lyon\nhttp: { page: false, listen: 127.0.0.1:9 }", env)).toEqual({
      ok: true,
      value: {
        ...defaults,
        site: "nice",
        http: { listen: { host: "::1", port: 7 }, page: false },
        nats: { servers: ["nats://a:4222", "nats://b:4222"] },
        window_ms: 500,
        zones: { dock: { antenna: 3 } },
      },
    });
  });

  test.each([
    ["007", "007"],
    ["true", "true"],
    ["a: b", "a: b"],
    ["{", "{"],
  ])("text stays text: TALLYGATE_SITE=%s", (set, expected) => {
    expect(load(undefined, { TALLYGATE_SITE: set })).toMatchObject({ ok: true, value: { site: expected } });
  });

  test.each([
    ["12", 12],
    ["dock", "dock"],
    ["true", "true"],
  ])("where text or a number is allowed, %s is what it looks like", (set, expected) => {
    expect(load("site: a", { TALLYGATE_FROM: set })).toMatchObject({ ok: true, value: { from: expected } });
  });

  test("without a file, variables and defaults are enough; an empty variable is none", () => {
    const env = { TALLYGATE_SITE: "lyon", TALLYGATE_LEVEL: "", TALLYGATE_LOG_LEVEL: "debug" };
    expect(load(undefined, env)).toEqual({ ok: true, value: { ...defaults, site: "lyon" } });
  });

  test("an empty file is an empty configuration", () => {
    expect(load("# nothing yet\n", { TALLYGATE_SITE: "lyon" })).toMatchObject({ ok: true });
  });
});

describe("what is wrong", () => {
  test("all faults come at once, each with its line, in the order of the file", () => {
    const text = `# our site
htpp: { listen: 127.0.0.1:1 }
http:
  listen: 0.0.0.0:8081
  page: sometimes
window_ms: 50
level: eagre
devices:
  - id: dock-1
    driver: zebra-iotk
    topic: t
  - id: bench
    driver: serial-scanner
    prot: /dev/ttyS0
nats: { servers: [] }
zones: { dock: { antenna: one } }
`;
    expect(faults(text)).toEqual([
      expect.stringMatching(/^edge\.yaml:2: site: is missing; allowed is text, not empty \(Name of the site\)$/),
      "edge.yaml:2: htpp: there is no such key; did you mean http? allowed are site, http, nats, password, level, window_ms, zones, from, devices",
      expect.stringMatching(
        /^edge\.yaml:4: http\.listen: "0\.0\.0\.0:8081" is not on loopback, .* use 127\.0\.0\.1:8081 and/,
      ),
      'edge.yaml:5: http.page: is "sometimes"; allowed is true or false',
      "edge.yaml:6: window_ms: is 50; allowed is a whole number, at least 100, at most 60000",
      'edge.yaml:7: level: is "eagre"; allowed is one of calm, eager; did you mean eager?',
      'edge.yaml:10: devices[0].driver: is "zebra-iotk"; allowed is one of zebra-iotc, serial-scanner; did you mean zebra-iotc?',
      "edge.yaml:12: devices[1].port: is missing; allowed is text",
      "edge.yaml:14: devices[1].prot: there is no such key; did you mean port? allowed are id, driver, port, baud",
      "edge.yaml:15: nats.servers: is []; allowed is a list of a URL, at least 1 of them",
      'edge.yaml:16: zones.dock.antenna: is "one"; allowed is a whole number',
    ]);
  });

  test("a fault of a variable names the variable and not the file", () => {
    expect(faults("site: lyon\nwindow_ms: 5", { TALLYGATE_WINDOW_MS: "soon" })).toEqual([
      'TALLYGATE_WINDOW_MS: window_ms: is "soon"; allowed is a whole number, at least 100, at most 60000',
    ]);
    expect(faults("site: lyon", { TALLYGATE_DEVICES: "[{ id: a, driver: zebra-iotc }]" })).toEqual([
      "TALLYGATE_DEVICES: devices[0].topic: is missing; allowed is text",
    ]);
  });

  test("a variable that nobody knows is a fault, with those that may have been meant", () => {
    expect(faults("site: lyon", { TALLYGATE_HTTP__LISTN: "127.0.0.1:1" })).toEqual([
      "TALLYGATE_HTTP__LISTN: there is no such setting; did you mean TALLYGATE_HTTP__LISTEN?",
    ]);
    expect(faults("site: lyon", { TALLYGATE_COLOUR: "red", TALLYGATE___PROTO__: "x" })).toEqual([
      expect.stringMatching(
        /^TALLYGATE_COLOUR: there is no such setting; allowed are TALLYGATE_SITE, TALLYGATE_HTTP__LISTEN/,
      ),
      expect.stringMatching(/^TALLYGATE___PROTO__: there is no such setting/),
    ]);
    const ignored = loadConfig({
      schema,
      env: { TALLYGATE_SITE: "a", TALLYGATE_COLOUR: "red" },
      ignoreEnv: ["TALLYGATE_COLOUR"],
    });
    expect(ignored.ok).toBe(true);
  });

  test("a variable that is not readable is a fault", () => {
    expect(faults("site: lyon", { TALLYGATE_NATS__SERVERS: "[a, " })).toEqual([
      expect.stringMatching(/^TALLYGATE_NATS__SERVERS: is not readable as YAML: /),
    ]);
  });

  test.each([
    ["not closed", "site: lyon\nhttp: [unclosed\n", /^edge\.yaml:3: this is not readable YAML/],
    ["a key twice", "site: lyon\nsite: nice\n", /^edge\.yaml:2: this is not readable YAML: Map keys must be unique/],
    ["two documents", "site: lyon\n---\nsite: nice\n", /^edge\.yaml:2: this is not readable YAML/],
    ["a list", "- site: lyon\n", /^edge\.yaml:1: the whole: is \[\{"site":"lyon"\}\]; allowed is keys \(site, http/],
    ["too large", `site: ${"x".repeat(1024 * 1024)}`, /^edge\.yaml: the file is too large/],
  ])("a file that cannot be used says so once and nothing else: %s", (_, text, expected) => {
    expect(faults(text)).toEqual([expect.stringMatching(expected)]);
  });

  test("a file that is not there is named", () => {
    const result = loadConfig({ schema, file: "/no/such/edge.yaml", env: {} });
    expect(result).toEqual({
      ok: false,
      faults: ["/no/such/edge.yaml: cannot be read: there is no /no/such/edge.yaml (ENOENT)."],
    });
  });

  test("passwords are not shown, neither as keys nor inside addresses", () => {
    const text =
      "site: lyon\npassword: hunter2\nnats: { servers: ['nats//user:hunter3@host'] }\nfrom: ['nats://user:hunter4@host']";
    const shown = faults(text).join("\n");
    expect(shown).toContain("edge.yaml:2: password: is (not shown); allowed is text, at least 12 characters");
    expect(shown).not.toMatch(/hunter[24]/);
  });

  test("a line of an anchor's use is found through the alias", () => {
    const text = "site: lyon\nzones:\n  a: &zone\n    antenna: one\n  b: *zone\n";
    expect(faults(text)).toEqual([
      expect.stringMatching(/^edge\.yaml:4: zones\.a\.antenna/),
      expect.stringMatching(/^edge\.yaml:4: zones\.b\.antenna/),
    ]);
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@tallygate/kit";
import { describe, expect, test } from "vitest";
import { parseCommandLine } from "./command-line.ts";
import { catalogueOf, Scenario } from "./scenario.ts";

async function load(text: string, env: Readonly<Record<string, string>> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "scenario-"));
  const file = join(dir, "scenario.yaml");
  await writeFile(file, text);
  const loaded = loadConfig({ schema: Scenario, file, env });
  await rm(dir, { recursive: true });
  return loaded;
}

const small = `
sites:
  lyon:
    devices:
      - { id: dock-1, driver: zebra-iotc, topic: a/b, from: supplier, to: dock-1 }
`;

describe("a scenario", () => {
  test.each(["two-sites", "one-gate", "burst"])("of ours is right: %s", name => {
    const file = new URL(`../scenarios/${name}.yaml`, import.meta.url).pathname;
    expect(loadConfig({ schema: Scenario, file, env: {} })).toMatchObject({ ok: true, value: { name } });
  });

  test("needs little", async () => {
    const loaded = await load(small);
    expect(loaded).toMatchObject({ ok: true, value: { sites: { lyon: { mqtt: { url: "mqtt://127.0.0.1:1883" } } } } });
  });

  test("takes a site's broker from the environment", async () => {
    const loaded = await load(small, { TALLYGATE_SITES__LYON__MQTT__URL: "mqtt://broker:1883" });
    expect(loaded).toMatchObject({ ok: true, value: { sites: { lyon: { mqtt: { url: "mqtt://broker:1883" } } } } });
  });

  test("that is wrong is told all its faults at once", async () => {
    const loaded = await load(`
speed: fast
sites:
  lyon:
    devices:
      - { id: dock-1, driver: zebra-iotc, topic: "a/#", from: supplier, to: dock-1, antenas: 2 }
      - { id: dock-1, driver: impinj-iot, topic: a/c, from: dock-1, to: dock-1, dwell_ms: [5, 1] }
`);
    if (loaded.ok) throw new Error("It was taken.");
    const text = loaded.faults.join("\n");
    for (const fault of [/:2: speed/, /:6: .*topic/, /antenas.*did you mean antennas/, /:7: .*dwell_ms/])
      expect(text).toMatch(fault);
  });

  test("with two devices of one name, or a device that moves nothing, is wrong", async () => {
    const loaded = await load(
      `${small}      - { id: dock-1, driver: impinj-iot, topic: c, from: dock-1, to: dock-1 }\n`,
    );
    if (loaded.ok) throw new Error("It was taken.");
    expect(loaded.faults).toHaveLength(2);
  });

  test("says which items and places it uses", async () => {
    const loaded = await load(`items: 3${small}    places: [shelf-1]\n`);
    if (!loaded.ok) throw new Error(loaded.faults.join("\n"));
    const { items, sites } = catalogueOf(loaded.value);
    expect(items.map(({ sku }) => sku)).toEqual(["OAT-1L", "MILK-1L", "COFFEE-500"]);
    expect(sites).toEqual([{ site: "lyon", places: ["shelf-1", "dock-1"] }]);
  });
});

describe("the command line", () => {
  test("puts its options over the scenario", () => {
    const args = ["one-gate", "--seed", "5", "--speed", "2.5", "--duration=60", "--pallets", "3", "--truth", "t.json"];
    expect(parseCommandLine(args)).toMatchObject({
      kind: "run",
      file: expect.stringMatching(/scenarios\/one-gate\.yaml$/),
      over: { seed: "5", speed: 2.5, duration_s: 60, truth: "t.json" },
      pallets: 3,
    });
  });

  test.each([
    [["./mine.yaml", "--print-catalogue"], { kind: "catalogue", file: "./mine.yaml" }],
    [["one-gate", "--check"], { kind: "check" }],
    [["--help"], { kind: "help" }],
    [[], { kind: "refused" }],
    [["one-gate", "burst"], { kind: "refused" }],
    [["one-gate", "--speed", "fast"], { kind: "refused", reason: '--speed needs a number, not "fast"' }],
    [["one-gate", "--sped", "2"], { kind: "refused", reason: expect.stringContaining("--sped") }],
  ])("understands %j", (args, expected) => {
    expect(parseCommandLine(args)).toMatchObject(expected);
  });
});

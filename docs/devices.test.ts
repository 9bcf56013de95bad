import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { DeviceConfig, deviceOf, drivers } from "../edge/src/drivers/index.ts";
import { tableNames, withTables } from "./device-pages.ts";

const text = readFileSync(new URL("./devices.md", import.meta.url), "utf8");

describe("the page of devices", () => {
  it("has each configuration table as the schemas have it; `npm run docs` writes them", () => {
    expect(withTables(text)).toBe(text);
  });

  it("has a table for every driver, and for what they share", () => {
    const named = [...text.matchAll(/<!-- config: (\S+) -->/g)].map(([, name]) => name);
    expect(named.toSorted()).toEqual([...tableNames()].toSorted());
  });

  it("says in one row for every driver what it supports", () => {
    for (const { name } of drivers) expect(text).toMatch(new RegExp(`^\\| \\[\`${name}\`\\]\\(#`, "m"));
  });

  it("has links within the page only to headings that are there", () => {
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
    for (const [, target = ""] of text.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(target);
  });

  const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => yaml);
  it("has an example for every driver that the edge takes as it stands", () => {
    const devices = examples.flatMap((yaml): readonly unknown[] => parse(yaml).devices ?? []);
    const named = new Set<string>();
    for (const config of devices) {
      const device = deviceOf(DeviceConfig.parse(config));
      expect(device.faults).toEqual([]);
      named.add(device.driver);
    }
    expect([...named].toSorted()).toEqual(drivers.map(({ name }) => name).toSorted());
  });
});

/** As pages with headings are shown: lower case, no signs, hyphens for blanks. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

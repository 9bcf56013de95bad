import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { type ConfigKey, describeConfig } from "@tallygate/kit";
import { z } from "zod";
import { messageDeviceFields, readPoints } from "../edge/src/drivers/config-parts.ts";
import { drivers } from "../edge/src/drivers/index.ts";
import { scanPointFields, serialFields } from "../edge/src/drivers/serial-parts.ts";

/** What drivers share has a table of its own; a driver's table has what differs from it. */
const shared: ReadonlyMap<string, readonly ConfigKey[]> = new Map([
  ["mqtt", keysOf(z.strictObject(messageDeviceFields))],
  ["serial", keysOf(z.strictObject(serialFields({ baud: 9600 })))],
  ["read_points", keysOf(z.strictObject({ read_points: readPoints }))],
  ["scan_point", keysOf(z.strictObject(scanPointFields))],
]);

export function tableNames(): readonly string[] {
  return [...shared.keys(), ...drivers.map(({ name }) => name)];
}

/** The document with every configuration table as the schemas have it now, between `<!-- config: NAME -->` and `<!-- end -->`. */
export function withTables(markdown: string): string {
  return markdown.replaceAll(
    /(<!-- config: (\S+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${tableOf(name)}\n${end}`,
  );
}

/** The document with every file as it is now, between `<!-- file: PATH -->` and `<!-- end -->`. */
export function withFiles(markdown: string): string {
  return markdown.replaceAll(
    /(<!-- file: (\S+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, path: string, end: string) => {
      const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
      return `${begin}\n\`\`\`${extname(path).slice(1)}\n${text}\`\`\`\n\n${end}`;
    },
  );
}

function tableOf(name: string): string {
  const keys = shared.get(name);
  if (keys !== undefined) return render(keys);
  const driver = drivers.find(each => each.name === name);
  if (driver === undefined) throw new Error(`there is no driver ${name}`);
  const common = new Set([...shared.values()].flat().map(row));
  const own = keysOf(driver.config).filter(key => key.path !== "driver" && !common.has(row(key)));
  return own.length === 0 ? "It has no keys of its own.\n" : render(own);
}

function keysOf(schema: z.ZodType): readonly ConfigKey[] {
  return describeConfig(schema).keys;
}

function render(keys: readonly ConfigKey[]): string {
  return `| key | allowed | default | what it is for |\n| --- | --- | --- | --- |\n${keys.map(row).join("\n")}\n`;
}

function row({ path, allowed, default: standard, required, description }: ConfigKey): string {
  const cells = [
    `\`${path}\``,
    allowed.replaceAll(/text of the form (\S+?)(?=,? |$)/g, "text of the form `$1`"),
    standard === undefined ? (required ? "required" : "") : `\`${standard}\``,
    description,
  ];
  return `| ${cells.map(cell => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

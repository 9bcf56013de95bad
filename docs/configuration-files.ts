import { describeConfig } from "@tallygate/kit";
import { CentralConfig } from "../central/src/config.ts";
import { EdgeConfig } from "../edge/src/config.ts";

const parts = [
  {
    file: "edge.yaml",
    schema: EdgeConfig,
    about: "The edge of one site. What a device may say below `devices` stands in [devices.md](devices.md).",
  },
  {
    file: "central.yaml",
    schema: CentralConfig,
    about: "The central service. Every key has a default, so an empty file is a valid one.",
  },
] as const;

const head = `# Configuration

Each process reads one YAML file, \`--config FILE\`. A variable of the environment goes over the file, and the file over the
default. \`--check\` checks and ends; all faults are named at once, with their line and what is allowed there; a key that is
not known is a fault. Editors that know JSON Schema check while you type: point them at [schema/](schema/).

This page is made from the schemas by \`npm run docs\`.
`;

/** The files in `docs/` that say what may be configured, by name, as the schemas have it now. */
export function configurationFiles(): Record<string, string> {
  const sections = parts.map(({ file, schema, about }) => {
    const rows = describeConfig(schema)
      .markdown.split("\n")
      .filter(row => !row.startsWith("| `devices"))
      .map(row => row.replaceAll(/text of the form (\S+?)(?=,? )/g, "text of the form `$1`"));
    return `## ${file}\n\n${about}\n\n${rows.join("\n").trim()}\n`;
  });
  const schemas = parts.map(({ file, schema }) => [
    `schema/${file.replace(".yaml", "")}.schema.json`,
    `${JSON.stringify(describeConfig(schema).jsonSchema, null, 2)}\n`,
  ]);
  return { "configuration.md": [head, ...sections].join("\n"), ...Object.fromEntries(schemas) };
}

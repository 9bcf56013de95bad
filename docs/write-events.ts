import { readFileSync, writeFileSync } from "node:fs";
import { eventTypes } from "../protocol/src/events/index.ts";

/** Puts the table of event types into `docs/events.md`. A test holds the page to the list. */
const page = new URL("events.md", import.meta.url);
const [begin, end] = ["<!-- types: written by npm run docs -->\n", "<!-- end of types -->"];

export function withTypes(text: string): string {
  const rows = Object.entries(eventTypes).map(([type, { summary }]) => `| \`${type}\` | ${summary} |`);
  const table = ["| type | when |", "| --- | --- |", ...rows].join("\n");
  const [before = "", rest = ""] = text.split(begin);
  return `${before}${begin}\n${table}\n\n${end}${rest.split(end)[1] ?? ""}`;
}

if (import.meta.main) writeFileSync(page, withTypes(readFileSync(page, "utf8")));

import { readFileSync, writeFileSync } from "node:fs";
import { actions, type Kind, kindNames, kinds } from "../central/src/exceptions/kinds.ts";

const page = new URL("./exceptions.md", import.meta.url);

/** The page of exceptions, with its tables written anew from the list of kinds. */
export function exceptionsPage(): string {
  const acting = Object.entries(actions).map(([name, words]) => `| \`${name}\` | ${words} |`);
  const actionTable = ["| action | what it does |", "| --- | --- |", ...acting];
  const kindTable = [
    "| kind | what it means | problems | actions | ignored |",
    "| --- | --- | --- | --- | --- |",
    ...kindNames.map(name => rowOf(name, kinds[name])),
  ];
  return within(within(readFileSync(page, "utf8"), "actions", actionTable), "kinds", kindTable);
}

function rowOf(name: string, { meaning, problems, actions: possible, ignoring }: Kind): string {
  const codes = problems === undefined ? "all others" : problems.map(quoted).join(", ");
  const ignored = possible.includes("ignore") ? ignoring : "";
  return `| \`${name}\` | ${meaning} | ${codes} | ${possible.map(quoted).join(", ")} | ${ignored} |`;
}

function quoted(code: string): string {
  return `\`${code}\``;
}

function within(text: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/exceptions.md has no ${begin}`);
  return `${text.slice(0, from + begin.length)}\n\n${lines.join("\n")}\n\n${text.slice(to)}`;
}

if (import.meta.main) writeFileSync(page, exceptionsPage());

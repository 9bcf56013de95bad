import { readFileSync } from "node:fs";
import { documentKinds, kindOf } from "../central/src/documents/kinds.ts";
import { type Machine, transitionsOf } from "../central/src/documents/machine.ts";

const page = new URL("./documents.md", import.meta.url);

/** The page of documents, with each drawing and table of states written anew from its own machine. */
export function documentsPage(): string {
  return documentKinds.reduce(withMachine, readFileSync(page, "utf8"));
}

function withMachine(text: string, kind: (typeof documentKinds)[number]): string {
  const [begin, end] = [`<!-- states of ${kind} -->`, `<!-- end of ${kind} -->`];
  const [before, rest] = cut(text, begin);
  const [, after] = cut(rest, end);
  return `${before}${begin}\n\n${drawn(kindOf(kind).machine)}\n${end}${after}`;
}

function cut(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at);
  if (index < 0) throw new Error(`docs/documents.md has no ${at}`);
  return [text.slice(0, index), text.slice(index + at.length)];
}

function drawn(machine: Machine<string, string>): string {
  const ended = Object.entries(machine.states).filter(([, { on }]) => Object.keys(on).length === 0);
  const drawing = [
    "```mermaid",
    "stateDiagram-v2",
    `  [*] --> ${machine.initial}`,
    ...transitionsOf(machine).map(({ from, event, to }) => `  ${from} --> ${to}: ${event}`),
    ...ended.map(([state]) => `  ${state} --> [*]`),
    "```",
  ];
  const states = Object.entries(machine.states).map(([state, { means, ended }]) => {
    return `| \`${state}\` | ${means} | ${ended === true ? "yes" : ""} |`;
  });
  const events = Object.entries(machine.events).map(([event, means]) => `| \`${event}\` | ${means} |`);
  return [
    ...drawing,
    "",
    "| state | means | nothing more is awaited |",
    "| --- | --- | --- |",
    ...states,
    "",
    "| event | comes when |",
    "| --- | --- |",
    ...events,
    "",
  ].join("\n");
}

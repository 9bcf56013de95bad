import type { z } from "zod";
import { nearest } from "../nearest.ts";
import { allowedAt, knownKeys, nodesAt, type Path, type SchemaNode, valueAt } from "./schema.ts";
import type { Fault, Source } from "./source.ts";

type Issue = z.core.$ZodIssue;

/** What the schema refused, each as `file:line: path: what is wrong; what is allowed`. */
export function faultsOf(issues: readonly Issue[], root: SchemaNode, source: Source): Fault[] {
  return issues.flatMap(issue => faultsOfIssue(issue, [], root, source));
}

function faultsOfIssue(issue: Issue, above: Path, root: SchemaNode, source: Source): Fault[] {
  const path = [...above, ...issue.path.map(step => (typeof step === "symbol" ? String(step) : step))];
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(nodesAt(root, path, source.data));
    return issue.keys.map(key => fault(source, [...path, key], unknownKey(key, known)));
  }
  if (issue.code === "invalid_union") {
    const branch = deepestBranch(issue.errors);
    if (branch) return branch.flatMap(inner => faultsOfIssue(inner, path, root, source));
  }
  return [fault(source, path, wrongValue(issue, path, root, source))];
}

function fault(source: Source, path: Path, text: string): Fault {
  const { place, line } = source.placeOf(path);
  return { ...(line !== undefined && { line }), text: `${place}: ${pathInWords(path)}: ${text}` };
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const allowed = known.length === 0 ? "no key is allowed here" : `allowed are ${known.join(", ")}`;
  return `there is no such key; ${near === undefined ? "" : `did you mean ${near}? `}${allowed}`;
}

function wrongValue(issue: Issue, path: Path, root: SchemaNode, source: Source): string {
  const value = valueAt(source.data, path);
  const nodes = nodesAt(root, path, source.data);
  const allowed = allowedAt(root, nodes);
  if (value === undefined) {
    const description = nodes.find(node => node.description)?.description;
    return `is missing; allowed is ${allowed || "any value"}${description ? ` (${description})` : ""}`;
  }
  if (issue.code === "custom") return `${shown(value, path)} ${issue.message}`;
  const options = nodes.flatMap(node => [...(node.enum ?? []), ...(node.const === undefined ? [] : [node.const])]);
  const near = typeof value === "string" ? nearest(value, options.filter(isText)) : undefined;
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  return `is ${shown(value, path)}; ${allowed ? `allowed is ${allowed}${hint}` : issue.message}`;
}

/** Of alternatives, the one that got furthest says most; none where all failed at the top. */
function deepestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  let best: readonly Issue[] | undefined;
  let bestDepth = 0;
  for (const branch of branches) {
    const depth = Math.max(0, ...branch.map(issue => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
    if (depth > bestDepth) [best, bestDepth] = [branch, depth];
  }
  return best;
}

const secretName = /password|secret|token|credential/i;

/** The value as written, short, and without what must not be seen. */
function shown(value: unknown, path: Path): string {
  if (path.some(step => secretName.test(String(step)))) return "(not shown)";
  const text = (JSON.stringify(value) ?? String(value)).replaceAll(/:\/\/[^/@\s"]*@/g, "://…@");
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function pathInWords(path: Path): string {
  const text = path.reduce<string>((sofar, step) => {
    if (typeof step === "number") return `${sofar}[${step}]`;
    return sofar === "" ? step : `${sofar}.${step}`;
  }, "");
  return text || "the whole";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

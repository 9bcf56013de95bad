import type { z } from "zod";
import { allowedAt, isNode, jsonSchemaOf, type SchemaNode, shapesOf } from "./schema.ts";

/** One key of a configuration, for documents and `--help`. */
export interface ConfigKey {
  /** `http.listen`, or `devices[].topic` inside a list. */
  readonly path: string;
  /** The variable that sets it, where one can: not inside a list. */
  readonly env: string | undefined;
  readonly allowed: string;
  /** As YAML in one line; undefined where there is none. */
  readonly default: string | undefined;
  readonly required: boolean;
  readonly description: string;
}

export interface ConfigDescription {
  readonly keys: readonly ConfigKey[];
  readonly markdown: string;
  /** JSON Schema 2020-12 of the file, for editors. */
  readonly jsonSchema: SchemaNode;
}

/** Documents a configuration out of its schema alone: its keys, a Markdown table of them, and the JSON Schema. */
export function describeConfig(
  schema: z.ZodType,
  { prefix = "TALLYGATE_" }: { prefix?: string } = {},
): ConfigDescription {
  const jsonSchema = jsonSchemaOf(schema);
  const keys = keysOf(jsonSchema, prefix);
  return { keys, markdown: markdownTable(keys), jsonSchema };
}

/** Every variable that the schema knows by name. */
export function knownEnvironment(root: SchemaNode, prefix: string): string[] {
  return keysOf(root, prefix).flatMap(key => (key.env === undefined ? [] : [key.env]));
}

function keysOf(root: SchemaNode, prefix: string): ConfigKey[] {
  const seen = new Map<string, ConfigKey>();
  collect({ root, node: root, path: "", variable: prefix, depth: 0, seen });
  return [...seen.values()];
}

interface Walk {
  readonly root: SchemaNode;
  readonly node: SchemaNode;
  readonly path: string;
  /** Name of the variable so far; undefined inside a list. */
  readonly variable: string | undefined;
  readonly depth: number;
  readonly seen: Map<string, ConfigKey>;
}

/** Schemas may refer to themselves; no file of ours is deeper than this. */
const depthMax = 8;

function collect(walk: Walk): void {
  if (walk.depth > depthMax) return;
  for (const shape of shapesOf(walk.root, walk.node)) {
    const below = { ...walk, depth: walk.depth + 1, variable: undefined };
    for (const [name, property] of Object.entries(shape.properties ?? {})) {
      if (isNode(property)) collectKey(walk, shape, name, property);
    }
    if (isNode(shape.items)) collect({ ...below, node: shape.items, path: `${walk.path}[]` });
    if (isNode(shape.additionalProperties)) {
      collect({ ...below, node: shape.additionalProperties, path: `${walk.path}.NAME` });
    }
  }
}

function collectKey(walk: Walk, parent: SchemaNode, name: string, node: SchemaNode): void {
  const path = walk.path === "" ? name : `${walk.path}.${name}`;
  const separator = walk.depth === 0 ? "" : "__";
  const variable = walk.variable === undefined ? undefined : `${walk.variable}${separator}${name.toUpperCase()}`;
  const below = { ...walk, node, path, variable, depth: walk.depth + 1 };
  const shapes = shapesOf(walk.root, node);
  const known = walk.seen.get(path);
  if (!shapes.every(shape => shape.properties !== undefined)) {
    const allowed = allowedAt(walk.root, shapes);
    walk.seen.set(path, {
      path,
      env: variable,
      allowed:
        known && !known.allowed.includes(allowed) ? `${known.allowed}, or ${allowed}` : (known?.allowed ?? allowed),
      default: node.default === undefined ? known?.default : JSON.stringify(node.default),
      required: (parent.required ?? []).includes(name) && node.default === undefined,
      description: node.description ?? shapes.find(shape => shape.description)?.description ?? known?.description ?? "",
    });
  }
  collect(below);
}

function markdownTable(keys: readonly ConfigKey[]): string {
  const rows = keys.map(key => {
    const standard = key.default === undefined ? (key.required ? "required" : "") : `\`${key.default}\``;
    const cells = [`\`${key.path}\``, key.allowed, standard, key.description, key.env ? `\`${key.env}\`` : ""];
    return `| ${cells.map(cell => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  });
  return [
    "| key | allowed | default | what it is for | variable |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

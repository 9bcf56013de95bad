import { readFileSync, statSync } from "node:fs";
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parse,
  parseDocument,
} from "yaml";
import { sentence } from "../error.ts";
import { limits } from "../limits.ts";
import { nearestFew } from "../nearest.ts";
import { knownEnvironment } from "./describe.ts";
import { nodesAt, type Path, type SchemaNode, typesOf } from "./schema.ts";

/** One thing that is wrong, with where it stands: a line of the file, or the variable that set it. */
export interface Fault {
  readonly line?: number;
  readonly text: string;
}

/** What a configuration is made from, and where each part of it came from. */
export interface Source {
  readonly data: unknown;
  readonly faults: readonly Fault[];
  /** `edge.yaml:12` or `TALLYGATE_HTTP__LISTEN`, for the nearest thing that is there on the path. */
  placeOf(path: Path): { readonly place: string; readonly line?: number };
}

export interface FileSource {
  readonly name: string | undefined;
  readonly data: unknown;
  readonly faults: readonly Fault[];
  lineOf(path: Path): number | undefined;
}

const nothing: FileSource = { name: undefined, data: {}, faults: [], lineOf: () => undefined };

export function readFile(file: string | undefined): FileSource {
  if (file === undefined) return nothing;
  const text = readText(file);
  if (typeof text !== "string") return { ...nothing, faults: [text] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map(error => {
    const { line } = lines.linePos(error.pos[0]);
    return { line, text: `${file}:${line}: this is not readable YAML: ${error.message}` };
  });
  if (faults.length > 0) return { ...nothing, faults };
  try {
    const data: unknown = document.toJS() ?? {};
    return { name: file, data, faults, lineOf: path => lineOf(document, lines, path) };
  } catch (error) {
    return { ...nothing, faults: [{ text: `${file}: this is not readable YAML: ${sentence(error)}` }] };
  }
}

function readText(file: string): string | Fault {
  try {
    if (statSync(file).size <= limits.configFileMaxBytes) return readFileSync(file, "utf8");
    return { text: `${file}: the file is too large; at most ${limits.configFileMaxBytes} bytes are allowed` };
  } catch (error) {
    return { text: `${file}: cannot be read: ${sentence(error)}` };
  }
}

/** The line of the key or list entry at the path, or of the nearest one above it that is there. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(item => isScalar(item.key) && item.key.value === step);
      if (!pair || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number" && step in node.items) {
      node = node.items[step];
      offset = isNode(node) ? (node.range?.[0] ?? offset) : offset;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

export interface EnvironmentOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly prefix: string;
  readonly ignoreEnv: readonly string[];
}

/** The file's data with the variables over it. An empty variable counts as not set. */
export function overlayEnvironment(root: SchemaNode, file: FileSource, options: EnvironmentOptions): Source {
  const faults: Fault[] = [...file.faults];
  const set = new Map<string, string>();
  let data = file.data;
  for (const [variable, value] of Object.entries(options.env)) {
    if (!variable.startsWith(options.prefix) || !value || options.ignoreEnv.includes(variable)) continue;
    const path = variable.slice(options.prefix.length).toLowerCase().split("__");
    const nodes = path.includes("") ? [] : nodesAt(root, path, data);
    if (nodes.length === 0) {
      faults.push({ text: unknownVariable(variable, root, options) });
      continue;
    }
    const parsed = parseValue(value, nodes);
    if ("fault" in parsed) faults.push({ text: `${variable}: is not readable as YAML: ${parsed.fault}` });
    else {
      data = withValue(data, path, parsed.value);
      set.set(path.join("."), variable);
    }
  }
  return { data, faults, placeOf: path => placeOf(path, file, set) };
}

function placeOf(path: Path, file: FileSource, set: ReadonlyMap<string, string>) {
  for (let length = path.length; length > 0; length--) {
    const variable = set.get(path.slice(0, length).join("."));
    if (variable !== undefined) return { place: variable };
  }
  if (file.name === undefined) return { place: "configuration" };
  const line = file.lineOf(path);
  return line === undefined ? { place: file.name } : { place: `${file.name}:${line}`, line };
}

function unknownVariable(variable: string, root: SchemaNode, { prefix, ignoreEnv }: EnvironmentOptions): string {
  const known = [...knownEnvironment(root, prefix), ...ignoreEnv];
  // Without the prefix, which they all share and which would make anything look near.
  const bare = known.map(name => name.slice(prefix.length));
  const near = nearestFew(variable.slice(prefix.length), bare, 3).map(name => prefix + name);
  if (near.length > 0) return `${variable}: there is no such setting; did you mean ${near.join(" or ")}?`;
  const some = known.length > settingsNamedMax ? [...known.slice(0, settingsNamedMax), "…"] : known;
  return `${variable}: there is no such setting; allowed are ${some.join(", ")}`;
}

const settingsNamedMax = 12;

/** Text where only text is allowed (so that `007` stays as it is), YAML elsewhere. */
function parseValue(text: string, nodes: readonly SchemaNode[]): { value: unknown } | { fault: string } {
  const types = typesOf(nodes);
  if (types.size === 1 && types.has("string")) return { value: text };
  try {
    const value: unknown = parse(text, { prettyErrors: false });
    const scalar = value === null || typeof value === "number" || typeof value === "boolean";
    const taken = scalar && [...types].some(type => type === undefined || takes(type, value));
    return { value: scalar && !taken && types.has("string") ? text : value };
  } catch (error) {
    return { fault: sentence(error) };
  }
}

function takes(type: string, value: unknown): boolean {
  if (type === "integer" || type === "number") return typeof value === "number";
  return type === "null" ? value === null : typeof value === type;
}

function withValue(data: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const object: Record<string, unknown> =
    typeof data === "object" && data !== null && !Array.isArray(data) ? { ...data } : {};
  object[key] = withValue(object[key], rest, value);
  return object;
}

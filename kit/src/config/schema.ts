import { z } from "zod";

/** The JSON Schema of a configuration: what a file may say, before defaults and conversions. */
export type SchemaNode = z.core.JSONSchema.BaseSchema;
export type Path = readonly (string | number)[];

export function jsonSchemaOf(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}

/**
 * Every shape that may stand at a path. Of alternatives that are told apart by a constant (`driver: zebra-iotc`), only those remain
 * that fit what the data says there; all of them if none fits.
 */
export function nodesAt(root: SchemaNode, path: Path, data: unknown): SchemaNode[] {
  let nodes = expand(root, [root], data);
  let at = data;
  for (const step of path) {
    at = child(at, step);
    const below = at;
    nodes = nodes.flatMap(node => expand(root, stepInto(node, step), below));
  }
  return nodes;
}

export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(child, data);
}

/** Names of the keys that may stand in any of the shapes. */
export function knownKeys(nodes: readonly SchemaNode[]): string[] {
  return [...new Set(nodes.flatMap(node => Object.keys(node.properties ?? {})))];
}

/** Types of JSON that any of the shapes takes; `undefined` among them means anything. */
export function typesOf(nodes: readonly SchemaNode[]): Set<string | undefined> {
  return new Set(nodes.flatMap(node => (Array.isArray(node.type) ? node.type : [node.type])));
}

/** What may stand there, in words: `a whole number, at least 1` or `one of a, b`. */
export function allowedAt(root: SchemaNode, nodes: readonly SchemaNode[]): string {
  const constants = nodes.flatMap(node => node.enum ?? (node.const === undefined ? [] : [node.const]));
  const shapes = nodes
    .filter(node => node.enum === undefined && node.const === undefined)
    .map(node => shapeInWords(root, node));
  const choice = constants.length > 1 ? `one of ${constants.join(", ")}` : constants.map(shown).join("");
  return [...new Set([choice, ...shapes])].filter(part => part !== "").join(", or ");
}

function shapeInWords(root: SchemaNode, node: SchemaNode): string {
  const words = [typeInWords(root, node), ...rangeInWords(node)];
  return words.filter(word => word !== "").join(", ");
}

const formats: Readonly<Record<string, string>> = {
  uri: "a URL",
  "date-time": "a time such as 2026-01-31T08:00:00Z",
  uuid: "a UUID",
  email: "an e-mail address",
  ipv4: "an IPv4 address",
};

function typeInWords(root: SchemaNode, node: SchemaNode): string {
  switch (node.type) {
    case "string":
      return (node.format && formats[node.format]) ?? (node.pattern ? `text of the form ${node.pattern}` : "text");
    case "integer":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
      return isNode(node.items) ? `a list of ${allowedAt(root, shapesOf(root, node.items))}` : "a list";
    case "object": {
      const keys = Object.keys(node.properties ?? {});
      return keys.length > 0 ? `keys (${keys.join(", ")})` : "keys with values";
    }
    case "null":
      return "nothing";
    default:
      return "";
  }
}

function rangeInWords(node: SchemaNode): string[] {
  const words: string[] = [];
  const { minimum, maximum, exclusiveMinimum, minLength, maxLength, minItems, maxItems } = node;
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) words.push(`at least ${minimum}`);
  if (exclusiveMinimum !== undefined) words.push(`more than ${exclusiveMinimum}`);
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) words.push(`at most ${maximum}`);
  if (minLength === 1) words.push("not empty");
  else if (minLength !== undefined) words.push(`at least ${minLength} characters`);
  if (maxLength !== undefined) words.push(`at most ${maxLength} characters`);
  if (minItems !== undefined) words.push(`at least ${minItems} of them`);
  if (maxItems !== undefined) words.push(`at most ${maxItems} of them`);
  return words;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The shapes that a node stands for, with references and alternatives resolved. */
export function shapesOf(root: SchemaNode, node: SchemaNode): SchemaNode[] {
  return expand(root, [node], undefined);
}

function expand(root: SchemaNode, nodes: readonly SchemaNode[], data: unknown): SchemaNode[] {
  return nodes.flatMap(node => {
    if (node.$ref !== undefined) {
      const target = resolveReference(root, node.$ref);
      return target === undefined ? [] : expand(root, [target], data);
    }
    if (node.allOf) return expand(root, node.allOf.filter(isNode), data);
    const choices = node.anyOf ?? node.oneOf;
    if (!choices) return [node];
    const fitting = choices.filter(isNode).filter(choice => fits(choice, data));
    const taken = fitting.length > 0 ? fitting : choices.filter(isNode);
    return expand(root, taken, data);
  });
}

/** Whether no constant of the shape contradicts the data. */
function fits(node: SchemaNode, data: unknown): boolean {
  for (const [key, property] of Object.entries(node.properties ?? {})) {
    if (isNode(property) && property.const !== undefined && child(data, key) !== property.const) return false;
  }
  return true;
}

function stepInto(node: SchemaNode, step: string | number): SchemaNode[] {
  if (typeof step === "number") return isNode(node.items) ? [node.items] : [];
  const property = node.properties?.[step];
  if (isNode(property)) return [property];
  return isNode(node.additionalProperties) ? [node.additionalProperties] : [];
}

function resolveReference(root: SchemaNode, reference: string): SchemaNode | undefined {
  if (reference === "#") return root;
  const target = root.$defs?.[reference.replace("#/$defs/", "")];
  return isNode(target) ? target : undefined;
}

function child(value: unknown, step: string | number): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
  return Reflect.get(value, step);
}

export function isNode(value: unknown): value is SchemaNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What a schema takes away from those who hold to an older one. Within a version both ways must work: who reads new messages by the old
 * schema, and who reads kept ones by the new. So nothing may go, be of another type, be narrower, or be required that was not.
 * Descriptions, examples, further optional fields and further values of an enumeration are free; a reader ignores what it does not know.
 *
 * @returns one sentence for each fault, with the path in the schema
 */
export function brokenBy(before: unknown, after: unknown, path = "$"): readonly string[] {
  if (!isObject(before)) return [];
  if (!isObject(after)) return [`${path} is gone`];
  return [
    ...typeFaults(before, after, path),
    ...propertyFaults(before, after, path),
    ...requiredFaults(before, after, path),
    ...enumFaults(before, after, path),
    ...boundFaults(before, after, path),
    ...alternativeFaults(before, after, path),
    ...(["items", "additionalProperties"] as const).flatMap(part =>
      isObject(before[part]) ? brokenBy(before[part], after[part], `${path}.${part}`) : [],
    ),
  ];
}

type Schema = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function typeFaults(before: Schema, after: Schema, path: string): readonly string[] {
  const [old, now] = [listOf(before["type"]), listOf(after["type"])];
  if (JSON.stringify(old) === JSON.stringify(now)) return [];
  return [`${path} was ${old.join(" or ") || "of any type"} and is ${now.join(" or ") || "of any type"}`];
}

function propertyFaults(before: Schema, after: Schema, path: string): readonly string[] {
  const [old, now] = [before["properties"], after["properties"]];
  if (!isObject(old)) return [];
  return Object.entries(old).flatMap(([name, schema]) =>
    brokenBy(schema, isObject(now) ? now[name] : undefined, `${path}.${name}`),
  );
}

function requiredFaults(before: Schema, after: Schema, path: string): readonly string[] {
  const [old, now] = [new Set(listOf(before["required"])), new Set(listOf(after["required"]))];
  return [
    ...[...old].filter(name => !now.has(name)).map(name => `${path}.${name} was always there and may be missing now`),
    ...[...now]
      .filter(name => !old.has(name))
      .map(name => `${path}.${name} is required now; what was kept may lack it`),
  ];
}

function enumFaults(before: Schema, after: Schema, path: string): readonly string[] {
  if ("const" in before && before["const"] !== after["const"]) return [`${path} was always ${String(before["const"])}`];
  const now = after["enum"];
  if (!("enum" in before)) return now === undefined ? [] : [`${path} takes only some values now`];
  if (!Array.isArray(now)) return [];
  const missing = listOf(before["enum"]).filter(value => !now.includes(value));
  return missing.map(value => `${path} does not take ${String(value)} any more`);
}

const lowerBounds = ["minimum", "exclusiveMinimum", "minLength", "minItems"] as const;
const upperBounds = ["maximum", "exclusiveMaximum", "maxLength", "maxItems"] as const;

function boundFaults(before: Schema, after: Schema, path: string): readonly string[] {
  const bound = (schema: Schema, name: string, none: number) => {
    const value = schema[name];
    return typeof value === "number" ? value : none;
  };
  const raised = lowerBounds.filter(
    name => bound(after, name, Number.NEGATIVE_INFINITY) > bound(before, name, Number.NEGATIVE_INFINITY),
  );
  const lowered = upperBounds.filter(
    name => bound(after, name, Number.POSITIVE_INFINITY) < bound(before, name, Number.POSITIVE_INFINITY),
  );
  const texts = (["pattern", "format"] as const).filter(
    name => after[name] !== undefined && after[name] !== before[name],
  );
  return [...raised, ...lowered, ...texts].map(name => `${path} is narrower than it was: ${name}`);
}

/** Alternatives are compared in their order; further ones may follow. */
function alternativeFaults(before: Schema, after: Schema, path: string): readonly string[] {
  return (["anyOf", "oneOf", "allOf"] as const).flatMap(part => {
    const now = listOf(after[part]);
    const faults = listOf(before[part]).flatMap((each, index) =>
      brokenBy(each, now[index], `${path}.${part}[${index}]`),
    );
    const isNew = before[part] === undefined && after[part] !== undefined;
    return isNew ? [...faults, `${path} has ${part} now`] : faults;
  });
}

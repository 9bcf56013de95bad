import fc from "fast-check";
import { type ApiDocument, bodyOf, type Operation, requestOf, type Schema } from "../testing-document.ts";
import { change, changes, nasty, odd, oddCursors, oddTimes, spoil, spoiling } from "./hostile.ts";
import { type Spoiling, spoilingNames } from "./spoiled.ts";

/** A request before it goes over the wire. */
export interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What becomes of its bytes. */
  readonly spoiled?: { readonly how: Spoiling; readonly at: number };
}

/** What the path of a route names, of something that is there, or the cursor that a list gave. */
export type Thing = Readonly<Record<string, string>>;

/**
 * Requests for a route: valid, nearly valid and hostile ones, of its own schemas. `things` are there by the time a request is made:
 * others may come, and be asked for in the requests that are made later.
 */
export function requestsFor(document: ApiDocument, operation: Operation, things: readonly Thing[]): fc.Arbitrary<Sent> {
  const values = new Values(document);
  const [type, schema] = bodyOf(operation) ?? [];
  const none = fc.constant(undefined);
  const body = schema === undefined ? none : type === "application/json" ? values.body(schema) : values.lines(schema);
  const spoiled = fc.record({ how: fc.constantFrom(...spoilingNames), at: fc.nat() });
  const mostlyWhole = fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: spoiled });
  return fc.tuple(values.parameters(operation), body, fc.nat(), mostlyWhole).map(([given, text, which, spoiled]) => {
    const thing = things[which % Math.max(1, things.length)];
    const { path, headers } = requestOf(operation, ({ name, schema }) => {
      const value = given.get(name);
      return value === known ? (thing?.[name] ?? document.exampleOf(schema)) : value;
    });
    return {
      path,
      headers: { ...headers, ...(type !== undefined && { "content-type": type }) },
      ...(text !== undefined && { body: text }),
      ...(spoiled !== undefined && { spoiled }),
    };
  });
}

/** Stands for what the path names of something that is there. */
const known = Symbol("known");

class Values {
  readonly #document: ApiDocument;
  readonly #words: fc.Arbitrary<string>;

  constructor(document: ApiDocument) {
    this.#document = document;
    this.#words = fc.constantFrom(...wordsOf(document));
  }

  /** Mostly one or two out of the ordinary, lest the first wrong one hide what the others would do. */
  parameters({ parameters }: Operation): fc.Arbitrary<ReadonlyMap<string, unknown>> {
    const names = parameters.map(({ name }) => name);
    const chosen = fc.oneof(
      { weight: 5, arbitrary: fc.constant<string[]>([]) },
      { weight: 5, arbitrary: fc.subarray(names, { maxLength: Math.min(2, names.length) }) },
      { weight: 1, arbitrary: fc.subarray(names) },
    );
    const given = parameters.map(({ name, in: where, required, schema }) => {
      const example = fc.constant(this.#document.exampleOf(schema));
      const left = fc.option(example, { nil: undefined, freq: 2 });
      // A key that was used before hides all else, and so does another version than the one that is there.
      const rare = fc.oneof(
        { weight: 4, arbitrary: fc.constant(undefined) },
        name === "if-match" ? example : fc.uuid(),
      );
      const usual = name === "idempotency-key" || name === "if-match" ? rare : required ? example : left;
      const there = fc.oneof({ weight: 1, arbitrary: example }, { weight: 3, arbitrary: fc.constant(known) });
      return fc.record({
        odd: this.#parameter(name, schema),
        usual: where === "path" || name === "cursor" ? there : usual,
      });
    });
    return fc
      .tuple(chosen, fc.tuple(...given))
      .map(
        ([odd, all]) =>
          new Map(names.map((name, index) => [name, odd.includes(name) ? all[index]?.odd : all[index]?.usual])),
      );
  }

  #parameter(name: string, schema: Schema): fc.Arbitrary<unknown> {
    const values = fc.oneof(this.valid(schema), nasty, fc.string({ unit: "binary" }), this.#words);
    if (name === "cursor") return fc.oneof(values, { weight: 3, arbitrary: oddCursors });
    // Nobody waits in a test: what is waited for is another test's.
    if (name === "wait_s") return fc.oneof(fc.constantFrom(0, -1, 1e9), nasty);
    return isTime(schema) ? fc.oneof(values, { weight: 2, arbitrary: oddTimes }) : values;
  }

  /** Values that the schema has nothing against. */
  valid(given: unknown, depth = 0): fc.Arbitrary<unknown> {
    const schema = this.#document.resolve(given);
    const { examples = [], properties, items, required = [] } = schema;
    const forms = schema.anyOf ?? schema.oneOf;
    const own = examples.length === 0 ? [] : [{ weight: 3, arbitrary: fc.constantFrom(...examples) }];
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    if (depth > 6) return fc.constant(examples[0] ?? null);
    if (forms !== undefined) return fc.oneof(...own, ...forms.map(form => this.valid(form, depth + 1)));
    if (properties !== undefined) {
      const fields = Object.entries(properties).map(([key, value]) => [key, this.valid(value, depth + 1)] as const);
      const record = fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
      return fc.oneof(...own, record);
    }
    if (items !== undefined) return fc.oneof(...own, fc.array(this.valid(items, depth + 1), { maxLength: 3 }));
    return fc.oneof(...own, this.#plain(schema));
  }

  #plain({ type, minimum = 0, maximum = 2 ** 53 - 1, format, pattern }: Schema): fc.Arbitrary<unknown> {
    const whole = fc.integer({
      min: Math.max(minimum, -(2 ** 53) + 1),
      max: Math.max(minimum, Math.min(maximum, 2 ** 53 - 1)),
    });
    if (type === "integer" || type === "number") return fc.oneof(fc.integer({ min: 1, max: 9 }), whole);
    if (type === "boolean") return fc.boolean();
    if (type === "null") return fc.constant(null);
    if (isTime({ format, pattern })) return fc.constantFrom("2026-11-23T10:00:00Z", "2027-01-01T00:00:00.5+01:00");
    return fc.oneof({ weight: 3, arbitrary: this.#words }, fc.stringMatching(/^[a-zA-Z0-9-]{1,12}$/));
  }

  /** Bodies of JSON, as text: what no JSON is cannot be said otherwise. */
  body(schema: Schema): fc.Arbitrary<string | undefined> {
    const valid = fc.oneof(fc.constant(this.#document.exampleOf(schema)), this.valid(schema));
    const required = this.#document.resolve(schema).required ?? [];
    const fresh = fc.tuple(valid, fc.nat()).map(([value, at]) => freshened(value, required, at));
    const near = fc
      .tuple(valid, fc.array(fc.tuple(fc.nat(), changes, fc.oneof(odd, this.#words)), { minLength: 1, maxLength: 2 }))
      .map(([value, all]) => all.reduce((changed, one) => change(changed, ...one), value));
    const spoiled = fc.tuple(valid, spoiling, fc.nat()).map(([value, how, at]) => spoil(textOf(value), how, at));
    return fc.oneof(
      { weight: 4, arbitrary: valid.map(textOf) },
      { weight: 5, arbitrary: fresh.map(textOf) },
      { weight: 8, arbitrary: near.map(textOf) },
      { weight: 2, arbitrary: fc.oneof(odd, fc.jsonValue()).map(textOf) },
      { weight: 2, arbitrary: spoiled },
    );
  }

  /** Bodies of lines, such as those of an import. */
  lines(schema: Schema): fc.Arbitrary<string | undefined> {
    const example = String(this.#document.exampleOf(schema));
    const near = fc.tuple(fc.nat(), fc.nat({ max: 8 }), fc.oneof(nasty, this.#words)).map(([at, cut, word]) => {
      const place = at % (example.length + 1);
      return example.slice(0, place) + word + example.slice(place + cut);
    });
    const cut = fc.nat().map(at => example.slice(0, at % (example.length + 1)));
    const twice = fc.constant(`${example}\n${example}`);
    return fc.oneof(
      { weight: 1, arbitrary: fc.constant(example) },
      { weight: 6, arbitrary: near },
      cut,
      twice,
      nasty,
      fc.string({ unit: "binary" }),
    );
  }
}

/** What names a thing that is to be made. */
const names = ["sku", "number", "code", "name"];

/** The same under names that nobody has, and without some of what may be left out: that may be there already, too. */
function freshened(value: unknown, required: readonly string[], at: number): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([key], index) => required.includes(key) || (at >> (index % 16)) % 4 === 0);
  return Object.fromEntries(kept.map(([key, each]) => [key, names.includes(key) ? `${key}-${at}` : each]));
}

function isTime({ format, pattern }: Pick<Schema, "format" | "pattern">): boolean {
  return format === "date-time" || pattern?.includes("\\d{4}-") === true;
}

/** The short texts of all examples: names of one thing where another's are asked for, and things that are there. */
function wordsOf(document: ApiDocument): readonly string[] {
  const words = new Set<string>([
    "dock-1",
    "dock-2",
    "lyon",
    "oslo",
    "HELD",
    "WORK",
    "supplier",
    "customer",
    "EA",
    "H87",
  ]);
  const add = (value: unknown): void => {
    if (typeof value === "string" && value.length > 0 && value.length < 60) words.add(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(add);
  };
  for (const operation of document.operations) {
    for (const { schema } of operation.parameters) add(document.exampleOf(schema));
    add(document.exampleOf(bodyOf(operation)?.[1] ?? {}));
  }
  return [...words];
}

function textOf(value: unknown): string | undefined {
  return JSON.stringify(value);
}

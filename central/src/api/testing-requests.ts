import fc from "fast-check";
import { type ApiDocument, bodyOf, type Operation, requestOf, type Schema } from "./testing-document.ts";

/** A request as it goes over the wire. */
export interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Requests for a route: valid, nearly valid and hostile ones, of its own schemas. `ids` are of things that were made meanwhile. */
export function requestsFor(document: ApiDocument, operation: Operation, ids: readonly string[]): fc.Arbitrary<Sent> {
  const values = new Values(document);
  const [type, schema] = bodyOf(operation) ?? [];
  const none = fc.constant(undefined);
  const body = schema === undefined ? none : type === "application/json" ? values.body(schema) : values.lines(schema);
  return fc.tuple(values.parameters(operation), body, fc.nat()).map(([given, text, which]) => {
    const { path, headers } = requestOf(operation, ({ name, in: where }) => {
      const value = given.get(name);
      return value === known ? (where === "path" ? ids[which % ids.length] : undefined) : value;
    });
    const sent = { path, headers: { ...headers, ...(type !== undefined && { "content-type": type }) } };
    return text === undefined ? sent : { ...sent, body: text };
  });
}

/** Stands for the id of something that was made meanwhile. */
const known = Symbol("known");

const nasty = fc.constantFrom(
  "",
  " ",
  "\u0000",
  "\ud800",
  "%",
  "%00",
  "'; drop table stock; --",
  "..",
  "null",
  "-1",
  "0",
  "1e309",
  "NaN",
  "9007199254740993",
  "99999999999999999999999999",
  "٣",
  "e\u0301\u202e👩‍👩‍👧",
  "__proto__",
  "x".repeat(3000),
  "(01)09506000134352",
  "(00)",
  "epc:30",
  "code:",
  "]C1",
  "https://id.gs1.org/01/09506000134352",
);

/** Times that somebody on the way cannot hold. */
const oddTimes = fc.constantFrom(
  "2026-02-30T00:00:00Z",
  "0001-01-01T00:00:00+23:59",
  "9999-12-31T23:59:59.999999-23:59",
  "9999-12-31T23:59:59.999999999Z",
  "0000-01-01T00:00:00Z",
  "1970-01-01T00:00:00.000000001Z",
  "1969-12-31T23:59:59z",
  "2300-01-01T00:00:00+15:59",
  "2026-02-30",
  "9999-12-31",
  "0000-01-01",
);

/** Keys of other lists, and of rows that cannot be. */
const oddCursors = fc
  .constantFrom(
    "[]",
    '"',
    '["lyon","dock-1"]',
    '["supplier","transit"]',
    '["9999-12-31T23:59:59Z",2147483647,9007199254740991]',
    '["2026-11-23T00:00:00Z",2147483648,1]',
    '["2026-11-23T00:00:00Z",1,1e99]',
    '["2026-11-23T00:00:00Z",1.5,1]',
    '["0000-11-23T00:00:00Z",1,1]',
    '["2026-11-23T00:00:00Z","01939f6c-2a7b-7e4d-8f10-0a1b2c3d4e5f"]',
    "[9007199254740991]",
    "[1e300]",
    '["\\u0000"]',
  )
  .map(key => Buffer.from(key).toString("base64url"));

const numbers = fc.constantFrom<unknown>(0, -1, -0, 1.5, 1, 1e-7, 2 ** 31, 2 ** 53, 2 ** 53 - 1, -(2 ** 63), 1e300);
const odd: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: nasty },
  { weight: 2, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 3, arbitrary: numbers },
  { weight: 1, arbitrary: oddTimes },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, [], {}, [[]], { sku: {} }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** What is done to one value of a body that would be valid, and to the text of it. */
const changes = fc.constantFrom("replace", "replace", "replace", "remove", "add", "repeat");
const spoiling = fc.constantFrom("cut", "twice", "deep", "tail");

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
      { weight: 4, arbitrary: fc.subarray(names, { maxLength: Math.min(2, names.length) }) },
      { weight: 1, arbitrary: fc.subarray(names) },
    );
    const given = parameters.map(({ name, in: where, required, schema }) => {
      const example = fc.constant(this.#document.exampleOf(schema));
      const left = fc.option(example, { nil: undefined, freq: 2 });
      // A key that was used before hides all else.
      const usual = name === "idempotency-key" ? fc.option(fc.uuid(), { nil: undefined }) : required ? example : left;
      const path = fc.oneof({ weight: 3, arbitrary: example }, { weight: 1, arbitrary: fc.constant(known) });
      return fc.record({ odd: this.#parameter(name, schema), usual: where === "path" ? path : usual });
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
    const near = fc
      .tuple(valid, fc.array(fc.tuple(fc.nat(), changes, fc.oneof(odd, this.#words)), { minLength: 1, maxLength: 2 }))
      .map(([value, all]) => all.reduce((changed, one) => change(changed, ...one), value));
    const spoiled = fc.tuple(valid, spoiling, fc.nat()).map(([value, how, at]) => spoil(textOf(value), how, at));
    return fc.oneof(
      { weight: 6, arbitrary: valid.map(textOf) },
      { weight: 9, arbitrary: near.map(textOf) },
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

/** A copy with one value of it, however deep, changed. */
function change(value: unknown, at: number, how: string, by: unknown): unknown {
  if (typeof value !== "object" || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[at % Math.max(1, keys.length)];
  if (key === undefined || (how === "add" && !Array.isArray(value))) return { ...value, [`extra-${at % 3}`]: by };
  const inner: unknown = Object(value)[key];
  if (Array.isArray(value)) {
    if (how === "repeat") return [...value, ...value];
    return value.map((each, index) => (index === Number(key) ? change(each, at >> 2, how, by) : each));
  }
  if (how === "remove") return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  const isDeep = typeof inner === "object" && inner !== null && at % 4 !== 0;
  return { ...value, [key]: isDeep ? change(inner, at >> 2, how, by) : by };
}

/** Text that a client cut off, wrote twice, or made to hurt. */
function spoil(text: string | undefined, how: string, at: number): string {
  if (text === undefined) return "{";
  if (how === "cut") return text.slice(0, at % (text.length + 1));
  if (how === "twice") return text.replace("{", '{"sku":null,"lines":[],"site":"oslo",');
  if (how === "tail") return `${text}${at % 2 === 0 ? "," : "{}"}`;
  const depth = 1 + (at % 20_000);
  return text.replace(/:[^,}]*/, `:${"[".repeat(depth)}${"]".repeat(depth)}`);
}

function textOf(value: unknown): string | undefined {
  return JSON.stringify(value);
}

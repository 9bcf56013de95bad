import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type LocalServer, startInflux } from "../../../deploy/local/servers.ts";
import { seedExampleCounts } from "../counts/testing.ts";
import { seedExampleDocuments } from "../documents/testing-examples.ts";
import { Influx } from "../projector/influx.ts";
import { exampleIds } from "./reservation-schemas.ts";
import {
  type Answer,
  noonMs,
  openTestApi,
  openTestLedger,
  type TestApi,
  type TestLedger,
  TestSite,
} from "./testing.ts";

import { webhookExampleIds } from "./webhook-schemas.ts";

/** The parts of an OpenAPI document that these tests read. */
const Schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  examples: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
type Schema = z.infer<typeof Schema>;
const Content = z.record(z.string(), z.object({ schema: Schema }));
const Operation = z.object({
  summary: z.string().min(5),
  tags: z.array(z.string()).min(1),
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), required: z.boolean().default(false), schema: Schema }))
    .default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string().min(3), content: Content.optional() })),
});
type Operation = z.infer<typeof Operation>;
const Document = z.looseObject({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), Schema) }),
});
type Document = z.infer<typeof Document>;

let ledger: TestLedger;
let influxd: LocalServer;
let api: TestApi;
let document: Document;
let ajv: Ajv2020;

beforeAll(async () => {
  [ledger, influxd] = await Promise.all([openTestLedger(), startInflux()]);
  const influx = new Influx({ url: influxd.url, database: "tallygate", bucket: "", org: "", token: "" });
  await influx.prepare();
  api = await openTestApi(ledger, influx);
  const { body } = await api.get("/openapi.json");
  document = Document.parse(body);
  ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(body, "document");
  // What the examples name is there, except for what the examples themselves add.
  const lyon = new TestSite("lyon", "01939f6c2a7be4d1");
  await ledger.apply(lyon, [{ to: "dock-2", code: "(01)09506000134352(21)S-1", eventTimeMs: noonMs }]);
  await api.post("/v1/items", { sku: "HELD", name: "held", codes: ["code:HELD"] });
  await ledger.apply(lyon, [{ to: "dock-2", code: "code:HELD", quantity: 2 }]);
  for (const id of Object.values(exampleIds)) await reserveAs(id);
  await ledger.apply(lyon, [
    { to: "bin-9", code: "code:HELD" },
    { from: "bin-9", to: "customer", code: "code:HELD" },
  ]);
  await seedExampleCounts(ledger.pool, api.post, { empty: "bin-9", named: "dock-2" });
  for (const id of Object.values(webhookExampleIds)) await addWebhookAs(id);
  await api.post("/v1/items", { sku: "WORK", name: "worked on", codes: ["code:WORK"] });
  await ledger.apply(lyon, [{ to: "dock-2", code: "code:WORK", quantity: 50 }]);
  await seedExampleDocuments(ledger.pool, "WORK");
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await influxd?.[Symbol.asyncDispose]();
  await ledger?.[Symbol.asyncDispose]();
});

/** Reserves something under the id that the examples have. */
async function reserveAs(id: string): Promise<void> {
  const { body } = await api.post("/v1/reservations", { lines: [{ sku: "HELD", quantity: 1 }] });
  await ledger.pool.query("update reservation set id = $1 where id = $2", [id, body.id]);
  await ledger.pool.query("update reservation_hold set reservation_id = $1 where reservation_id = $2", [id, body.id]);
}

/** Adds a webhook under the id that the examples have. */
async function addWebhookAs(id: string): Promise<void> {
  const { body } = await api.post("/v1/webhooks", { url: "https://shop.example.com/" });
  await ledger.pool.query("update webhook set id = $1 where id = $2", [id, body.id]);
}

/** Every operation; what creates comes first, so that the others find it. */
function operations(): { method: string; path: string; operation: Operation }[] {
  return Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method, path, operation })))
    .sort((a, b) => Number(b.method === "post") - Number(a.method === "post"));
}

function resolve(schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : resolve(document.components.schemas[name] ?? {});
}

function exampleOf(given: Schema): unknown {
  const schema = resolve(given);
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.properties === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(schema.properties).map(([key, value]) => [key, exampleOf(Schema.parse(value))]),
  );
}

interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** Puts a request together; `give` says what stands for each parameter, undefined to leave it out. */
function requestOf(path: string, operation: Operation, give: (name: string, schema: Schema) => unknown): Sent {
  const query: string[] = [];
  const headers: Record<string, string> = {};
  let filled = path;
  for (const { name, in: where, schema } of operation.parameters) {
    const value = give(name, schema);
    if (value === undefined) continue;
    if (where === "path") filled = filled.replace(`{${name}}`, segmentOf(value));
    if (where === "query") query.push(`${name}=${encoded(value)}`);
    if (where === "header" && /^[\x20-\x7e]*$/.test(String(value))) headers[name] = String(value);
  }
  return { path: query.length === 0 ? filled : `${filled}?${query.join("&")}`, headers };
}

/** A path without its dots is another path: what stands for nothing, here or above leads elsewhere before it is sent. */
function segmentOf(value: unknown): string {
  return /^\.{0,2}$/.test(String(value)) ? "%20" : encoded(value);
}

/** What may be no text at all is still some bytes on the wire. */
function encoded(value: unknown): string {
  return encodeURIComponent(String(value).toWellFormed());
}

const bodySchema = (operation: Operation) => operation.requestBody?.content["application/json"]?.schema;
/** The first form of a body that is no JSON. */
const textBody = (operation: Operation) =>
  Object.entries(operation.requestBody?.content ?? {}).find(([type]) => type !== "application/json");
function withBody(operation: Operation, sent: Sent, body: unknown): Sent {
  if (body === undefined) return sent;
  const [type] = textBody(operation) ?? [];
  return { ...sent, body, headers: type === undefined ? sent.headers : { ...sent.headers, "content-type": type } };
}

const isStream = (operation: Operation) => operation.responses["200"]?.content?.["text/event-stream"] !== undefined;

async function send(method: string, operation: Operation, { path, headers, body }: Sent): Promise<Answer> {
  if (!isStream(operation))
    return api.request(method.toUpperCase(), path, { headers, ...(body !== undefined && { body }) });
  const abort = new AbortController();
  const response = await fetch(api.http.url + path, { headers, signal: abort.signal });
  const text = response.ok ? "" : await response.text();
  abort.abort();
  return { status: response.status, headers: response.headers, body: text === "" ? text : JSON.parse(text) };
}

/** Faults of an answer against what the document says of it. */
function faultsOf(
  { path, method, operation }: { path: string; method: string; operation: Operation },
  answer: Answer,
): unknown {
  const content = operation.responses[String(answer.status)]?.content;
  const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
  if (answer.status === 304 || (answer.status === 204 && operation.responses["204"] !== undefined)) return [];
  if (content?.[type] === undefined) return `${answer.status} ${type} is not in the document`;
  if (!type.includes("json")) return [];
  const pointer = [path, method, "responses", String(answer.status), "content", type, "schema"];
  const ref = pointer.map(part => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  const validate = ajv.compile({ $ref: `document#/paths/${ref}` });
  return validate(answer.body) ? [] : validate.errors;
}

describe("the document", () => {
  test("says of every parameter and body what it is like, by examples", () => {
    const without = operations().flatMap(({ method, path, operation }) => [
      ...operation.parameters
        .filter(({ name, schema }) => !["cursor", "if-none-match"].includes(name) && exampleOf(schema) === undefined)
        .map(({ name }) => `${method} ${path}: ${name}`),
      ...Object.entries(Object(exampleOf(bodySchema(operation) ?? {})))
        .filter(([, value]) => value === undefined)
        .map(([key]) => `${method} ${path}: body.${key}`),
    ]);
    expect(without).toEqual([]);
    expect(operations().length).toBeGreaterThan(18);
  });

  test("has examples that are answered as they stand, in the form that it describes", async () => {
    for (const { method, path, operation } of operations()) {
      const sent = requestOf(path, operation, (_name, schema) => exampleOf(schema));
      const schema = bodySchema(operation) ?? textBody(operation)?.[1].schema;
      const answer = await send(method, operation, withBody(operation, sent, schema && exampleOf(schema)));
      const success = Object.keys(operation.responses).find(status => status.startsWith("2"));
      expect(`${method} ${sent.path} ${answer.status}`, JSON.stringify(answer.body)).toBe(
        `${method} ${sent.path} ${success}`,
      );
      expect(faultsOf({ method, path, operation }, answer), `${method} ${sent.path}`).toEqual([]);
    }
  });

  test("describes the answers that have rows in them, too", async () => {
    await api.post("/v1/items", { sku: "NEW", name: "n" });
    await ledger.apply(new TestSite("oslo"), [{ code: "code:NOBODY" }]);
    for (const path of ["/v1/stock", "/v1/movements", "/v1/items", "/v1/places", "/v1/sites", "/v1/exceptions"]) {
      const operation = document.paths[path]?.["get"];
      const answer = await api.get(path);
      expect(answer.body.items.length, path).toBeGreaterThan(0);
      expect(operation && faultsOf({ method: "get", path, operation }, answer), path).toEqual([]);
    }
  });
});

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
  "x".repeat(3000),
  "(01)09506000134352",
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
    "[9007199254740991]",
    "[1e300]",
    '["\\u0000"]',
  )
  .map(key => Buffer.from(key).toString("base64url"));

/** Values for a schema: right ones, nearly right ones, and wrong ones. */
function valueFor(given: Schema, name = ""): fc.Arbitrary<unknown> {
  const schema = resolve(given);
  const values: fc.Arbitrary<unknown>[] = [fc.constant(exampleOf(schema) ?? "x"), nasty, fc.string({ unit: "binary" })];
  if (schema.enum !== undefined) values.push(fc.constantFrom(...schema.enum));
  if (schema.type === "integer") {
    values.push(fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 2 ** 53 - 1, 2 ** 53 - 1) }));
  }
  if (schema.type === "array") values.push(fc.array(fc.oneof(nasty, fc.string({ unit: "binary" })), { maxLength: 5 }));
  if (schema.type === "string") values.push(fc.stringMatching(/^[a-z0-9-]{1,12}$/));
  if (schema.pattern?.includes("\\d{4}-") === true) return fc.oneof(...values, { weight: 8, arbitrary: oddTimes });
  return name === "cursor" ? fc.oneof(...values, { weight: 8, arbitrary: oddCursors }) : fc.oneof(...values);
}

function bodyFor(given: Schema): fc.Arbitrary<unknown> {
  const { properties = {} } = resolve(given);
  const fields = Object.entries(properties).map(([key, value]) => [key, valueFor(Schema.parse(value))] as const);
  const record = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
  return fc.oneof(
    { weight: 6, arbitrary: record },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: nasty },
  );
}

/** Mostly one or two values out of the ordinary, lest the first wrong one hide what the others would do. */
function parametersFor({ parameters }: Operation): fc.Arbitrary<ReadonlyMap<string, unknown>> {
  const names = parameters.map(({ name }) => name);
  const odd = fc.oneof(
    { weight: 4, arbitrary: fc.subarray(names, { maxLength: Math.min(2, names.length) }) },
    { weight: 1, arbitrary: fc.subarray(names) },
  );
  const values = parameters.map(({ name, in: where, required, schema }) => {
    const usual = fc.constant(exampleOf(schema));
    return fc.record({
      odd: valueFor(schema, name),
      usual: where === "path" || required ? usual : fc.option(usual, { nil: undefined, freq: 2 }),
    });
  });
  return fc.tuple(odd, fc.tuple(...values)).map(([chosen, given]) => {
    const picked = names.map(
      (name, index) => [name, chosen.includes(name) ? given[index]?.odd : given[index]?.usual] as const,
    );
    return new Map(picked);
  });
}

describe("whatever is sent", () => {
  test("no route fails, and every answer is in the document", { timeout: 300_000 }, async () => {
    for (const { method, path, operation } of operations().filter(each => each.path.startsWith("/v1/"))) {
      const values = parametersFor(operation);
      const schema = bodySchema(operation);
      const text = textBody(operation)?.[1].schema;
      const other = text === undefined ? fc.constant(undefined) : fc.oneof(fc.constant(exampleOf(text)), nasty);
      const body = schema === undefined ? other : bodyFor(schema);
      const property = fc.asyncProperty(values, body, async (given, body) => {
        const sent = requestOf(path, operation, name => given.get(name));
        const answer = await send(method, operation, withBody(operation, sent, body));
        if (answer.status === 404 && answer.body.code === "route.unknown") return;
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
        expect(faultsOf({ method, path, operation }, answer)).toEqual([]);
      });
      // The more parameters there are, the rarer each one is out of the ordinary.
      await fc.assert(property, { numRuns: 200 + 100 * operation.parameters.length });
    }
  });
});

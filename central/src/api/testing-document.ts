import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { z } from "zod";
import type { Answer } from "./testing.ts";

/** The parts of an OpenAPI document from which tests make requests, and to which they hold answers. */
const Schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  examples: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
});
export type Schema = z.infer<typeof Schema>;

const Content = z.record(z.string(), z.object({ schema: Schema }));

const OperationObject = z.looseObject({
  summary: z.string().min(5),
  tags: z.array(z.string()).min(1),
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), required: z.boolean().default(false), schema: Schema }))
    .default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string().min(3), content: Content.optional() })),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  "x-sites": z.enum(["some", "all"]).optional(),
});

const Document = z.looseObject({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), OperationObject)),
  components: z.looseObject({ schemas: z.record(z.string(), Schema) }),
});

export interface Operation extends z.infer<typeof OperationObject> {
  readonly method: string;
  /** As the document names it. */
  readonly route: string;
}

/** A request as the document's examples have it. */
export interface ExampleRequest {
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The permission that the route asks for, and where; undefined where it asks for none. */
  readonly permission: string | undefined;
  readonly sites: "some" | "all" | undefined;
  readonly isStream: boolean;
}

/** One request for each route under /v1, those that create first. */
export function exampleRequests(given: unknown): readonly ExampleRequest[] {
  const document = new ApiDocument(given);
  return document.operations.filter(({ route }) => route.startsWith("/v1/")).map(each => document.exampleRequest(each));
}

/** What the API says of itself. */
export class ApiDocument {
  /** Items first and then what else creates, so that each example finds what it names. */
  readonly operations: readonly Operation[];
  readonly #schemas: Readonly<Record<string, Schema>>;
  readonly #ajv = new Ajv2020({ strict: false });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(given: unknown) {
    const { paths, components } = Document.parse(given);
    this.#schemas = components.schemas;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(Object(given), "document");
    this.operations = Object.entries(paths)
      .flatMap(([route, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), route })),
      )
      .sort((a, b) => turnOf(a) - turnOf(b));
  }

  /** The schema itself, where another place has it. */
  resolve(given: unknown): Schema {
    const schema = Schema.parse(given);
    const name = schema.$ref?.split("/").at(-1);
    return name === undefined ? schema : (this.#schemas[name] ?? {});
  }

  exampleOf(given: unknown): unknown {
    const schema = this.resolve(given);
    if (schema.examples !== undefined) return schema.examples[0];
    if (schema.default !== undefined) return schema.default;
    if (schema.enum !== undefined) return schema.enum[0];
    if (schema.properties === undefined) return undefined;
    return Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, this.exampleOf(value)]));
  }

  exampleRequest(operation: Operation): ExampleRequest {
    const { method, route, security } = operation;
    const sent = requestOf(operation, ({ schema }) => this.exampleOf(schema));
    const [type, schema] = bodyOf(operation) ?? [];
    const body = schema === undefined ? undefined : this.exampleOf(schema);
    return {
      method,
      route,
      path: sent.path,
      headers: { ...sent.headers, ...(type !== undefined && { "content-type": type }) },
      ...(body !== undefined && { body }),
      permission: security.flatMap(each => each["oauth2"] ?? [])[0],
      sites: operation["x-sites"],
      isStream: isStream(operation),
    };
  }

  /** What of an answer is not as the document says. */
  faultsOf(operation: Operation, { status, headers, body }: Answer): unknown {
    const content = operation.responses[String(status)]?.content;
    const type = headers.get("content-type")?.split(";")[0] ?? "";
    if (status === 304 || (status === 204 && operation.responses["204"] !== undefined)) return [];
    if (content?.[type] === undefined) return `${status} ${type} is not in the document`;
    if (!type.includes("json")) return [];
    const validate = this.#validator([operation.route, operation.method.toLowerCase(), String(status), type]);
    return validate(body) ? [] : validate.errors;
  }

  #validator([route = "", method = "", status = "", type = ""]: readonly string[]): ValidateFunction {
    const pointer = ["paths", route, method, "responses", status, "content", type, "schema"];
    const $ref = `document#/${pointer.map(part => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
    const known = this.#validators.get($ref);
    if (known !== undefined) return known;
    const made = this.#ajv.compile({ $ref });
    this.#validators.set($ref, made);
    return made;
  }
}

function turnOf({ method, route }: Operation): number {
  if (method === "POST") return route === "/v1/items" ? 0 : 1;
  return 2;
}

/** Whether a route answers events without end. */
export function isStream({ responses }: Operation): boolean {
  return responses["200"]?.content?.["text/event-stream"] !== undefined;
}

/** The first form in which a body may come, and its schema. */
export function bodyOf({ requestBody }: Operation): readonly [type: string, schema: Schema] | undefined {
  const [first] = Object.entries(requestBody?.content ?? {});
  return first === undefined ? undefined : [first[0], first[1].schema];
}

/** Puts path and headers together; `give` says what stands for each parameter, undefined to leave it out. */
export function requestOf(
  { route, parameters }: Operation,
  give: (parameter: Operation["parameters"][number]) => unknown,
): { readonly path: string; readonly headers: Record<string, string> } {
  const query: string[] = [];
  const headers: Record<string, string> = {};
  let path = route;
  for (const parameter of parameters) {
    const { name, in: where } = parameter;
    const value = give(parameter);
    if (value === undefined) continue;
    if (where === "path") path = path.replace(`{${name}}`, () => segmentOf(value));
    if (where === "query") query.push(`${name}=${encoded(value)}`);
    if (where === "header" && /^[\x20-\x7e]*$/.test(String(value))) headers[name] = String(value);
  }
  return { path: query.length === 0 ? path : `${path}?${query.join("&")}`, headers };
}

/** A path without its dots is another path: what stands for nothing, here or above leads elsewhere before it is sent. */
function segmentOf(value: unknown): string {
  return /^\.{0,2}$/.test(String(value)) ? "%20" : encoded(value);
}

/** What may be no text at all is still some bytes on the wire. */
function encoded(value: unknown): string {
  return encodeURIComponent(String(value).toWellFormed());
}

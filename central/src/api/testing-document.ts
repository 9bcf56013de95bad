import { z } from "zod";

/** The parts of an OpenAPI document from which tests make requests. */
const Schema = z.looseObject({
  $ref: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  examples: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
type Schema = z.infer<typeof Schema>;

const Operation = z.looseObject({
  parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: Schema })).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: Schema })) }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), z.unknown()).optional() })),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  "x-sites": z.enum(["some", "all"]).optional(),
});

const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), Schema) }),
});

/** A request as the document's examples have it. */
export interface ExampleRequest {
  readonly method: string;
  /** As the document names it. */
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
  const document = Document.parse(given);
  return Object.entries(document.paths)
    .filter(([route]) => route.startsWith("/v1/"))
    .flatMap(([route, methods]) =>
      Object.entries(methods).map(([method, operation]) => requestOf(document, { method, route, operation })),
    )
    .sort((a, b) => Number(b.method === "POST") - Number(a.method === "POST"));
}

function requestOf(
  document: z.infer<typeof Document>,
  { method, route, operation }: { method: string; route: string; operation: z.infer<typeof Operation> },
): ExampleRequest {
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  let path = route;
  for (const { name, in: where, schema } of operation.parameters) {
    const value = exampleOf(document, schema);
    if (value === undefined) continue;
    if (where === "path") path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
    if (where === "query") query.set(name, String(value));
    if (where === "header") headers[name] = String(value);
  }
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const body = content === undefined ? undefined : exampleOf(document, content.schema);
  if (type !== undefined) headers["content-type"] = type;
  return {
    method: method.toUpperCase(),
    route,
    path: query.size === 0 ? path : `${path}?${query}`,
    headers,
    ...(body !== undefined && { body }),
    permission: operation.security.flatMap(each => each["oauth2"] ?? [])[0],
    sites: operation["x-sites"],
    isStream: operation.responses["200"]?.content?.["text/event-stream"] !== undefined,
  };
}

function exampleOf(document: z.infer<typeof Document>, given: Schema): unknown {
  const name = given.$ref?.split("/").at(-1);
  const schema = name === undefined ? given : (document.components.schemas[name] ?? {});
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.properties === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(schema.properties).map(([key, value]) => [key, exampleOf(document, Schema.parse(value))]),
  );
}

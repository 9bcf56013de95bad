import openapi, { astToString } from "openapi-typescript";

/**
 * The types of everything under /v1, from the OpenAPI document that central serves. Refusals are left out: they are all alike, and the client
 * throws them.
 */
export async function typesOf(document: unknown): Promise<string> {
  const { paths, ...rest } = Object(document);
  const own = Object.entries(paths).filter(([route]) => route.startsWith("/v1/"));
  const tree = await openapi(JSON.stringify({ ...rest, paths: Object.fromEntries(own.map(withoutRefusals)) }), {
    // What has a default may be left out of a request.
    defaultNonNullable: false,
  });
  return `// Made of central's OpenAPI document by npm run client.\n\n${astToString(tree)}`;
}

function withoutRefusals([route, methods]: [string, unknown]): [string, unknown] {
  const granted = Object.entries(Object(methods)).map(([method, operation]) => {
    const { responses, ...others } = Object(operation);
    const kept = Object.entries(responses).filter(([status]) => status.startsWith("2"));
    return [method, { ...others, responses: Object.fromEntries(kept) }];
  });
  return [route, Object.fromEntries(granted)];
}

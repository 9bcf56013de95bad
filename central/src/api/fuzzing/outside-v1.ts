import { ApiDocument, type Operation } from "../testing-document.ts";

/** A client and a person who are known. */
export interface Known {
  readonly client: string;
  readonly secret: string;
  readonly person: string;
  readonly password: string;
}

/**
 * What stands outside /v1, for people's browsers and for other programs' manners, and so outside the document that describes /v1. No answers are
 * given: each is as its own standard has it.
 */
export function operationsOutsideV1({ client, secret, person, password }: Known): ApiDocument {
  const token = new URLSearchParams({ grant_type: "client_credentials", client_id: client, client_secret: secret });
  const signIn = new URLSearchParams({ name: person, password, next: "/docs" });
  const basic = `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}`;
  const session = header("cookie", "tallygate=AAAA");
  const get = (parameters: readonly object[] = []) => ({ get: operation({ parameters }) });
  const read = Object.fromEntries(
    ["/", "/docs", "/docs/", "/openapi.json", "/healthz", "/readyz"].map(at => [at, get()]),
  );
  return new ApiDocument({
    openapi: "3.1.0",
    components: { schemas: {} },
    paths: {
      ...read,
      "/metrics": get(),
      "/docs/{file}": get([{ name: "file", in: "path", required: true, schema: text("start.js") }]),
      "/.well-known/jwks.json": get(),
      "/.well-known/oauth-authorization-server": get(),
      "/oauth/token": {
        post: operation({ parameters: [header("authorization", basic)], requestBody: form(token) }),
      },
      "/sign-in": {
        ...get([query("next", "/docs"), query("signed-out", ""), session]),
        post: operation({ parameters: [header("origin", "http://127.0.0.1"), session], requestBody: form(signIn) }),
      },
      "/sign-out": { post: operation({ parameters: [session] }) },
    },
  });
}

/** A password takes a quarter of a second of one core, right or wrong. */
export function requestsOutsideV1({ method, route }: Operation, requests: number): number {
  return method === "POST" && route === "/sign-in" ? Math.min(256, Math.ceil(requests / 4)) : requests;
}

function operation(more: object) {
  return { summary: "Outside of /v1", tags: ["outside"], responses: {}, ...more };
}

function form(example: URLSearchParams) {
  return { content: { "application/x-www-form-urlencoded": { schema: text(example.toString()) } } };
}

function header(name: string, example: string) {
  return { name, in: "header", schema: text(example) };
}

function query(name: string, example: string) {
  return { name, in: "query", schema: text(example) };
}

function text(example: string) {
  return { type: "string", examples: [example] };
}

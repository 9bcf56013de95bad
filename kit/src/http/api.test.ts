import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createMetrics } from "../metrics.ts";
import { type ApiEnv, createRoute, OpenAPIHono, z } from "./api.ts";
import { type HttpServer, listenHttp } from "./listen-http.ts";
import { answerProblem, ProblemJson, problemResponses } from "./problem.ts";
import { emptyApi, keptLog } from "./testing.ts";

const Line = z.strictObject({ sku: z.string(), quantity: z.int().min(1) });

const putItem = createRoute({
  method: "post",
  path: "/items/{sku}",
  request: {
    params: z.object({ sku: z.string().max(5) }),
    query: z.object({ limit: z.coerce.number().int().optional() }),
    body: { required: true, content: { "application/json": { schema: z.strictObject({ lines: z.array(Line) }) } } },
  },
  responses: {
    200: { description: "Put", content: { "application/json": { schema: z.object({ count: z.int() }) } } },
    ...problemResponses("request.invalid", "item.unknown", "item.exists"),
  },
});

/** Routes of their own, as parts of the product write them: without any of the manners. */
function itemRoutes() {
  const routes = new OpenAPIHono<ApiEnv>();
  routes.openapi(putItem, c => {
    const { sku } = c.req.valid("param");
    if (sku === "none")
      return answerProblem(c, { code: "item.unknown", detail: "There is no item none.", at: "path.sku" });
    if (sku === "throw") throw new Error("secret of the database");
    return c.json({ count: c.req.valid("json").lines.length }, 200);
  });
  routes.post("/streamed", async c => c.text(String((await c.req.arrayBuffer()).byteLength)));
  return routes;
}

const open: HttpServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
  vi.useRealTimers();
});

async function serve(options: Parameters<typeof emptyApi>[0] = {}) {
  const app = emptyApi(options);
  app.route("/v1", itemRoutes());
  const server = await listenHttp(app, { host: "127.0.0.1", port: 0 });
  open.push(server);
  const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
  const post = (path: string, body: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
    get(path, { method: "POST", body, headers });
  return { server, get, post };
}

async function problemOf(answer: Response) {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const problem = ProblemJson.parse(await answer.json());
  expect(problem.status).toBe(answer.status);
  expect(problem.type).toBe(`urn:tallygate:problem:${problem.code}`);
  expect(problem.instance).toBe(`urn:tallygate:request:${answer.headers.get("x-request-id")}`);
  return problem;
}

const good = JSON.stringify({ lines: [{ sku: "a", quantity: 1 }] });

describe("the Host header", () => {
  test.each([
    ["127.0.0.1:8080", 200],
    ["localhost", 200],
    ["[::1]:8080", 200],
    ["rebound.example:8080", 403],
    ["127.0.0.1.rebound.example", 403],
    ["[2001:db8::1]", 403],
  ])("%s is answered with %i", async (host, status) => {
    const answer = await emptyApi().request("/healthz", { headers: { host } });
    expect(answer.status).toBe(status);
    if (status === 403) expect(await answer.json()).toMatchObject({ code: "request.host" });
  });

  test.each([
    ["stock.example.com", 200],
    ["STOCK.example.com:8443", 200],
    ["127.0.0.1", 200],
    ["other.example.com", 403],
  ])("%s is answered with %i where stock.example.com is a name of ours", async (host, status) => {
    const app = emptyApi({ hosts: ["stock.example.com:443"] });
    expect((await app.request("/healthz", { headers: { host } })).status).toBe(status);
  });
});

describe("refusals", () => {
  test("a good request is answered", async () => {
    const { post } = await serve();
    const answer = await post("/v1/items/a", good);
    expect([answer.status, await answer.json()]).toEqual([200, { count: 1 }]);
  });

  test("each fault of a body is named with its place", async () => {
    const { post } = await serve();
    const body = JSON.stringify({
      lines: [
        { sku: "a", quantity: 1 },
        { sku: 5, quantity: 0, colour: "red" },
      ],
    });
    const problem = await problemOf(await post("/v1/items/a", body));
    expect(problem).toMatchObject({ code: "request.invalid", status: 400 });
    expect(problem.detail).toMatch(/^body\.lines\[1\]\.sku: .*, and 2 more\.$/);
    expect(problem.faults?.map(fault => fault.at)).toEqual([
      "body.lines[1].sku",
      "body.lines[1].quantity",
      "body.lines[1]",
    ]);
  });

  test.each([
    ["/v1/items/toolong", "path.sku"],
    ["/v1/items/a?limit=few", "query.limit"],
  ])("a fault of the address %s is named", async (path, at) => {
    const { post } = await serve();
    const problem = await problemOf(await post(path, good));
    expect(problem).toMatchObject({ code: "request.invalid", faults: [{ at }] });
  });

  test("of very many faults only the first are told", async () => {
    const { post } = await serve();
    const lines = Array.from({ length: 1000 }, () => ({ sku: "a", quantity: 0 }));
    const problem = await problemOf(await post("/v1/items/a", JSON.stringify({ lines })));
    expect(problem.detail).toContain("and 999 more");
    expect(problem.faults).toHaveLength(50);
  });

  test.each([
    ["a body that is no JSON", '{"lines": [', { "content-type": "application/json" }, "request.not_json"],
    ["an empty body", "", { "content-type": "application/json" }, "request.not_json"],
    ["another media type", good, { "content-type": "text/plain" }, "request.invalid"],
  ])("%s is refused", async (_, body, headers, code) => {
    const { post } = await serve();
    expect((await problemOf(await post("/v1/items/a", body, headers))).code).toBe(code);
  });

  test("a handler's refusal has the status of its code", async () => {
    const { post } = await serve();
    expect(await problemOf(await post("/v1/items/none", good))).toMatchObject({
      code: "item.unknown",
      title: "There is no item with this SKU",
      status: 404,
      detail: "There is no item none.",
      at: "path.sku",
    });
  });

  test("an unknown route and an unknown method are named", async () => {
    const { get } = await serve();
    expect(await problemOf(await get("/v1/itmes?x=1"))).toMatchObject({
      code: "route.unknown",
      detail: "There is no GET /v1/itmes.",
    });
    expect(await problemOf(await get("/v1/items/a", { method: "DELETE" }))).toMatchObject({ status: 404 });
  });

  test("what a handler throws stays in the log, under the id that the caller gets", async () => {
    const { log, lines } = keptLog();
    const { post } = await serve({ log });
    const answer = await post("/v1/items/throw", good);
    const told = await answer.clone().text();
    const problem = await problemOf(answer);
    expect(problem).toMatchObject({ code: "internal", status: 500 });
    expect(told).not.toMatch(/secret|\.ts:|\\n/);
    const requestId = answer.headers.get("x-request-id");
    expect(problem.detail).toContain(String(requestId));
    expect(lines).toEqual([
      expect.objectContaining({
        request_id: requestId,
        method: "POST",
        path: "/v1/items/throw",
        err: expect.objectContaining({
          message: "secret of the database",
          stack: expect.stringContaining("api.test.ts"),
        }),
      }),
    ]);
  });

  test("what is thrown for a refusal is answered as it, and not logged", async () => {
    const { log, lines } = keptLog();
    const isRefusal = ({ message }: Error) =>
      message.startsWith("secret") ? ({ code: "item.exists", detail: "There is one already." } as const) : undefined;
    const { post } = await serve({ log, problemOf: isRefusal });
    expect(await problemOf(await post("/v1/items/throw", good))).toMatchObject({ code: "item.exists", status: 409 });
    expect(lines).toEqual([]);
  });

  test("a target that makes no URL is refused as a problem", async () => {
    const { server } = await serve();
    const socket = createConnection(server.port, "127.0.0.1");
    socket.end("GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"request.invalid"');
  });
});

describe("limits and ids", () => {
  const large = JSON.stringify({ lines: [], filler: "x".repeat(300) });

  test("a body beyond the limit is refused by its announced length, and the connection goes on", async () => {
    const { post } = await serve({ bodyMaxBytes: 200 });
    for (let round = 0; round < 3; round++) {
      const problem = await problemOf(await post("/v1/items/a", large));
      expect(problem).toMatchObject({ code: "request.too_large", status: 413, detail: expect.stringContaining("200") });
      expect((await post("/v1/items/a", good)).status).toBe(200);
    }
  });

  test("a body without a length is counted while it comes", async () => {
    const { get } = await serve({ bodyMaxBytes: 200 });
    const send = (body: string) =>
      get("/v1/items/a", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: new Blob([body]).stream(),
        // The option is needed for streams and not yet in the DOM's types.
        ...{ duplex: "half" },
      });
    expect(await problemOf(await send(large))).toMatchObject({ code: "request.too_large" });
    expect(await (await send(good)).json()).toEqual({ count: 1 });
  });

  test("a body that breaks off is no failure of ours", async () => {
    const { log, lines } = keptLog();
    const { server, get } = await serve({ log, streamedPaths: ["/v1/streamed"] });
    const head = "Host: localhost\r\nContent-Type: application/json\r\n";
    for (const [path, framing] of [
      ["/v1/items/milk", "Content-Length: 100\r\n\r\n{"],
      ["/v1/items/milk", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"],
      ["/v1/streamed", "Content-Length: 100\r\n\r\n{"],
    ]) {
      const client = createConnection(server.port, "127.0.0.1");
      client.end(`POST ${path} HTTP/1.1\r\n${head}${framing}`);
      await text(client).catch(() => "");
    }
    await vi.waitFor(async () => {
      const metrics = await (await get("/metrics")).text();
      const counts = metrics.split("\n").filter(line => /_count.*POST/.test(line));
      expect(counts.map(line => line.replace(/.*status="(\d+)".* (\d+)$/, "$1 $2")).toSorted()).toEqual([
        "400 1",
        "400 2",
      ]);
    });
    expect(lines).toEqual([]);
  });

  test("megabytes that nobody reads are refused, and the next request on the same connection is answered", async () => {
    const { server } = await serve();
    const socket = createConnection(server.port, "127.0.0.1");
    socket.write("POST /v1/items/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4194304\r\n\r\n");
    socket.write("x".repeat(4 * 1024 * 1024));
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const answers = await text(socket);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
    expect(answers).toContain('"code":"request.too_large"');
  });

  test.each([
    ["abc-1.2", true],
    ["x".repeat(65), false],
    ["a b", false],
    ["<script>", false],
  ])("a caller's request id %s is taken over: %s", async (id, taken) => {
    const { get } = await serve();
    const answer = await get("/healthz", { headers: { "x-request-id": id } });
    expect(answer.headers.get("x-request-id") === id).toBe(taken);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });
});

describe("about itself", () => {
  test("it lives", async () => {
    const { get } = await serve();
    expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
    expect(await (await get("/readyz")).json()).toEqual({ status: "ready" });
  });

  test("not ready is 503 with the reason, whatever status the reason's code has", async () => {
    const { get } = await serve({ ready: async () => ({ code: "site.unknown", detail: "The site is not set up." }) });
    expect(await problemOf(await get("/readyz"))).toMatchObject({ status: 503, detail: "The site is not set up." });
  });

  test("a check that fails is not ready", async () => {
    const { get } = await serve({ ready: () => Promise.reject(new Error("no database")) });
    expect(await problemOf(await get("/readyz"))).toMatchObject({
      status: 503,
      detail: "The check failed: no database.",
    });
  });

  test("a check that hangs is not ready", async () => {
    vi.useFakeTimers();
    const answering = emptyApi({ ready: () => new Promise(() => {}) }).request("/readyz");
    await vi.advanceTimersByTimeAsync(5_000);
    const answer = await answering;
    expect(answer.status).toBe(503);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("metrics count answers by the pattern of their route", async () => {
    const { get, post } = await serve({ metrics: createMetrics() });
    await post("/v1/items/a", good);
    await post("/v1/items/b", good);
    await get("/nowhere/1");
    await get("/nowhere/2", { method: "PURGE" });
    const metrics = await (await get("/metrics")).text();
    const counts = metrics.match(/tallygate_http_request_seconds_count\{.*/g);
    expect(counts).toEqual([
      'tallygate_http_request_seconds_count{method="POST",route="/v1/items/:sku",status="200"} 2',
      'tallygate_http_request_seconds_count{method="GET",route="/*",status="404"} 1',
      'tallygate_http_request_seconds_count{method="other",route="/*",status="404"} 1',
    ]);
    expect(metrics).toContain("tallygate_process_cpu_seconds_total");
  });

  test("the document is made once, however often it is asked for", async () => {
    const app = emptyApi();
    const making = vi.spyOn(app, "getOpenAPI31Document");
    const answers = await Promise.all([1, 2, 3].map(async () => (await app.request("/openapi.json")).json()));
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
    expect(making).toHaveBeenCalledOnce();
  });

  test("the document is OpenAPI 3.1 and lists the routes with exactly their refusals", async () => {
    const { get } = await serve();
    const document = await (await get("/openapi.json")).json();
    expect(document).toMatchObject({ openapi: "3.1.0", info: { title: "A test's API", version: "1.2.3" } });
    expect(Object.keys(document.paths)).toEqual(["/healthz", "/readyz", "/metrics", "/v1/items/{sku}"]);
    const { responses } = document.paths["/v1/items/{sku}"].post;
    expect(Object.keys(responses)).toEqual(["200", "400", "404", "409", "500"]);
    expect(responses[404]).toMatchObject({
      description: "`item.unknown`: There is no item with this SKU",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    });
    expect(document.components.schemas.Problem.properties.code.enum).toContain("item.unknown");
  });
});

describe("the page of the document", () => {
  test("everything that it loads comes from here", async () => {
    const { server, get } = await serve();
    const page = await get("/docs");
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    const body = await page.text();
    expect(body).toContain("<title>A test&#39;s API</title>");
    const links = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? "");
    expect(links).toHaveLength(4);
    for (const link of links) {
      expect(link).not.toMatch(/^(\w+:)?\/\//);
      const answer = await fetch(new URL(link, `${server.url}/docs`));
      expect([link, answer.status]).toEqual([link, 200]);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(50);
    }
    expect((await get("/docs/", { redirect: "manual" })).headers.get("location")).toBe("../docs");
    expect((await get("/docs/package.json")).status).toBe(404);
  });
});

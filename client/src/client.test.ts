import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Client, connect, isProblem } from "./index.ts";

interface Heard {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
}
type Reply = readonly [status: number, body: unknown, headers?: Record<string, string>];

const unavailable = { code: "stock.unavailable", detail: "later", status: 503 };
const heard: Heard[] = [];
const waits: number[] = [];
let replies: Reply[];
let tokens: number;
let nowMs: number;
let central: Client;
let close: () => Promise<void>;

/** Central as far as a client sees it: it gives tokens, and says what it is told to say, one answer after the other. */
beforeEach(async () => {
  heard.length = 0;
  waits.length = 0;
  [replies, tokens, nowMs] = [[], 0, 0];
  const server = createServer((request, response) => {
    request.resume();
    const { method, url: path, headers } = request;
    const isToken = path === "/oauth/token";
    if (isToken) tokens += 1;
    else heard.push({ method, path, headers });
    const token: Reply = [200, { access_token: `token-${tokens}`, expires_in: 60 }];
    const [status, body, own = {}] = isToken ? token : (replies.shift() ?? [200, {}]);
    response.writeHead(status, { "content-type": "application/json", ...own }).end(JSON.stringify(body));
  });
  await new Promise<void>(done => server.listen(0, "127.0.0.1", done));
  close = async () => {
    server.closeAllConnections();
    await new Promise(done => server.close(done));
  };
  const { port } = server.address() as AddressInfo;
  const wait = async (ms: number) => void waits.push(ms);
  const options = { client: "shop", secret: "s", now: () => nowMs, retry: { wait, attempts: 3 } };
  central = connect({ url: `http://127.0.0.1:${port}/`, ...options });
});
afterEach(() => close());

const hold = () => central.post("/v1/reservations", { body: { lines: [{ sku: "OAT", quantity: 1 }] } });

test("one token serves many requests, also at once, and another one is got before it ends", async () => {
  const get = () => central.get("/v1/items/{sku}", { params: { path: { sku: "A/1" } } });
  await Promise.all([get(), get(), get()]);
  expect(tokens).toBe(1);
  nowMs = 51_000;
  await get();
  expect(heard.map(({ path, headers }) => `${path} ${headers.authorization}`)).toEqual([
    ...Array.from({ length: 3 }, () => "/v1/items/A%2F1 Bearer token-1"),
    "/v1/items/A%2F1 Bearer token-2",
  ]);
});

test("a token that is refused early is got anew, once", async () => {
  replies = [
    [401, { code: "access.invalid", detail: "ended" }],
    [200, { id: "r" }],
  ];
  expect(await hold()).toEqual({ id: "r" });
  expect(heard.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
});

test("what is answered with not now is sent again after Retry-After, under the same key, and no longer than it was said", async () => {
  replies = [
    [429, { code: "rate.limited", detail: "slower" }, { "retry-after": "7" }],
    [503, unavailable],
    [201, { id: "r" }],
  ];
  expect(await hold()).toEqual({ id: "r" });
  expect(waits[0]).toBe(7_000);
  expect(new Set(heard.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  await hold();
  expect(new Set(heard.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
  replies = [503, 503, 503, 503].map(status => [status, unavailable]);
  await expect(hold()).rejects.toMatchObject({ code: "stock.unavailable", status: 503 });
  expect(replies).toHaveLength(1);
});

test("a refusal is thrown with its code, where it is, and each fault; it is not sent again", async () => {
  const faults = [{ at: "lines[0].quantity", detail: "is too many" }];
  replies = [[409, { code: "reservation.insufficient", detail: "There are 2.", at: "lines[0]", faults }]];
  const error: unknown = await hold().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: "There are 2.", status: 409, at: "lines[0]", faults });
  expect([isProblem(error, "reservation.insufficient"), isProblem(error, "item.unknown")]).toEqual([true, false]);
  expect(heard).toHaveLength(1);
});

test("a list is read page after page, with what was asked of each", async () => {
  replies = [
    [200, { items: [{ sku: "A" }, { sku: "B" }], next_cursor: "two" }],
    [200, { items: [], next_cursor: "three" }],
    [200, { items: [{ sku: "C" }], next_cursor: null }],
  ];
  const skus: string[] = [];
  for await (const { sku } of central.each("/v1/items", { params: { query: { limit: 2 } } })) skus.push(sku);
  expect(skus).toEqual(["A", "B", "C"]);
  expect(heard.map(({ path }) => path)).toEqual([
    "/v1/items?limit=2",
    "/v1/items?limit=2&cursor=two",
    "/v1/items?limit=2&cursor=three",
  ]);
});

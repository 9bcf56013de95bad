import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Agent, get, type IncomingMessage, Server } from "node:http";
import { createConnection, createServer } from "node:net";
import { json, text } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { errorCode, sentence } from "../error.ts";
import { listenHttp } from "./listen-http.ts";

const loopback = { host: "127.0.0.1", port: 0 };
const hello = { fetch: () => new Response("hello") };

function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("port 0 is any free one, and the URL says which", async () => {
  await using server = await listenHttp(hello, loopback);
  expect(server.port).toBeGreaterThan(0);
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  expect(await (await fetch(server.url)).text()).toBe("hello");
});

test("IPv6 loopback works, with brackets in the URL", async () => {
  await using server = await listenHttp(hello, { host: "::1", port: 0 });
  expect(server.url).toBe(`http://[::1]:${server.port}`);
  expect(await (await fetch(server.url)).text()).toBe("hello");
});

test("a taken port is one clear sentence that names the setting, and keeps its code", async () => {
  await using other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const error = await failure(listenHttp(hello, { host: "127.0.0.1", port }, { setting: "site.page" }));
  expect(errorCode(error)).toBe("EADDRINUSE");
  expect(sentence(error)).toBe(
    `127.0.0.1:${port} is taken by another program; stop that one, or set site.page (TALLYGATE_SITE__PAGE) to another address.`,
  );
});

test("an address that the machine does not have is said", async () => {
  // An address for documentation only, RFC 5737.
  const error = await failure(listenHttp(hello, { host: "192.0.2.1", port: 0 }));
  expect(sentence(error)).toMatch(
    /^cannot listen on 192\.0\.2\.1:0 \(http\.listen\): this machine does not have the address 192\.0\.2\.1/,
  );
});

test("stopping lets a request under way finish, cuts idle connections and takes no new ones", async () => {
  const { promise: asked, resolve: came } = Promise.withResolvers<void>();
  const { promise: answer, resolve: finish } = Promise.withResolvers<Response>();
  const app = {
    fetch: (request: Request) => {
      if (new URL(request.url).pathname === "/") return new Response("idle");
      came();
      return answer;
    },
  };
  const server = await listenHttp(app, loopback, { stopGraceMs: 3_600_000 });
  const agent = new Agent({ keepAlive: true });
  const ask = (path: string) =>
    new Promise<IncomingMessage>(resolve => get({ agent, host: server.host, port: server.port, path }, resolve));
  // Nothing but the cut ends an idle connection here: neither the server's own keep-alive nor the grace.
  const idleForEver = (message: unknown) => {
    if (typeof message !== "object" || message === null || !("server" in message)) return;
    if (message.server instanceof Server) message.server.keepAliveTimeout = 0;
  };
  subscribe("http.server.request.start", idleForEver);
  const slow = ask("/slow");
  await asked;
  // Begun before the other is free, so on a connection of its own, which then stays open without work.
  await text(await ask("/"));
  const closed = vi.fn();
  const closing = server[Symbol.asyncDispose]().then(closed);
  expect(errorCode(await failure(once(createConnection(server.port, "127.0.0.1"), "connect")))).toBe("ECONNREFUSED");
  expect(closed).not.toHaveBeenCalled();
  finish(Response.json({ done: true }));
  expect(await json(await slow)).toEqual({ done: true });
  await closing;
  unsubscribe("http.server.request.start", idleForEver);
  agent.destroy();
});

test("a request that does not finish is cut after the grace", async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const never = new Promise<Response>(() => {});
  const app = {
    fetch: () => {
      ask();
      return never;
    },
  };
  const server = await listenHttp(app, loopback, { stopGraceMs: 50 });
  const answer = failure(fetch(server.url));
  await asked;
  await server[Symbol.asyncDispose]();
  expect(await answer).toBeInstanceOf(Error);
});

test("disposing twice is harmless", async () => {
  const server = await listenHttp(hello, loopback);
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

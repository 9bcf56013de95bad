import { randomUUID } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { routePath } from "hono/route";
import { Histogram, type Registry } from "prom-client";
import { isLoopback } from "../listen.ts";
import type { ApiEnv } from "./api.ts";
import { answerProblem } from "./problem.ts";
import { setField } from "./server-bindings.ts";

/**
 * Refuses what was sent to another name than loopback and the given ones. A page of another origin can borrow what this machine alone may
 * do by a name that it lets point here (DNS rebinding); such a request gives itself away by its Host header.
 */
export function ownHost(hosts: readonly string[] = []): MiddlewareHandler<ApiEnv> {
  const own = new Set(hosts.map(host => hostName(host).toLowerCase()));
  const names = own.size === 0 ? "localhost only" : `localhost and ${[...own].join(", ")} only`;
  const isOwn = (host: string) => isLoopback(hostName(host)) || own.has(hostName(host).toLowerCase());
  let last: string | undefined; // Nearly all requests come by the same name.
  return function ownHost(c, next) {
    const host = c.req.header("host");
    if (host === undefined || host === last) return next();
    if (isOwn(host)) {
      last = host;
      return next();
    }
    const detail = `This answers to ${names}, and was called ${host}; use one of these names, or 127.0.0.1.`;
    return Promise.resolve(answerProblem(c, { code: "request.host", detail, at: "header.host" }));
  };
}

/** The name in a Host header, which may have a port behind it and, for IPv6, brackets around it. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

const readableId = /^[\w.-]{1,64}$/;

/** Takes over the caller's `x-request-id` where it is harmless in a log, else makes one. */
export function requestId(): MiddlewareHandler<ApiEnv> {
  return function requestId(c, next) {
    const given = c.req.header("x-request-id");
    const id = given !== undefined && readableId.test(given) ? given : randomUUID();
    c.set("requestId", id);
    setField(c, "x-request-id", id);
    setField(c, "x-content-type-options", "nosniff");
    return next();
  };
}

/** How long answers take, by the route's pattern: a path with ids in it would make a series each. */
export function measure(metrics: Registry): MiddlewareHandler<ApiEnv> {
  const seconds = new Histogram({
    name: "tallygate_http_request_seconds",
    help: "Time from a request to the head of its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers: [metrics],
  });
  // A metric with labels sorts and joins them each time it is asked for one of its series.
  const series = new Map<string, Histogram.Internal<string>>();
  const seriesOf = (c: Context) => {
    const [method, route, status] = [knownMethod(c.req.method), routePath(c, -1), c.res.status];
    const name = `${status} ${method} ${route}`;
    const known = series.get(name) ?? seconds.labels({ method, route, status });
    series.set(name, known);
    return known;
  };
  return async function measure(c, next) {
    const startMs = performance.now();
    await next();
    seriesOf(c).observe((performance.now() - startMs) / 1000);
  };
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function knownMethod(method: string): string {
  return methods.has(method) ? method : "other";
}

/** Refuses a body by its announced length, or while it is read where none is announced; not those that their handlers limit. */
export function limitBody(maxBytes: number, streamedPaths: readonly string[] = []): MiddlewareHandler<ApiEnv> {
  const streamed = new Set(streamedPaths);
  const detail = `The body is larger than ${maxBytes} bytes; send less at once.`;
  const readLimited = bodyLimit({
    maxSize: maxBytes,
    onError: c => answerProblem(c, { code: "request.too_large", detail }),
  });
  return async function limitBody(c, next) {
    if (c.req.method === "GET" || c.req.method === "HEAD") return next();
    if (streamed.has(c.req.path)) {
      await next();
      return drain(c.req.raw, maxBytes);
    }
    const length = c.req.header("content-length");
    // Only a body without a length is worth a reader of its own: it makes a full `Request` object.
    if (length === undefined || c.req.header("transfer-encoding") !== undefined) return readLimited(c, next);
    return Number(length) > maxBytes ? answerProblem(c, { code: "request.too_large", detail }) : next();
  };
}

/**
 * Reads what is left of a body that was refused before anybody read it: the connection would be cut otherwise, and the caller might
 * see that instead of the answer. Of one that is too large, the connection is cut.
 */
async function drain({ body, bodyUsed }: Request, maxBytes: number): Promise<void> {
  if (body === null || bodyUsed || body.locked) return;
  const reader = body.getReader();
  for (let bytes = 0; bytes <= maxBytes; ) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.length;
  }
  await reader.cancel();
}

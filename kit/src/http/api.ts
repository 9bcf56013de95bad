import { IncomingMessage } from "node:http";
import type { Problem } from "@tallygate/protocol";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Registry } from "prom-client";
import { limits } from "../limits.ts";
import type { Log } from "../log.ts";
import { invalid } from "./check-request.ts";
import { FixedFirstRouter } from "./fixed-first-router.ts";
import { limitBody, measure, ownHost, requestId } from "./middleware.ts";
import { OpenAPIHono } from "./open-api-hono.ts";
import { mountOperation } from "./operation.ts";
import { answerProblem } from "./problem.ts";

export { createRoute, z } from "@hono/zod-openapi";
export { OpenAPIHono } from "./open-api-hono.ts";

export interface ApiVariables {
  /** In the header `x-request-id` of the answer, in problems as `instance`, and in log lines. */
  readonly requestId: string;
}

export type ApiEnv = { Variables: ApiVariables };

export interface ApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly metrics: Registry;
  /** Nothing when requests can be served, else why not. */
  readonly ready: () => Promise<Problem | undefined>;
  readonly log: Log;
  readonly bodyMaxBytes?: number;
  /** Names by which this may be called, besides those of loopback. */
  readonly hosts?: readonly string[] | undefined;
  /** The problem that something thrown stands for; nothing where it is a failure of ours, which is logged and answered with `internal`. */
  readonly problemOf?: (error: Error, c: Context<ApiEnv>) => Problem | undefined;
  /** Paths whose handlers read their bodies as they come, and limit them themselves. */
  readonly streamedPaths?: readonly string[];
}

/**
 * An HTTP API with our manners: problems as RFC 9457, request ids, a body limit, `/openapi.json`, `/docs`, `/healthz`, `/readyz`
 * and `/metrics`. Add routes with `app.openapi(createRoute(…), handler)`, or `app.route("/v1", routes)` with an `OpenAPIHono` of
 * their own, which needs no settings: it takes over these manners.
 */
export function createApi(options: ApiOptions): OpenAPIHono<ApiEnv> {
  const { log, metrics, bodyMaxBytes = limits.bodyMaxBytes, streamedPaths = [], problemOf } = options;
  const app = new OpenAPIHono<ApiEnv>({
    router: new FixedFirstRouter(),
    defaultHook: (result, c) => (result.success ? undefined : answerProblem(c, invalid(result.target, result.error))),
  });
  app.use(requestId(), measure(metrics), ownHost(options.hosts), limitBody(bodyMaxBytes, streamedPaths));
  app.notFound(c => answerProblem(c, { code: "route.unknown", detail: `There is no ${c.req.method} ${c.req.path}.` }));
  app.onError((error, c) => {
    // Before all else: a client's connection that was lost looks like one to a database.
    if (isBrokenOff(error, c)) return answerProblem(c, brokenOff);
    return answerProblem(c, problemOf?.(error, c) ?? thrown(error, c, log));
  });
  mountOperation(app, options);
  return app;
}

/** Whether a handler failed because its client went away in the middle of the request's body. */
function isBrokenOff(error: Error, c: Context): boolean {
  const env: unknown = c.env;
  if (typeof env !== "object" || env === null || !("incoming" in env)) return false;
  return env.incoming instanceof IncomingMessage && env.incoming.errored === error;
}

/** Nobody is left to read it; but the metrics count it as no failure of ours. */
const brokenOff = { code: "request.invalid", detail: "The body ended in the middle.", at: "body" } as const;

function thrown(error: Error, c: Context<ApiEnv>, log: Log): Problem {
  if (error instanceof HTTPException && error.status < 500) return refused(error, c);
  const request_id = c.get("requestId");
  log.error({ err: error, code: "internal", request_id, method: c.req.method, path: c.req.path }, "a request failed");
  return { code: "internal", detail: `This failed on our side; the log has it under ${request_id}.` };
}

/** What the framework refuses by throwing: an unreadable body, or another media type than the route takes. */
function refused(error: HTTPException, c: Context): Problem {
  if (error.status === 413) return { code: "request.too_large", detail: "The body is larger than the limit." };
  if (error.status === 415) {
    const sent = c.req.header("content-type") ?? "none";
    return {
      code: "request.invalid",
      detail: `The body's content type is ${sent}; send application/json.`,
      at: "header.content-type",
    };
  }
  if (error.status === 400 && c.req.header("content-type")?.includes("json")) {
    return { code: "request.not_json", detail: "The body cannot be read as JSON.", at: "body" };
  }
  return { code: "request.invalid", detail: error.message || "The request is not valid." };
}

import {
  createApi,
  type HostPort,
  type HttpServer,
  type Log,
  listenHttp,
  OpenAPIHono,
  openTogether,
  sentence,
} from "@tallygate/kit";
import type { Problem } from "@tallygate/protocol";
import type { Registry } from "prom-client";
import type { Access } from "../auth/access.ts";
import { permissions } from "../auth/roles.ts";
import type { Pool } from "../db/pool.ts";
import { purgeAnswers } from "../db/queries/idempotency.ts";
import { isUnavailable } from "../db/transaction.ts";
import { identify } from "./access.ts";
import { apiLimits } from "./limits.ts";
import type { ApiParts } from "./parts.ts";
import { Refused } from "./refused.ts";
import { routes } from "./routes/index.ts";

export interface ApiOptions extends ApiParts {
  readonly listen: HostPort;
  readonly version: string;
  readonly registry: Registry;
  /** Whether NATS is connected. */
  readonly natsConnected: () => boolean;
  /** Names by which this may be called, besides those of loopback. */
  readonly hosts?: readonly string[] | undefined;
  /** Tokens, keys and signing in, which stand outside /v1; as `openAccess` gives them. */
  readonly accessRoutes?: Access["routes"] | undefined;
}

/** The HTTP interface of the centre, listening. Disposing it ends streams, lets requests under way finish, and stops. */
export async function openApi(options: ApiOptions): Promise<HttpServer> {
  const { pool, log, listen } = options;
  return openTogether(async stack => {
    stack.use(purging(pool, log));
    return stack.use(await listenHttp(createCentralApi(options), listen));
  });
}

/** The application without its server. */
export function createCentralApi(options: Omit<ApiOptions, "listen">) {
  const { version, registry, log, pool, natsConnected } = options;
  const app = createApi({
    title: "Tallygate central",
    version,
    description:
      "Stock, the ledger of movements, the catalogue and the sites. Lists are paged by `limit` and `cursor`; times are RFC 3339 in UTC; refusals are `application/problem+json` with a stable `code`.",
    metrics: registry,
    hosts: options.hosts,
    ready: () => readiness(pool, natsConnected),
    streamedPaths: ["/v1/items/import", "/v1/prices/import"],
    // Here and not on the routes under /v1: an error handler of theirs would be put around each of their handlers for each request.
    problemOf: (error, c) => {
      if (error instanceof Refused) return error.problem;
      if (!isUnavailable(error)) return undefined;
      log.warn({ err: error, code: "stock.unavailable", path: c.req.path }, "a request found no database");
      return { code: "stock.unavailable", detail: "PostgreSQL does not answer; try again later." };
    },
    log,
  });
  describeSecurity(app);
  const v1 = new OpenAPIHono();
  v1.use(identify(options.authenticator));
  for (const mount of routes) v1.route("/", mount(options));
  app.route("/v1", v1);
  if (options.accessRoutes !== undefined) app.route("/", options.accessRoutes);
  // Whoever opens the address in a browser wants to know what can be asked.
  app.get("/", c => c.redirect("/docs"));
  return app;
}

/** How the document says that callers are known: the permission that a route asks for is its scope. */
function describeSecurity(app: ReturnType<typeof createApi>): void {
  const scopes = Object.fromEntries(permissions.map(permission => [permission, permission]));
  app.openAPIRegistry.registerComponent("securitySchemes", "oauth2", {
    type: "oauth2",
    description: "A token by a client's name and secret. What a token may is decided by its client's roles.",
    flows: { clientCredentials: { tokenUrl: "/oauth/token", scopes } },
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "tallygate",
    description: "A person who is signed in: open /sign-in, and try requests here.",
  });
}

async function readiness(pool: Pool, natsConnected: () => boolean): Promise<Problem | undefined> {
  if (!natsConnected())
    return { code: "stock.unavailable", detail: "NATS is not connected; the stock shown is getting old." };
  try {
    await pool.query("select 1");
    return undefined;
  } catch (error) {
    return { code: "stock.unavailable", detail: `PostgreSQL does not answer: ${sentence(error)}` };
  }
}

/** Forgets idempotency keys that are past their time. */
function purging(pool: Pool, log: Log): Disposable {
  const purge = () =>
    purgeAnswers(pool, apiLimits.idempotencyKeptMs).catch((error: unknown) =>
      log.warn({ err: error }, "old idempotency keys were not purged; tried again later"),
    );
  const timer = setInterval(() => void purge(), apiLimits.idempotencyPurgeEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

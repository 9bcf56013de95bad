import { answerProblem, createRoute, problemResponses } from "@tallygate/kit";
import type { Context, MiddlewareHandler } from "hono";
import { type Authenticator, actorOf, type Principal, sitesWith } from "../auth/principal.ts";
import type { Permission } from "../auth/roles.ts";
import { Refused } from "./refused.ts";

/**
 * What a route asks of its caller: a permission, and where it must hold.
 * - `some`: at one site at least. The handler shows or changes only what is at {@link sitesOf} its caller, and calls
 *   {@link requireSite} for each site that the body or the resource names. A site in the path or the query is checked here.
 * - `all`: at all sites, since what is changed concerns each of them.
 */
export interface Access {
  readonly permission: Permission;
  readonly sites: "some" | "all";
}

declare module "hono" {
  interface ContextVariableMap {
    principal: Principal;
    access: Access;
  }
}

type RouteConfig = Parameters<typeof createRoute>[0];

/** As `createRoute`, for a route under /v1: nobody gets to its handler without the permission. The document names it as the scope. */
export function guardedRoute<P extends string, const R extends Omit<RouteConfig, "path"> & { path: P }>(
  access: Access,
  config: R,
): ReturnType<typeof createRoute<P, R>> {
  const refusals = problemResponses("access.missing", "access.invalid", "access.denied", "rate.limited");
  return Object.assign(createRoute<P, R>(config), {
    responses: { ...pick(refusals), ...config.responses },
    security: [{ oauth2: [access.permission] }],
    middleware: [guard(access)],
  });
}

function pick(responses: ReturnType<typeof problemResponses>) {
  const { 401: missing, 403: denied, 429: limited } = responses;
  return { 401: missing, 403: denied, 429: limited };
}

/** Finds out who calls, for every route behind it. */
export function identify(authenticator: Authenticator): MiddlewareHandler {
  return async function identifyCaller(c, next) {
    const principal = await authenticator.authenticate(c.req.raw);
    if (!principal.ok) return answerProblem(c, principal.problem);
    c.set("principal", principal.value);
    return next();
  };
}

/** The one place where it is decided whether a caller may. */
function guard(access: Access): MiddlewareHandler {
  return async function guardRoute(c, next) {
    c.set("access", access);
    const sites = sitesWith(c.get("principal"), access.permission);
    if (sites !== "all" && (access.sites === "all" || sites.size === 0)) {
      const where = access.sites === "all" ? "at all sites" : "at any site";
      return answerProblem(c, {
        code: "access.denied",
        detail: `This needs the permission ${access.permission} ${where}.`,
      });
    }
    for (const site of [c.req.param("site"), c.req.query("site")]) if (site !== undefined) requireSite(c, site);
    return next();
  };
}

/** The sites whose things the caller may see or change by this route; undefined for all. */
export function sitesOf(c: Context): readonly string[] | undefined {
  const sites = sitesWith(c.get("principal"), c.get("access").permission);
  return sites === "all" ? undefined : [...sites];
}

/** Refuses `access.denied` unless the caller has the route's permission at the site. */
export function requireSite(c: Context, site: string, at?: string): void {
  const { permission } = c.get("access");
  const sites = sitesWith(c.get("principal"), permission);
  if (sites === "all" || sites.has(site)) return;
  const detail = `This needs the permission ${permission} at the site ${site}.`;
  throw new Refused({ code: "access.denied", detail, ...(at === undefined ? {} : { at }) });
}

/** Who did it, for what is written down: `person:maria`, `client:web-shop`. */
export function callerOf(c: Context): string {
  return actorOf(c.get("principal"));
}

import { answerProblem, createRoute, problemResponses, setField } from "@tallygate/kit";
import type { Context, MiddlewareHandler, Next } from "hono";
import { addressOf } from "../auth/address.ts";
import { type Authenticator, actorOf, type Principal, sitesWith } from "../auth/principal.ts";
import type { Rate, Taken } from "../auth/rates.ts";
import type { Permission } from "../auth/roles.ts";
import { currentCaller } from "./current-caller.ts";
import { apiLimits } from "./limits.ts";
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
    authenticator: Authenticator;
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
    security: [{ oauth2: [access.permission] }, { session: [] }],
    "x-sites": access.sites,
    middleware: [guard(access)],
  });
}

/** As {@link guardedRoute}, for what any caller may ask who is known: what concerns themselves. */
export function openToCallers<P extends string, const R extends Omit<RouteConfig, "path"> & { path: P }>(
  config: R,
): ReturnType<typeof createRoute<P, R>> {
  const { 401: missing, 429: limited } = problemResponses("access.missing", "access.invalid", "rate.limited");
  const responses = { 401: missing, 429: limited, ...config.responses };
  return Object.assign(createRoute<P, R>(config), { responses, security: [{ oauth2: [] }, { session: [] }] });
}

function pick(responses: ReturnType<typeof problemResponses>) {
  const { 401: missing, 403: denied, 429: limited } = responses;
  return { 401: missing, 403: denied, 429: limited };
}

/**
 * Finds out who calls, for every route behind it, and whether they call too often. Callers that are known are counted by name; the others
 * by address, and above their rate their tokens are not even looked at.
 */
export function identify(authenticator: Authenticator): MiddlewareHandler {
  return function identifyCaller(c, next) {
    c.set("authenticator", authenticator);
    const recognised = authenticator.recognise?.(c.req.raw);
    return recognised === undefined ? identifyStranger(c, next) : admit(c, next, recognised);
  };
}

type Passed = ReturnType<MiddlewareHandler>;

async function identifyStranger(c: Context, next: Next): Passed {
  const authenticator = c.get("authenticator");
  const { rates, behindProxy = false } = authenticator;
  const address = addressOf(c, behindProxy);
  const stranger = rates?.strangers.peek(address);
  if (stranger?.allowed === false) return tooOften(c, "from this address that say no caller who is known", stranger);
  const identified = await authenticator.authenticate(c.req.raw);
  if (identified.ok) return admit(c, next, identified.value);
  rates?.strangers.take(address);
  return answerProblem(c, identified.problem);
}

async function admit(c: Context, next: Next, principal: Principal): Passed {
  const { rates } = c.get("authenticator");
  const actor = actorOf(principal);
  const taken = rates?.callers.take(actor);
  if (rates !== undefined && taken !== undefined) tellRate(c, rates.callers.rate, taken);
  if (taken?.allowed === false) return tooOften(c, `of ${actor}`, taken);
  c.set("principal", principal);
  return c.req.header("idempotency-key") === undefined ? next() : currentCaller.run(actor, next);
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-06, which programs know better than those of later drafts. */
function tellRate(c: Context, { burst }: Rate, { remaining, resetS }: Taken): void {
  setField(c, "ratelimit-limit", String(burst));
  setField(c, "ratelimit-remaining", String(remaining));
  setField(c, "ratelimit-reset", String(resetS));
}

function tooOften(c: Context, what: string, { resetS }: Taken): Response {
  setField(c, "retry-after", String(resetS));
  return answerProblem(c, {
    code: "rate.limited",
    detail: `There were more requests ${what} than allowed; wait ${resetS} s.`,
  });
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

/** Refuses `access.denied` unless the caller has the route's permission at all sites. */
export function requireAllSites(c: Context, instead: string): void {
  if (sitesOf(c) === undefined) return;
  const { permission } = c.get("access");
  const detail = `${instead} someone who has the permission ${permission} at all sites.`;
  throw new Refused({ code: "access.denied", detail });
}

/** Refuses `access.denied` unless the caller has the route's permission at the site. */
export function requireSite(c: Context, site: string, at?: string): void {
  const { permission } = c.get("access");
  const sites = sitesWith(c.get("principal"), permission);
  if (sites === "all" || sites.has(site)) return;
  const detail = `This needs the permission ${permission} at the site ${site}.`;
  throw new Refused({ code: "access.denied", detail, ...(at === undefined ? {} : { at }) });
}

/**
 * Ends what is open without end, such as an event stream, soon after its caller's token or session has ended, or gives other sites than
 * those it began with. Dispose the result when the stream has ended otherwise.
 */
export function endWithAccess(c: Context, end: () => void): Disposable {
  const began = JSON.stringify(sitesOf(c) ?? "all");
  const lookAgain = async () => {
    const principal = await c.get("authenticator").authenticate(c.req.raw);
    if (principal.ok) c.set("principal", principal.value);
    if (!principal.ok || JSON.stringify(sitesOf(c) ?? "all") !== began) end();
  };
  // Without the database nobody can be told from anyone: the stream ends, and its reader asks again.
  const timer = setInterval(() => void lookAgain().catch(end), apiLimits.streamAccessEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Who did it, for what is written down: `person:maria`, `client:web-shop`. */
export function callerOf(c: Context): string {
  return actorOf(c.get("principal"));
}

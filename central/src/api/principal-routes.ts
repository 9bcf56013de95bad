import { answerProblem, OpenAPIHono, problemResponses, z } from "@tallygate/kit";
import { type ProblemCode, refuse } from "@tallygate/protocol";
import type { Context } from "hono";
import { Grants, grantsOf, PrincipalName } from "../auth/grants.ts";
import { authLimits } from "../auth/limits.ts";
import type { Grant } from "../auth/principal.ts";
import { addPrincipal, changePrincipal, renewCredential, unknown, type WithSecret } from "../auth/principals.ts";
import { type PrincipalKind, type PrincipalRow, readPrincipal, readPrincipals } from "../db/auth/principals.ts";
import { callerOf, guardedRoute } from "./access.ts";
import { etagOf, expected, isExpected, isKnown } from "./etag.ts";
import { body, conditional, fields, json } from "./fields.ts";
import { refusable } from "./once.ts";
import { cursorParam, cutPage, Limit, pageOf } from "./page.ts";
import type { ApiParts } from "./parts.ts";

/** What clients and users differ in, over HTTP. */
export interface PrincipalWords {
  readonly kind: PrincipalKind;
  readonly path: "/clients" | "/users";
  /** The schema's name, and how sentences call one. */
  readonly name: "Client" | "User";
  readonly secret: "secret" | "password";
  readonly renew: "rotate" | "password";
  readonly unknown: ProblemCode;
  readonly exists: ProblemCode;
}

const writes = { permission: "access.write", sites: "all" } as const;

const kept =
  "It is in this answer and kept nowhere, so there is no idempotency key: the same request again is refused.";

/** Clients and users are managed alike: list, add, look at, change, and give a new secret. */
export function principalRoutes(words: PrincipalWords, { pool }: Pick<ApiParts, "pool">) {
  const { kind, path } = words;
  const routes = routesOf(words);
  const view = (row: PrincipalRow) => viewOf(row);
  const shown = (made: WithSecret) => ({ ...viewOf(made.row), secret: made.secret });

  return new OpenAPIHono()
    .openapi(routes.list, async c => {
      const { limit, cursor } = c.req.valid("query");
      const rows = await readPrincipals(pool, { kind, after: cursor?.[0], limit: limit + 1 });
      const page = cutPage(rows, limit, row => [row.name]);
      return c.json({ items: page.rows.map(view), next_cursor: page.next_cursor }, 200);
    })
    .openapi(routes.add, async c => {
      const { name, grants } = c.req.valid("json");
      const added = await refusable(pool, client => addPrincipal(client, { kind, name, grants }, callerOf(c)));
      if (!added.ok) return answerProblem(c, added.problem);
      return c.json(shown(added.value), 201, { ...unstored, location: `/v1${path}/${encodeURIComponent(name)}` });
    })
    .openapi(routes.one, async c => {
      const { name } = c.req.valid("param");
      const row = await readPrincipal(pool, { kind, name });
      if (row === undefined) return answerProblem(c, refusalOf(unknown({ kind, name })));
      const etag = etagOfRow(row);
      if (isKnown(c, etag)) return c.body(null, 304, { etag });
      return c.json(view(row), 200, { etag, "cache-control": "no-cache" });
    })
    .openapi(routes.change, async c => {
      const { name } = c.req.valid("param");
      const change: { grants?: readonly Grant[] | undefined; disabled?: boolean | undefined } = c.req.valid("json");
      const by = { actor: callerOf(c), check: (row: PrincipalRow) => checkSeen(c, row) };
      const changed = await refusable(pool, client => changePrincipal(client, { kind, name }, change, by));
      if (!changed.ok) return answerProblem(c, changed.problem);
      return c.json(view(changed.value), 200, { etag: etagOfRow(changed.value) });
    })
    .openapi(routes.renew, async c => {
      const { name } = c.req.valid("param");
      const renewed = await refusable(pool, client => renewCredential(client, { kind, name }, callerOf(c)));
      return renewed.ok ? c.json(shown(renewed.value), 200, unstored) : answerProblem(c, renewed.problem);
    });
}

const unstored = { "cache-control": "no-store" };

function routesOf({ path, name: title, secret, renew, unknown, exists }: PrincipalWords) {
  const tags = [path.slice(1)];
  const noun = title.toLowerCase();
  const Principal = z
    .object({
      name: PrincipalName,
      grants: Grants,
      created_at: fields.time,
      disabled_at: fields.time.nullable(),
      locked_until: fields.time
        .nullable()
        .meta({ description: "Until when no password is looked at, after wrong ones." }),
    })
    .openapi(title);
  const secretField = z.string().meta({ description: `The ${secret}, shown only now.` });
  const WithSecret = Principal.extend({ secret: secretField }).openapi(`${title}WithSecret`);
  const grants = Grants.meta({
    description: "What it may do, and where; all of it, in place of what was.",
    examples: [[{ role: "viewer", sites: ["lyon"] }]],
  });
  const NewOne = z.strictObject({ name: PrincipalName, grants: grants.default([]) }).openapi(`New${title}`);
  const Change = z
    .strictObject({
      grants: grants.optional(),
      disabled: z
        .boolean()
        .optional()
        .meta({ examples: [false] }),
    })
    .refine(change => change.grants !== undefined || change.disabled !== undefined, "names nothing to change")
    .openapi(`${title}Change`);
  const params = z.object({ name: PrincipalName });
  const refusals = ["request.invalid", "stock.unavailable"] as const;

  return {
    list: guardedRoute(writes, {
      method: "get",
      path,
      tags,
      summary: `Every ${noun}, by name`,
      request: { query: z.object({ limit: Limit, cursor: cursorParam(z.tuple([PrincipalName])) }) },
      responses: { 200: json(`A page of ${noun}s`, pageOf(Principal)), ...problemResponses(...refusals) },
    }),
    add: guardedRoute(writes, {
      method: "post",
      path,
      tags,
      summary: `Adds a ${noun} and makes its ${secret}`,
      description: kept,
      request: { body: body(NewOne) },
      responses: { 201: json(`The ${noun} and its ${secret}`, WithSecret), ...problemResponses(exists, ...refusals) },
    }),
    one: guardedRoute(writes, {
      method: "get",
      path: `${path}/{name}`,
      tags,
      summary: `One ${noun}`,
      request: { params, headers: conditional },
      responses: {
        200: json(`The ${noun}, with an ETag`, Principal),
        304: { description: "It is what the caller has" },
        ...problemResponses(unknown, ...refusals),
      },
    }),
    change: guardedRoute(writes, {
      method: "patch",
      path: `${path}/{name}`,
      tags,
      summary: `Gives a ${noun} other grants, disables or enables it`,
      description: `Every process notices within ${authLimits.revisionEveryMs / 1000} s or so.`,
      request: { params, headers: expected, body: body(Change) },
      responses: {
        200: json(`The ${noun} as it is now, with an ETag`, Principal),
        ...problemResponses(unknown, "access.changed", ...refusals),
      },
    }),
    renew: guardedRoute(writes, {
      method: "post",
      path: `${path}/{name}/${renew}`,
      tags,
      summary: `Makes a new ${secret}; what the old one opened has ended`,
      description: kept,
      request: { params },
      responses: {
        200: json(`The ${noun} and its new ${secret}`, WithSecret),
        ...problemResponses(unknown, ...refusals),
      },
    }),
  };
}

function viewOf({ name, grants, created_at, disabled_at, locked_until }: PrincipalRow) {
  const shown = grantsOf(grants).map(({ role, sites }) => ({ role, sites: sites === "all" ? sites : [...sites] }));
  return { name, grants: Grants.parse(shown), created_at, disabled_at, locked_until };
}

function etagOfRow({ name, version, locked_until }: PrincipalRow): string {
  return etagOf(JSON.stringify([name, version, locked_until]));
}

function checkSeen(c: Context, row: PrincipalRow) {
  if (isExpected(c, etagOfRow(row))) return { ok: true, value: null } as const;
  return refuse("access.changed", `${row.name} has been changed since; look again.`, { at: "header.if-match" });
}

function refusalOf(result: ReturnType<typeof unknown>) {
  if (result.ok) throw new Error("an unknown name was not refused");
  return result.problem;
}

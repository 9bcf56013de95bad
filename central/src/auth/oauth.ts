import { type Context, Hono } from "hono";
import { readPrincipal } from "../db/auth/principals.ts";
import type { Pool } from "../db/pool.ts";
import { addressOf } from "./address.ts";
import { grantsOf } from "./grants.ts";
import { authLimits } from "./limits.ts";
import { sitesWith } from "./principal.ts";
import type { Rates } from "./rates.ts";
import { permissions } from "./roles.ts";
import { isSecretOf, newSecret, secretCredential } from "./secrets.ts";
import { issueToken, type TokenOptions } from "./tokens.ts";

/** What RFC 6749, 5.2 calls the ways in which a token can be refused. */
type OAuthError =
  | "invalid_request"
  | "invalid_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "temporarily_unavailable";

interface Asked {
  readonly client: string;
  readonly secret: string;
}

/** `POST /oauth/token` and what other programs need to know of the issuer. */
export function oauthRoutes(
  pool: Pool,
  options: TokenOptions & { readonly rates: Rates; readonly behindProxy: boolean },
): Hono {
  return new Hono()
    .post("/oauth/token", async c => {
      c.header("cache-control", "no-store");
      c.header("pragma", "no-cache");
      const { allowed, resetS } = options.rates.strangers.take(addressOf(c, options.behindProxy));
      if (!allowed) {
        c.header("retry-after", String(resetS));
        return refused(c, "temporarily_unavailable", `Too many tokens are asked for from here; wait ${resetS} s.`);
      }
      if (!c.req.header("content-type")?.startsWith("application/x-www-form-urlencoded")) {
        return refused(c, "invalid_request", "Send application/x-www-form-urlencoded, as RFC 6749 has it.");
      }
      const form = new URLSearchParams(await c.req.text());
      const twice = [...form.keys()].find(key => form.getAll(key).length > 1);
      if (twice !== undefined) return refused(c, "invalid_request", `${twice} stands there more than once.`);
      if (form.get("grant_type") !== "client_credentials") {
        return refused(c, form.has("grant_type") ? "unsupported_grant_type" : "invalid_request", onlyClients);
      }
      const asked = askedBy(c.req.header("authorization"), form);
      if (typeof asked === "string") return refused(c, "invalid_request", asked);
      const found = await findClient(pool, asked);
      if (found === undefined) return refused(c, "invalid_client", "There is no such client, or its secret is wrong.");
      const held = permissions.filter(permission => holds(found.grants, permission));
      const scope = form.get("scope")?.split(" ").filter(Boolean) ?? [];
      const unknown = scope.find(name => !held.some(permission => permission === name));
      if (unknown !== undefined) return refused(c, "invalid_scope", `The client has not the permission ${unknown}.`);
      const access_token = await issueToken(options, found);
      const expires_in = authLimits.tokenMs / 1000;
      return c.json({ access_token, token_type: "Bearer", expires_in, scope: held.join(" ") });
    })
    .get("/.well-known/jwks.json", async c =>
      c.json(await options.keys.jwks(), 200, { "cache-control": `public, max-age=${jwksAgeS}` }),
    )
    .get("/.well-known/oauth-authorization-server", c => c.json(metadata(options.issuer, new URL(c.req.url).origin)));
}

const onlyClients = "grant_type has to be client_credentials; people sign in at /sign-in.";

/** Others must have read a new key before it signs. */
const jwksAgeS = Math.floor(authLimits.keyAheadMs / 2 / 1000);

/** RFC 8414. Where the issuer is no address of the web, the routes are where the caller has found this document. */
function metadata(issuer: string, origin: string) {
  const base = issuer.startsWith("http") ? issuer.replace(/\/$/, "") : origin;
  return {
    issuer,
    token_endpoint: `${base}/oauth/token`,
    jwks_uri: `${base}/.well-known/jwks.json`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    scopes_supported: permissions,
    service_documentation: `${base}/docs`,
  };
}

/** The client and secret of a request; a sentence where it has none, or two. */
function askedBy(authorization: string | undefined, form: URLSearchParams): Asked | string {
  const [client, secret] = [form.get("client_id"), form.get("client_secret")];
  if (authorization === undefined) {
    if (client !== null && secret !== null) return { client, secret };
    return "Send the client's name and secret by HTTP Basic, or as client_id and client_secret.";
  }
  if (secret !== null) return "The secret stands both in the header and in the body; use one of them.";
  const basic = readBasic(authorization);
  if (basic === undefined) return "The header Authorization is no HTTP Basic of a client's name and secret.";
  return client === null || client === basic.client ? basic : "The header and the body name two clients.";
}

/** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
function readBasic(authorization: string): Asked | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/_-]+=*)$/i.exec(authorization) ?? [];
  const text = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) return undefined;
  const [client, secret] = [text.slice(0, colon), text.slice(colon + 1)].map(half => {
    try {
      return decodeURIComponent(half.replaceAll("+", " "));
    } catch {
      return half; // Not encoded, as many programs send it.
    }
  });
  return { client: client ?? "", secret: secret ?? "" };
}

/** Against which secrets of unknown clients are held. */
const nobody = secretCredential(newSecret());

async function findClient(pool: Pool, { client, secret }: Asked) {
  // PostgreSQL knows no NUL; the name of nobody has none either.
  const row = await readPrincipal(pool, { kind: "client", name: client.replaceAll("\0", "\ufffd") });
  const right = isSecretOf(row?.credential ?? nobody, secret);
  if (row === undefined || !right || row.disabled_at !== null) return undefined;
  return { name: row.name, secretVersion: row.credential_version, grants: grantsOf(row.grants) };
}

function holds(grants: ReturnType<typeof grantsOf>, permission: (typeof permissions)[number]): boolean {
  const sites = sitesWith({ kind: "client", id: "", grants }, permission);
  return sites === "all" || sites.size > 0;
}

function refused(c: Context, error: OAuthError, error_description: string): Response {
  if (error === "temporarily_unavailable") return c.json({ error, error_description }, 429);
  if (error !== "invalid_client") return c.json({ error, error_description }, 400);
  return c.json({ error, error_description }, 401, { "www-authenticate": 'Basic realm="Tallygate", charset="UTF-8"' });
}

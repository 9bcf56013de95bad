import { type Log, openTogether } from "@tallygate/kit";
import { type Result, refuse } from "@tallygate/protocol";
import { Hono } from "hono";
import type { Pool } from "../db/pool.ts";
import { bearerCheck, ownIssuer } from "./bearer.ts";
import { type AuthConfig, RateLimitsConfig } from "./config.ts";
import { checkOrigin, type SessionCookie, sessionCookie } from "./cookie.ts";
import { makeFirstAdmin } from "./first-admin.ts";
import { SigningKeys } from "./keys.ts";
import { authLimits } from "./limits.ts";
import { oauthRoutes } from "./oauth.ts";
import { oidcIssuer } from "./oidc.ts";
import type { Authenticator, Principal } from "./principal.ts";
import { openRates } from "./rates.ts";
import { Remembered } from "./remembered.ts";
import { Revision } from "./revision.ts";
import { Sessions } from "./sessions.ts";
import { signInRoutes } from "./sign-in.ts";

export interface AccessOptions {
  readonly pool: Pool;
  readonly config: {
    readonly auth: AuthConfig;
    readonly http: { readonly public_url?: string | undefined; readonly behind_proxy?: boolean };
    readonly rate_limits?: RateLimitsConfig;
  };
  readonly log: Log;
  /** Where the first admin's password is shown; standard output without it. */
  readonly say?: (line: string) => void;
  readonly now?: () => number;
}

/** Who may call, as one process knows it. */
export interface Access extends AsyncDisposable {
  readonly authenticator: Authenticator;
  /** What stands outside /v1: tokens, keys, and the page where people sign in. */
  readonly routes: Hono;
  /** Takes notice at once of what was changed; it happens by itself within a second or so. */
  refresh(): Promise<void>;
}

/** Opens the issuer of tokens, the sessions and what checks them, and makes the first admin where there is nobody yet. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { pool, config, log, now = Date.now } = options;
  const { auth, http } = config;
  const { public_url: publicUrl, behind_proxy: behindProxy = false } = http;
  return openTogether(async stack => {
    await makeFirstAdmin(pool, { password: auth.first_admin_password, say: options.say ?? printLine });
    const revision = stack.use(new Revision({ pool, log }));
    await revision.read();
    const seen = { revision: () => revision.current, now };
    const keys = new SigningKeys({ pool, rotateEveryMs: auth.key_rotation_days * dayMs, now });
    const tokens = { keys, issuer: auth.issuer ?? publicUrl ?? "urn:tallygate:central", audience: auth.audience, now };
    const issuers = [ownIssuer(pool, tokens), ...(auth.oidc === undefined ? [] : [oidcIssuer(auth.oidc, now)])];
    const bearers = new Remembered({ ...seen, check: bearerCheck(issuers) });
    const sessions = new Sessions({ pool, now });
    stack.use(purging(sessions, log));
    const signedIn = new Remembered({ ...seen, check: token => sessions.check(token) });
    const cookie = sessionCookie(publicUrl?.startsWith("https:") === true);
    const rates = openRates(config.rate_limits ?? RateLimitsConfig.parse({}), now);
    const showers = { bearers, signedIn, cookie, publicUrl };
    const whoIs = async (request: Request) => {
      const token = cookie.read(request.headers.get("cookie"));
      const principal = token === undefined ? undefined : await shownBy(signedIn, token);
      return principal?.ok === true ? principal.value : undefined;
    };
    const forget = (token: string) => signedIn.forget(token);
    return {
      authenticator: {
        authenticate: request => authenticate(request, showers),
        recognise: request => recognise(request, showers),
        rates,
        behindProxy,
      },
      routes: new Hono()
        .route("/", oauthRoutes(pool, { ...tokens, rates, behindProxy }))
        .route("/", signInRoutes({ sessions, cookie, rates, behindProxy, publicUrl, whoIs, forget })),
      refresh: () => revision.read(),
    };
  });
}

const dayMs = 24 * 60 * 60_000;

interface Showers {
  readonly bearers: Remembered;
  readonly signedIn: Remembered;
  readonly cookie: SessionCookie;
  readonly publicUrl: string | undefined;
}

/** By the token, or without one by the session: what somebody sends on purpose counts. */
async function authenticate(request: Request, showers: Showers): Promise<Result<Principal>> {
  const { bearers, signedIn, cookie, publicUrl } = showers;
  const authorization = request.headers.get("authorization");
  if (authorization !== null) return shownBy(bearers, authorization);
  const token = cookie.read(request.headers.get("cookie"));
  if (token === undefined) return missing;
  const origin = checkOrigin(request, publicUrl);
  return origin.ok ? shownBy(signedIn, token) : origin;
}

function recognise(request: Request, { bearers, signedIn, cookie, publicUrl }: Showers): Principal | undefined {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) return bearers.get(authorization);
  const token = cookie.read(request.headers.get("cookie"));
  return token !== undefined && checkOrigin(request, publicUrl).ok ? signedIn.get(token) : undefined;
}

async function shownBy(remembered: Remembered, text: string): Promise<Result<Principal>> {
  const known = remembered.get(text);
  return known === undefined ? remembered.check(text) : { ok: true, value: known };
}

const missing = refuse(
  "access.missing",
  "Send a token as `Authorization: Bearer …`; POST /oauth/token gives one to a client. People sign in at /sign-in.",
);

/** Forgets sessions that have ended. */
function purging(sessions: Sessions, log: Log): Disposable {
  const purge = () =>
    sessions.purge().catch((error: unknown) => log.warn({ err: error }, "ended sessions were not purged; tried again"));
  const timer = setInterval(() => void purge(), authLimits.sessionPurgeEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

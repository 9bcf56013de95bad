import { type Log, openTogether } from "@tallygate/kit";
import { type Result, refuse } from "@tallygate/protocol";
import type { Hono } from "hono";
import type { Pool } from "../db/pool.ts";
import { bearerCheck, ownIssuer } from "./bearer.ts";
import type { AuthConfig } from "./config.ts";
import { makeFirstAdmin } from "./first-admin.ts";
import { SigningKeys } from "./keys.ts";
import { oauthRoutes } from "./oauth.ts";
import type { Authenticator, Principal } from "./principal.ts";
import { Remembered } from "./remembered.ts";
import { Revision } from "./revision.ts";

export interface AccessOptions {
  readonly pool: Pool;
  readonly config: { readonly auth: AuthConfig; readonly http: { readonly public_url?: string | undefined } };
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

/** Opens the issuer of tokens and what checks them, and makes the first admin where there is nobody yet. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { pool, config, log, now = Date.now } = options;
  const { auth, http } = config;
  return openTogether(async stack => {
    await makeFirstAdmin(pool, { password: auth.first_admin_password, say: options.say ?? printLine });
    const revision = stack.use(new Revision({ pool, log }));
    await revision.read();
    const keys = new SigningKeys({ pool, rotateEveryMs: auth.key_rotation_days * 24 * 60 * 60_000, now });
    const issuer = auth.issuer ?? http.public_url ?? "urn:tallygate:central";
    const tokens = { keys, issuer, audience: auth.audience, now };
    const check = bearerCheck([ownIssuer(pool, tokens)]);
    const bearers = new Remembered({ check, revision: () => revision.current, now });
    return {
      authenticator: { authenticate: request => authenticate(request, bearers) },
      routes: oauthRoutes(pool, tokens),
      refresh: () => revision.read(),
    };
  });
}

async function authenticate({ headers }: Request, bearers: Remembered): Promise<Result<Principal>> {
  const authorization = headers.get("authorization");
  if (authorization === null) return missing;
  const known = bearers.get(authorization);
  if (known !== undefined) return { ok: true, value: known };
  return bearers.check(authorization);
}

const missing = refuse(
  "access.missing",
  "Send a token as `Authorization: Bearer …`; POST /oauth/token gives one to a client. People sign in at /sign-in.",
);

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { ok, type Result, refuse } from "@tallygate/protocol";
import { decodeJwt } from "jose";
import { readPrincipal } from "../db/auth/principals.ts";
import type { Pool } from "../db/pool.ts";
import { grantsOf } from "./grants.ts";
import { authLimits } from "./limits.ts";
import type { Shown } from "./remembered.ts";
import { type TokenOptions, verifyToken } from "./tokens.ts";

/** Checks the tokens of one issuer. */
export interface TokenIssuer {
  readonly issuer: string;
  check(token: string): Promise<Result<Shown>>;
}

/** Takes the token of a header `Authorization` to the issuer that it names; refuses `access.invalid`. */
export function bearerCheck(issuers: readonly TokenIssuer[]): (authorization: string) => Promise<Result<Shown>> {
  return async authorization => {
    const [, token = ""] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
    if (token === "") return refuse("access.invalid", "The header Authorization has to be `Bearer` and a token.");
    const issuer = token.length > authLimits.tokenCharsMax ? undefined : issuerOf(token);
    const found = issuers.find(each => each.issuer === issuer);
    if (found !== undefined) return found.check(token);
    return refuse("access.invalid", "The token is of no issuer that is trusted here; get one from /oauth/token.");
  };
}

/** What the token says of its issuer; nothing is believed of it before that issuer's key was tried. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined; // It is no token at all.
  }
}

/**
 * The built-in issuer. Besides what the token says, the client must still be there, not be disabled, and have the secret for which the
 * token was given; what it may do is what it may do now.
 */
export function ownIssuer(pool: Pool, options: TokenOptions): TokenIssuer {
  return {
    issuer: options.issuer,
    async check(token) {
      const claims = await verifyToken(token, options);
      if (!claims.ok) return claims;
      const { client, secretVersion, endsMs } = claims.value;
      const row = await readPrincipal(pool, { kind: "client", name: client });
      if (row === undefined || row.disabled_at !== null || row.credential_version !== secretVersion) {
        return refuse("access.invalid", "The client was disabled, or its secret is another one by now.");
      }
      const principal = { kind: "client", id: client, grants: grantsOf(row.grants) } as const;
      return ok({ principal, endsMs });
    },
  };
}

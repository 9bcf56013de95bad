import { randomUUID } from "node:crypto";
import { z } from "@tallygate/kit";
import { ok, type Result, refuse } from "@tallygate/protocol";
import { errors, type JWTVerifyOptions, jwtVerify, SignJWT } from "jose";
import { Grants } from "./grants.ts";
import type { SigningKeys } from "./keys.ts";
import { authLimits } from "./limits.ts";
import type { Grant } from "./principal.ts";

export interface TokenOptions {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly now: () => number;
}

/** What a token of ours says of the client that it was given to. */
export interface TokenClaims {
  readonly client: string;
  /** The version of the secret that it was given for. */
  readonly secretVersion: number;
  readonly endsMs: number;
}

/** A token in the form of RFC 9068. The grants in it are for others that check it; we look at what the client has now. */
export async function issueToken(
  { keys, issuer, audience, now }: TokenOptions,
  client: { readonly name: string; readonly secretVersion: number; readonly grants: readonly Grant[] },
): Promise<string> {
  const key = await keys.current();
  const issuedS = Math.floor(now() / 1000);
  return new SignJWT({ client_id: client.name, ver: client.secretVersion, grants: client.grants })
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: key.keyId })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(client.name)
    .setJti(randomUUID())
    .setIssuedAt(issuedS)
    .setExpirationTime(issuedS + authLimits.tokenMs / 1000)
    .sign(key.privateKey);
}

const Claims = z.object({ sub: z.string(), ver: z.int(), exp: z.int(), grants: Grants });

/** Checks a token of ours: signature, issuer, audience, times. Refuses `access.invalid`. */
export async function verifyToken(
  token: string,
  { keys, issuer, audience, now }: TokenOptions,
): Promise<Result<TokenClaims>> {
  const getKey = async ({ kid }: { readonly kid?: string | undefined }) => {
    const key = kid === undefined ? undefined : await keys.find(kid);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return key.publicKey;
  };
  const checked = await refusing(() =>
    jwtVerify(token, getKey, { ...checks(issuer, audience, now()), algorithms: ["ES256"], typ: "at+jwt" }),
  );
  if (!checked.ok) return checked;
  const claims = Claims.safeParse(checked.value.payload);
  if (!claims.success) return refuse("access.invalid", "The token lacks what ours have; get a new one.");
  const { sub, ver, exp } = claims.data;
  return ok({ client: sub, secretVersion: ver, endsMs: exp * 1000 });
}

/** What is checked of every token, ours or not. */
export function checks(issuer: string, audience: string, nowMs: number): JWTVerifyOptions {
  return {
    issuer,
    audience,
    currentDate: new Date(nowMs),
    clockTolerance: authLimits.clockSkewMs / 1000,
    requiredClaims: ["iss", "aud", "sub", "exp"],
  };
}

/** What a token is refused for is said as far as it helps who has a right one, and no further. */
export async function refusing<T>(check: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await check());
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    if (error instanceof errors.JWTExpired) return refuse("access.invalid", "The token has ended; get a new one.");
    if (error instanceof errors.JWTClaimValidationFailed) {
      return refuse("access.invalid", `The token's claim ${error.claim} is not one that is taken here.`);
    }
    return refuse("access.invalid", "The token cannot be checked with any key that is trusted here.");
  }
}

import { z } from "@tallygate/kit";
import { ok, type Result, refuse } from "@tallygate/protocol";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { TokenIssuer } from "./bearer.ts";
import { GrantSchema, grantsOf, rowsOf } from "./grants.ts";
import type { Principal } from "./principal.ts";
import type { Shown } from "./remembered.ts";
import { checks, refusing } from "./tokens.ts";

/** An issuer of tokens that others run, such as a company's own sign-in. */
export const OidcConfig = z.strictObject({
  issuer: z.url({ protocol: /^https?$/ }).meta({
    description: "The issuer, as its tokens name it.",
    examples: ["https://login.example.com/realms/shop"],
  }),
  audience: z.string().min(1).default("tallygate").meta({ description: "For whom its tokens must be made." }),
  jwks_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: "Its public keys. Without it its `/.well-known/openid-configuration` says where they are." }),
  roles_claim: z.string().min(1).default("roles").meta({
    description: "The claim that says what somebody may do; dots lead into objects, as in realm_access.roles.",
  }),
  grants: z.record(z.string().min(1), z.array(GrantSchema).min(1)).default({}).meta({
    description: "What each value of that claim grants here; other values grant nothing.",
  }),
});
export type OidcConfig = z.infer<typeof OidcConfig>;

/** Signatures that are taken: none that could be made with a public key. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

const deadlineMs = 5_000;

/** Takes the tokens of an OpenID Connect issuer. Its people are `person:oidc/…`, whatever else has their names here. */
export function oidcIssuer(config: OidcConfig, now: () => number): TokenIssuer {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const findKeys = () => {
    keys ??= remoteKeys(config).catch(error => {
      keys = undefined; // It is asked again with the next token.
      throw error;
    });
    return keys;
  };
  return {
    issuer: config.issuer,
    async check(token): Promise<Result<Shown>> {
      const checked = await refusing(async () =>
        jwtVerify(token, await findKeys(), { ...checks(config.issuer, config.audience, now()), algorithms }),
      );
      if (!checked.ok) return checked;
      const { sub, exp } = checked.value.payload;
      if (sub === undefined || exp === undefined) return refuse("access.invalid", "The token names nobody, or no end.");
      const values = valuesAt(checked.value.payload, config.roles_claim.split("."));
      const rows = values.flatMap(value => (Object.hasOwn(config.grants, value) ? (config.grants[value] ?? []) : []));
      const principal: Principal = { kind: "person", id: `oidc/${sub}`, grants: grantsOf(rowsOf(rows)) };
      return ok({ principal, endsMs: exp * 1000 });
    },
  };
}

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

async function remoteKeys({ issuer, jwks_url }: OidcConfig): Promise<JWTVerifyGetKey> {
  return createRemoteJWKSet(new URL(jwks_url ?? (await discover(issuer))), { timeoutDuration: deadlineMs });
}

/** OpenID Connect Discovery 1.0, 4. What cannot be found is as if the key could not. */
async function discover(issuer: string): Promise<string> {
  try {
    const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(deadlineMs) });
    const found = Discovery.parse(await answer.json());
    if (found.issuer !== issuer) throw new Error(`${address} is of the issuer ${found.issuer}`);
    return found.jwks_uri;
  } catch (cause) {
    throw new errors.JWKSInvalid("the issuer does not say where its keys are", { cause });
  }
}

/** The texts of a claim: one, or a list of them. */
function valuesAt(claims: unknown, path: readonly string[]): readonly string[] {
  const found = path.reduce<unknown>((value, step) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    return Reflect.get(value, step);
  }, claims);
  return (Array.isArray(found) ? found : [found]).filter(value => typeof value === "string");
}

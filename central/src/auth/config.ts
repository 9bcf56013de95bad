import { z } from "zod";
import { OidcConfig } from "./oidc.ts";

/** The part of `central.yaml` that says who may call. */
export const AuthConfig = z.strictObject({
  issuer: z.string().min(1).optional().meta({
    description:
      "The name in tokens of ours. Without it http.public_url, and without that one too `urn:tallygate:central`.",
  }),
  audience: z
    .string()
    .min(1)
    .default("tallygate")
    .meta({ description: "For whom a token must be made to be taken here." }),
  key_rotation_days: z
    .int()
    .min(1)
    .max(366)
    .default(30)
    .meta({ description: "After so many days tokens are signed with a new key." }),
  first_admin_password: z.string().min(12).max(200).optional().meta({
    description:
      "Password of the person `admin`, who is made when there is nobody yet. Without it one is made up and printed once.",
  }),
  oidc: OidcConfig.optional().meta({ description: "An issuer run by others whose tokens are taken, too." }),
});
export type AuthConfig = z.infer<typeof AuthConfig>;

/** How fast callers may be; each process counts for itself. */
export const RateLimitsConfig = z.strictObject({
  client_per_minute: z
    .int()
    .min(60)
    .default(120_000)
    .meta({ description: "Requests a minute of one client or person. A burst may be quicker." }),
  client_burst: z
    .int()
    .min(10)
    .default(20_000)
    .meta({ description: "Requests of one client or person at once, after a pause." }),
  address_per_minute: z.int().min(10).default(600).meta({
    description: "Requests a minute from one address that say no caller who is known, and tokens that are asked for.",
  }),
  sign_in_per_minute: z.int().min(1).default(20).meta({ description: "Tries to sign in a minute from one address." }),
});
export type RateLimitsConfig = z.infer<typeof RateLimitsConfig>;

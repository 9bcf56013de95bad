import { z } from "zod";

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
});
export type AuthConfig = z.infer<typeof AuthConfig>;

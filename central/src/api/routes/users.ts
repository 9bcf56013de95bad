import type { ApiParts } from "../parts.ts";
import { principalRoutes } from "../principal-routes.ts";

/** People who sign in by a password. */
export function userRoutes(parts: ApiParts) {
  return principalRoutes(
    {
      kind: "person",
      path: "/users",
      name: "User",
      secret: "password",
      renew: "password",
      unknown: "user.unknown",
      exists: "user.exists",
    },
    parts,
  );
}

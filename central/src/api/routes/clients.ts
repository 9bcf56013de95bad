import type { ApiParts } from "../parts.ts";
import { principalRoutes } from "../principal-routes.ts";

/** Programs that call by a secret of their own. */
export function clientRoutes(parts: ApiParts) {
  return principalRoutes(
    {
      kind: "client",
      path: "/clients",
      name: "Client",
      secret: "secret",
      renew: "rotate",
      unknown: "client.unknown",
      exists: "client.exists",
    },
    parts,
  );
}

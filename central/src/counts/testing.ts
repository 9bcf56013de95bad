import { ok } from "@tallygate/protocol";
import type { Authenticator } from "../auth/principal.ts";

/** Takes whoever the header `x-person` names for an admin of that name: for tests in which more than one person counts. */
export const anyPerson: Authenticator = {
  authenticate: async request => {
    const id = request.headers.get("x-person") ?? "maria";
    return ok({ kind: "person", id, grants: [{ role: "admin", sites: "all" }] });
  },
};

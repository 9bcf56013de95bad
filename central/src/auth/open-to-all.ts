import { ok } from "@tallygate/protocol";
import type { Authenticator } from "./principal.ts";

/** Takes everyone for one client that may do everything: for tests of what lies behind. */
export const openToAll: Authenticator = {
  authenticate: async () => ok({ kind: "client", id: "anyone", grants: [{ role: "admin", sites: "all" }] }),
};

import { createLog } from "@tallygate/kit";
import type { Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { type Access, type AccessOptions, openAccess } from "./access.ts";
import { AuthConfig, RateLimitsConfig } from "./config.ts";
import type { Grant } from "./principal.ts";
import { addPrincipal } from "./principals.ts";

interface TestAccessOptions extends Partial<Pick<AccessOptions, "now" | "say">> {
  readonly auth?: object;
  readonly rate_limits?: object;
  readonly public_url?: string;
}

/** A process's view of who may call, over a test's database. */
export async function openTestAccess(
  pool: Pool,
  { auth = {}, rate_limits = {}, public_url, ...options }: TestAccessOptions = {},
): Promise<Access> {
  return openAccess({
    pool,
    config: {
      auth: AuthConfig.parse({ first_admin_password, ...auth }),
      http: { public_url },
      rate_limits: RateLimitsConfig.parse(rate_limits),
    },
    log: createLog("test", "silent"),
    say: () => undefined,
    ...options,
  });
}

export const first_admin_password = "the first admin's word";

/** Adds a client and gives its secret. */
export async function addTestClient(pool: Pool, name: string, grants: readonly Grant[]): Promise<string> {
  const added = await transaction(pool, client => addPrincipal(client, { kind: "client", name, grants }, "test"));
  if (!added.ok) throw new Error(added.problem.detail);
  return added.value.secret;
}

/** Asks for a token over HTTP. */
export async function askToken(url: string, client: string, secret: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: client, client_secret: secret });
  const answer = await fetch(`${url}/oauth/token`, { method: "POST", body });
  const { access_token } = Object(await answer.json());
  if (typeof access_token !== "string") throw new Error(`no token for ${client}: ${answer.status}`);
  return access_token;
}

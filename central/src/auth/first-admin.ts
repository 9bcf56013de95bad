import { recordChanges } from "../db/audit/changes.ts";
import { insertPrincipal, lockFirstPerson, replaceGrants } from "../db/auth/principals.ts";
import type { Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { rowsOf } from "./grants.ts";
import { newPassword, passwordCredential } from "./secrets.ts";

const name = "admin";

/**
 * Makes the first person, who may do everything, where there is nobody yet; of processes that start together one does. A password that
 * was made up is shown once, by that process, after the commit.
 */
export async function makeFirstAdmin(
  pool: Pool,
  { password, say }: { readonly password: string | undefined; readonly say: (line: string) => void },
): Promise<void> {
  const shown = await transaction(pool, async client => {
    if (!(await lockFirstPerson(client))) return undefined;
    const chosen = password ?? newPassword();
    const credential = await passwordCredential(chosen, { isMade: password === undefined });
    const id = await insertPrincipal(client, { kind: "person", name, credential });
    if (id === undefined) throw new Error(`the person ${name} is there, and nobody is there`);
    const grants = [{ role: "admin", sites: "all" }] as const;
    await replaceGrants(client, id, rowsOf(grants));
    await recordChanges(client, [
      { actor: "central", action: "user.add", resource: `/v1/users/${name}`, after: { grants } },
    ]);
    return password === undefined ? chosen : undefined;
  });
  if (shown !== undefined) say(`The first person is "${name}" with the password ${shown}, which is shown only now.`);
}

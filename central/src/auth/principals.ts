import { ok, type ProblemCode, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import {
  insertPrincipal,
  lockPrincipal,
  type PrincipalKind,
  type PrincipalRow,
  readPrincipal,
  replaceGrants,
  updateCredential,
  updateDisabled,
} from "../db/auth/principals.ts";
import { deleteSessionsOf } from "../db/auth/sessions.ts";
import type { Client } from "../db/pool.ts";
import { grantsOf, rowsOf } from "./grants.ts";
import type { Grant } from "./principal.ts";
import { newPassword, newSecret, passwordCredential, secretCredential } from "./secrets.ts";

export interface Named {
  readonly kind: PrincipalKind;
  readonly name: string;
}

/** A client or person with the secret or password that was made for it, which nobody can read again. */
export interface WithSecret {
  readonly row: PrincipalRow;
  readonly secret: string;
}

/** The words of each kind: in the audit trail, in addresses and in refusals. */
const words = {
  client: { action: "client", path: "/v1/clients/", unknown: "client.unknown", exists: "client.exists" },
  person: { action: "user", path: "/v1/users/", unknown: "user.unknown", exists: "user.exists" },
} as const satisfies Record<PrincipalKind, Record<"unknown" | "exists", ProblemCode> & Record<string, string>>;

/** Adds a client or person, with a secret or password made here unless a password is given. */
export async function addPrincipal(
  client: Client,
  added: Named & { readonly grants: readonly Grant[]; readonly password?: string | undefined },
  actor: string,
): Promise<Result<WithSecret>> {
  const { kind, name, grants } = added;
  const { secret, credential } = await newCredential(kind, added.password);
  const id = await insertPrincipal(client, { kind, name, credential });
  if (id === undefined) {
    return refuse(words[kind].exists, `${name} is taken, maybe by one that is disabled; take another name.`, {
      at: "body.name",
    });
  }
  await replaceGrants(client, id, rowsOf(grants));
  await record(client, { kind, name }, { actor, action: "add", after: { grants } });
  return ok({ row: await existing(client, { kind, name }), secret });
}

/** Gives a client or person other grants, or disables or enables it. */
export async function changePrincipal(
  client: Client,
  { kind, name }: Named,
  { grants, disabled }: { readonly grants?: readonly Grant[] | undefined; readonly disabled?: boolean | undefined },
  { actor, check = ok }: { readonly actor: string; readonly check?: (row: PrincipalRow) => Result<unknown> },
): Promise<Result<PrincipalRow>> {
  const row = await lockPrincipal(client, { kind, name });
  if (row === undefined) return unknown({ kind, name });
  const checked = check(row);
  if (!checked.ok) return checked;
  if (grants !== undefined) await replaceGrants(client, row.id, rowsOf(grants));
  await updateDisabled(client, row.id, disabled ?? row.disabled_at !== null);
  const before = { grants: grantsOf(row.grants), disabled: row.disabled_at !== null };
  const after = { grants: grants ?? before.grants, disabled: disabled ?? before.disabled };
  await record(client, { kind, name }, { actor, action: "change", before, after });
  return ok(await existing(client, { kind, name }));
}

/** Gives a client another secret or a person another password; what the old one opened has ended. */
export async function renewCredential(
  client: Client,
  { kind, name, password }: Named & { readonly password?: string | undefined },
  actor: string,
): Promise<Result<WithSecret>> {
  const row = await lockPrincipal(client, { kind, name });
  if (row === undefined) return unknown({ kind, name });
  const { secret, credential } = await newCredential(kind, password);
  await updateCredential(client, row.id, credential);
  await deleteSessionsOf(client, row.id);
  await record(client, { kind, name }, { actor, action: kind === "client" ? "rotate" : "password" });
  return ok({ row: await existing(client, { kind, name }), secret });
}

/** No client or person has the name. */
export function unknown({ kind, name }: Named): Result<never> {
  return refuse(words[kind].unknown, `There is no ${words[kind].action} ${name}.`, { at: "path.name" });
}

async function newCredential(kind: PrincipalKind, given: string | undefined) {
  if (kind === "client") {
    const secret = newSecret();
    return { secret, credential: secretCredential(secret) };
  }
  const secret = given ?? newPassword();
  return { secret, credential: await passwordCredential(secret, { isMade: given === undefined }) };
}

async function existing(client: Client, named: Named): Promise<PrincipalRow> {
  const row = await readPrincipal(client, named);
  if (row === undefined) throw new Error(`${named.kind} ${named.name} was written and is not there`);
  return row;
}

/** Neither secrets nor what is kept of them stand in the trail. */
async function record(
  client: Client,
  { kind, name }: Named,
  { action, ...change }: { readonly actor: string; readonly action: string; before?: unknown; after?: unknown },
): Promise<void> {
  const { action: noun, path } = words[kind];
  await recordChanges(client, [{ ...change, action: `${noun}.${action}`, resource: path + encodeURIComponent(name) }]);
}

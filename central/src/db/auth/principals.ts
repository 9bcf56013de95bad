import type { GrantRow } from "../../auth/grants.ts";
import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339 } from "../queries/sql.ts";

export type PrincipalKind = "client" | "person";

export interface PrincipalRow {
  readonly id: number;
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly credential: string;
  readonly credential_version: number;
  readonly version: number;
  readonly created_at: string;
  readonly disabled_at: string | null;
  /** Until when no password is looked at; null when one is. */
  readonly locked_until: string | null;
  readonly grants: readonly GrantRow[];
}

const columns = `p.id, p.kind, p.name, p.credential, p.credential_version, p.version, ${rfc3339("p.created_at")} as created_at,
  ${rfc3339("p.disabled_at")} as disabled_at,
  case when p.locked_until > clock_timestamp() then ${rfc3339("p.locked_until")} end as locked_until,
  (select coalesce(json_agg(json_build_object('role', g.role, 'site', g.site) order by g.role, g.site), '[]')
   from principal_grant g where g.principal_id = p.id) as grants`;

/** One client or person by name. */
export async function readPrincipal(
  db: Executor,
  { kind, name }: { readonly kind: PrincipalKind; readonly name: string },
): Promise<PrincipalRow | undefined> {
  const { rows } = await db.query<PrincipalRow>({
    name: "auth-read-principal",
    text: `select ${columns} from principal p where p.kind = $1 and p.name = $2`,
    values: [kind, name],
  });
  return rows[0];
}

/** As {@link readPrincipal}, locked until the transaction ends. */
export async function lockPrincipal(
  client: Client,
  { kind, name }: { readonly kind: PrincipalKind; readonly name: string },
): Promise<PrincipalRow | undefined> {
  const { rows } = await client.query<PrincipalRow>(
    `select ${columns} from principal p where p.kind = $1 and p.name = $2 for update of p`,
    [kind, name],
  );
  return rows[0];
}

/** Clients or persons by name, after `after`. */
export async function readPrincipals(
  db: Executor,
  { kind, after, limit }: { readonly kind: PrincipalKind; readonly after?: string | undefined; readonly limit: number },
): Promise<readonly PrincipalRow[]> {
  const conditions = new Conditions()
    .when(kind, value => `p.kind = ${value}`)
    .when(after, value => `p.name > ${value}`);
  const { rows } = await db.query<PrincipalRow>(
    `select ${columns} from principal p ${conditions.where()} order by p.name limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/** Adds a client or person and gives its inner number; undefined when the name is taken. */
export async function insertPrincipal(
  client: Client,
  { kind, name, credential }: { readonly kind: PrincipalKind; readonly name: string; readonly credential: string },
): Promise<number | undefined> {
  const { rows } = await client.query<{ id: number }>(
    `insert into principal (kind, name, credential) values ($1, $2, $3) on conflict (kind, name) do nothing returning id`,
    [kind, name, credential],
  );
  return rows[0]?.id;
}

/** Gives a principal these grants and no others. */
export async function replaceGrants(client: Client, id: number, grants: readonly GrantRow[]): Promise<void> {
  await client.query("delete from principal_grant where principal_id = $1", [id]);
  await client.query(
    `insert into principal_grant (principal_id, role, site)
     select $1, role, site from unnest($2::text[], $3::text[]) as g (role, site)`,
    [id, grants.map(grant => grant.role), grants.map(grant => grant.site)],
  );
}

/** Gives a locked principal another secret or password, and forgets wrong ones. What was signed for the old one has ended. */
export async function updateCredential(client: Client, id: number, credential: string): Promise<void> {
  await client.query(
    `update principal set credential = $2, credential_version = credential_version + 1, version = version + 1,
       failures = 0, locked_until = null where id = $1`,
    [id, credential],
  );
}

/** Notes that a locked principal was changed, and whether it is disabled from now on. */
export async function updateDisabled(client: Client, id: number, disabled: boolean): Promise<void> {
  await client.query(
    `update principal set version = version + 1,
       disabled_at = case when $2 then coalesce(disabled_at, now()) end where id = $1`,
    [id, disabled],
  );
}

/**
 * Counts a try to sign in before it is known whether the password is right, in one statement: however many come at once, no more are
 * looked at than the count allows. Undefined when there is no such person, or none that may try now.
 */
export async function beginTry(
  db: Executor,
  { name, free, lockedMaxMs }: { readonly name: string; readonly free: number; readonly lockedMaxMs: number },
): Promise<Pick<PrincipalRow, "id" | "credential"> | undefined> {
  const { rows } = await db.query<Pick<PrincipalRow, "id" | "credential">>(
    `update principal set failures = failures + 1,
       locked_until = case when failures + 1 >= $2
         then clock_timestamp() + least(power(2, least(failures + 1 - $2, 30)) * 1000, $3) * interval '1 millisecond' end
     where kind = 'person' and name = $1 and disabled_at is null
       and (locked_until is null or locked_until <= clock_timestamp())
     returning id, credential`,
    [name, free, lockedMaxMs],
  );
  return rows[0];
}

/** Forgets wrong passwords after a right one. */
export async function forgetTries(db: Executor, id: number): Promise<void> {
  await db.query("update principal set failures = 0, locked_until = null where id = $1", [id]);
}

/** Any number that nothing else in this database locks by. */
const firstAdminLock = 20_011_212_261;

/** Makes processes that start together wait for each other; says whether there is no person yet. */
export async function lockFirstPerson(client: Client): Promise<boolean> {
  await client.query("select pg_advisory_xact_lock($1)", [firstAdminLock]);
  const { rows } = await client.query("select from principal where kind = 'person' limit 1");
  return rows.length === 0;
}

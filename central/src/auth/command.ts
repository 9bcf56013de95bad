import type { Log, Running } from "@tallygate/kit";
import type { Result } from "@tallygate/protocol";
import type { z } from "zod";
import type { CentralConfig } from "../config.ts";
import { type PrincipalRow, readPrincipals } from "../db/auth/principals.ts";
import { migrate } from "../db/migrate.ts";
import { type Client, openPool, type Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { Grants, grantsOf, PrincipalName } from "./grants.ts";
import type { Grant } from "./principal.ts";
import { addPrincipal, changePrincipal, type Named, renewCredential, type WithSecret } from "./principals.ts";
import { roleNames } from "./roles.ts";

interface Context {
  readonly args: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly log: Log;
  readonly say?: (line: string) => void;
}

/** The options of these commands. */
export const accessFlags = ["role", "site"];

/** How `--help` names what stands behind `client` and `user`. */
export const accessUsage = {
  client:
    "list | add NAME --role ROLE [--site SITE] | grant NAME --role ROLE [--site SITE] | rotate | disable | enable NAME",
  user: "list | add NAME --role ROLE [--site SITE] | grant NAME --role ROLE [--site SITE] | password | disable | enable NAME",
} as const;

/** The command `client`: who may call by a secret, straight in the database, whether the service runs or not. */
export function openClients(config: Pick<CentralConfig, "database">, context: Context): Promise<Running> {
  return open("client", config, context);
}

/** The command `user`: who may sign in. */
export function openUsers(config: Pick<CentralConfig, "database">, context: Context): Promise<Running> {
  return open("person", config, context);
}

interface Asked extends Named {
  readonly grants: readonly Grant[];
}

/** Who has the shell and the database's password needs no other right; the audit trail names them so. */
const actor = "shell";

async function open(
  kind: Named["kind"],
  { database }: Pick<CentralConfig, "database">,
  { args, flags, log, say = printLine }: Context,
): Promise<Running> {
  const noun = kind === "client" ? "client" : "user";
  const [verb = "", name, ...more] = args;
  const work = name === undefined || more.length > 0 ? undefined : verbs[verb];
  const isList = verb === "list" && name === undefined && flags.size === 0;
  const fits = work?.of.includes(kind) === true && work.grants === flags.has("role");
  if (!isList && !fits) throw new Error(`write ${noun} ${accessUsage[noun]}`);
  const asked = isList ? undefined : { kind, name: nameOf(name), grants: grantsOfFlags(flags) };
  const pool = openPool({ url: database.url, size: 1, applicationName: `tallygate ${noun}`, log });
  const done = run().finally(() => pool.end());
  // It is awaited when the process has started; until then, a rejection is nobody's.
  done.catch(() => undefined);

  async function run(): Promise<void> {
    await migrate(pool);
    if (asked === undefined || work === undefined) return list(pool, kind, say);
    const result = await transaction(pool, client => work.run(client, asked));
    if (!result.ok) throw new Error(result.problem.detail);
    say(result.value);
  }

  return { done, [Symbol.asyncDispose]: () => done.catch(() => undefined) };
}

interface Verb {
  readonly of: readonly Named["kind"][];
  /** Whether it takes roles and sites. */
  readonly grants: boolean;
  /** Gives the line that says what was done. */
  readonly run: (client: Client, asked: Asked) => Promise<Result<string>>;
}

const both = ["client", "person"] as const;

const verbs: Readonly<Record<string, Verb>> = {
  add: { of: both, grants: true, run: async (client, asked) => shown(await addPrincipal(client, asked, actor)) },
  grant: { of: both, grants: true, run: (client, asked) => change(client, asked, { grants: asked.grants }) },
  disable: { of: both, grants: false, run: (client, asked) => change(client, asked, { disabled: true }) },
  enable: { of: both, grants: false, run: (client, asked) => change(client, asked, { disabled: false }) },
  rotate: {
    of: ["client"],
    grants: false,
    run: async (client, asked) => shown(await renewCredential(client, asked, actor)),
  },
  password: {
    of: ["person"],
    grants: false,
    run: async (client, asked) => shown(await renewCredential(client, asked, actor)),
  },
};

async function change(client: Client, asked: Asked, to: { grants?: readonly Grant[]; disabled?: boolean }) {
  const changed = await changePrincipal(client, asked, to, { actor });
  return changed.ok ? ({ ok: true, value: lineOf(changed.value) } as const) : changed;
}

function shown(made: Result<WithSecret>): Result<string> {
  if (!made.ok) return made;
  const { row, secret } = made.value;
  const what = row.kind === "client" ? "secret" : "password";
  return { ok: true, value: `${lineOf(row)}\n${what}, which is shown only now: ${secret}` };
}

async function list(pool: Pool, kind: Named["kind"], say: (line: string) => void): Promise<void> {
  const limit = 500;
  let after: string | undefined;
  do {
    const rows = await readPrincipals(pool, { kind, after, limit });
    for (const row of rows) say(lineOf(row));
    after = rows.length < limit ? undefined : rows.at(-1)?.name;
  } while (after !== undefined);
}

function lineOf({ name, grants, disabled_at }: PrincipalRow): string {
  const words = grantsOf(grants).map(
    ({ role, sites }) => `${role} at ${sites === "all" ? "all sites" : sites.join(", ")}`,
  );
  return [name, disabled_at === null ? "" : "disabled", words.join("; ") || "no role"].filter(Boolean).join("  ");
}

function nameOf(text: string | undefined): string {
  return readAs(PrincipalName, text, `"${text}" is no name`);
}

/** Each role at each site; at all sites where none is named. */
function grantsOfFlags(flags: Context["flags"]): readonly Grant[] {
  const sites = flags.get("site") ?? "all";
  const grants = (flags.get("role") ?? []).map(role => ({ role, sites }));
  return readAs(Grants, grants, `the roles are ${roleNames.join(", ")}, and sites have names such as lyon`);
}

function readAs<T>(schema: z.ZodType<T>, value: unknown, words: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Error(`${words}: ${read.error.issues[0]?.message}`);
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

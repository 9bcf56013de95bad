import { hash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Client, Pool } from "./pool.ts";

const directory = new URL("./migrations/", import.meta.url);

/** Any number that nothing else in this database locks by: "tallygate" as the digits of its letters. */
const migrationLock = 20_011_212_257;

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The database and this program do not belong together; the message says what to do. */
export class SchemaMismatch extends Error {
  override readonly name = "SchemaMismatch";
}

/**
 * Brings the database to this program's schema: each numbered file that it has not had yet, in a transaction of its own.
 * Processes that start together wait for each other. The service's role then gets its rights to what is new. Throws
 * {@link SchemaMismatch} when the database is newer than the program, or when a file that was run has been changed since.
 *
 * @returns the names of the files that were run now
 */
export async function migrate(pool: Pool, from: URL = directory): Promise<readonly string[]> {
  const migrations = await readMigrations(from);
  const client = await pool.connect();
  let done = false;
  try {
    await client.query("select set_config('lock_timeout', '0', false)");
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    const ran = await runMissing(client, migrations);
    await client.query("select pg_advisory_unlock($1)", [migrationLock]);
    await client.query("reset lock_timeout");
    done = true;
    return ran;
  } finally {
    client.release(!done); // Closing the connection gives up the lock.
  }
}

async function runMissing(client: Client, migrations: readonly Migration[]): Promise<readonly string[]> {
  await createTable(client);
  const known = await client.query<{ number: number; name: string; checksum: string }>(
    "select number, name, checksum from migration order by number",
  );
  const checksums = new Map(known.rows.map(row => [row.number, row.checksum]));
  refuseNewer(known.rows, migrations);
  const ran: string[] = [];
  for (const migration of migrations) {
    const checksum = checksums.get(migration.number);
    if (checksum === undefined) {
      await run(client, migration);
      ran.push(migration.name);
    } else if (checksum !== migration.checksum) {
      throw new SchemaMismatch(
        `${migration.name} has changed since it was run on this database: put it back and add a new migration instead`,
      );
    }
  }
  if (ran.length > 0) await grantRights(client);
  return ran;
}

/** What a migration has made is nobody's but its owner's until then. */
async function grantRights(client: Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    "select to_regproc('grant_service_rights') is not null as there",
  );
  if (rows[0]?.there === true) await client.query("select grant_service_rights()");
}

/** PostgreSQL asks for the right to create even where there is nothing to create, and who only uses the ledger has none. */
async function createTable(client: Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>("select to_regclass('migration') is not null as there");
  if (rows[0]?.there === true) return;
  await client.query(`create table migration (
    number integer primary key,
    name text not null,
    checksum text not null,
    run_at timestamptz not null default now()
  )`);
}

function refuseNewer(known: readonly { number: number; name: string }[], migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.number ?? 0;
  const newer = known.filter(row => row.number > newest).map(row => row.name);
  if (newer.length === 0) return;
  throw new SchemaMismatch(
    `the database has a newer schema than this program (${newer.join(", ")}): start the program's newer version`,
  );
}

async function run(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(migration.sql);
    await client.query("insert into migration (number, name, checksum) values ($1, $2, $3)", [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new Error(`the migration ${migration.name} failed`, { cause: error });
  }
}

async function readMigrations(from: URL): Promise<readonly Migration[]> {
  const names = (await readdir(from)).filter(name => /^[0-9]{4}-.*\.sql$/.test(name)).sort();
  const twice = names.find((name, index) => names[index + 1]?.slice(0, 4) === name.slice(0, 4));
  if (twice !== undefined)
    throw new Error(`two migrations have the number of ${twice}: give the later one the next free number`);
  return Promise.all(
    names.map(async name => {
      const sql = await readFile(new URL(name, from), "utf8");
      return { number: Number(name.slice(0, 4)), name, sql, checksum: hash("sha256", sql, "hex") };
    }),
  );
}

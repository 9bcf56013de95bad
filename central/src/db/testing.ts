import { createLog } from "@tallygate/kit";
import pg from "pg";
import { type LocalPostgres, startPostgres } from "../../../deploy/local/servers.ts";
import { migrate } from "./migrate.ts";
import { openPool, type Pool } from "./pool.ts";

/** A real PostgreSQL for one file of tests, and a database of its own for each test. */
export interface TestServer extends AsyncDisposable {
  readonly postgres: LocalPostgres;
  /** A new database with the ledger's tables. */
  open(): Promise<TestDatabase>;
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly pool: Pool;
}

const template = "ledger_template";
const log = createLog("test", "silent");

/** Starts PostgreSQL and runs the migrations once: each test's database is a copy. */
export async function openTestServer(): Promise<TestServer> {
  const postgres = await startPostgres();
  const templateUrl = await postgres.database(template);
  const pool = openPool({ url: templateUrl, size: 1, applicationName: "template", log });
  await migrate(pool);
  await pool.end();
  let count = 0;
  return {
    postgres,
    async open() {
      count += 1;
      return copyTemplate(postgres, `test_${count}`);
    },
    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  };
}

async function copyTemplate(postgres: LocalPostgres, name: string): Promise<TestDatabase> {
  const admin = new pg.Client(postgres.url);
  await admin.connect();
  await admin.query(`create database ${name} template ${template}`);
  await admin.end();
  const url = await postgres.database(name);
  const pool = openPool({ url, size: 8, applicationName: "test", log });
  return { url, pool, [Symbol.asyncDispose]: () => pool.end() };
}

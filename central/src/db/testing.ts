import { randomBytes } from "node:crypto";
import { createLog } from "@tallygate/kit";
import pg from "pg";
import { inject } from "vitest";
import type { LocalPostgres } from "../../../deploy/local/servers.ts";
import { openPool, type Pool } from "./pool.ts";
import { startTestPostgres, template } from "./testing-postgres.ts";

/** A real PostgreSQL, and in it a database of its own for each test. */
export interface TestServer extends AsyncDisposable {
  /** A new database with the ledger's tables, which goes when it is disposed. */
  open(): Promise<TestDatabase>;
  /** A new database without anything. */
  openEmpty(): Promise<TestDatabase>;
}

/** One that no other file of tests uses, and that may be killed. */
export interface OwnTestServer extends TestServer {
  readonly postgres: LocalPostgres;
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly pool: Pool;
}

/** The server that all files share. */
export async function openTestServer(): Promise<TestServer> {
  const url = inject("postgresUrl");
  return { ...databasesIn(url), [Symbol.asyncDispose]: async () => undefined };
}

export async function openOwnTestServer(): Promise<OwnTestServer> {
  const postgres = await startTestPostgres();
  return { postgres, ...databasesIn(postgres.url), [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose]() };
}

function databasesIn(url: string): Pick<TestServer, "open" | "openEmpty"> {
  // To copy the template's files is twice as quick as to write all its pages to the log.
  return {
    open: () => createDatabase(url, `template ${template} strategy file_copy`),
    openEmpty: () => createDatabase(url, ""),
  };
}

/** A new database with what another one has, to which nobody is connected meanwhile. */
export function copyDatabase({ url }: Pick<TestDatabase, "url">): Promise<TestDatabase> {
  const name = new URL(url).pathname.slice(1);
  return createDatabase(new URL("/postgres", url).href, `template ${name} strategy file_copy`);
}

async function createDatabase(serverUrl: string, how: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await query(serverUrl, `create database ${name} ${how}`);
  const url = new URL(`/${name}`, serverUrl).href;
  const pool = openPool({ url, size: 8, applicationName: "test", log: createLog("test", "silent") });
  return {
    url,
    pool,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await query(serverUrl, `drop database ${name} with (force)`);
    },
  };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

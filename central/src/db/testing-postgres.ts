import { createLog } from "@tallygate/kit";
import type { TestProject } from "vitest/node";
import { type LocalPostgres, startPostgres } from "../../../deploy/local/servers.ts";
import { migrate } from "./migrate.ts";
import { openPool } from "./pool.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

/** Before all files of tests: starts the one PostgreSQL in which each test has databases of its own. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres();
  project.provide("postgresUrl", postgres.url);
  return async () => postgres[Symbol.asyncDispose]();
}

/** The database that tests copy: it has the ledger's tables, and nobody is connected to it. */
export const template = "ledger_template";

/** What is thrown away after the tests need not survive a power cut; each commit is written before it is answered all the same. */
const settings = {
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "256MB",
  max_connections: "300",
  // Tests that let two lock each other out wait for nothing else.
  deadlock_timeout: "200ms",
};

export async function startTestPostgres(): Promise<LocalPostgres> {
  const postgres = await startPostgres({ settings });
  const url = await postgres.database(template);
  const pool = openPool({ url, size: 1, applicationName: "template", log: createLog("test", "silent") });
  await migrate(pool);
  await pool.end();
  return postgres;
}

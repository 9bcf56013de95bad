import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Client, connect } from "@tallygate/client";
import { createLog } from "@tallygate/kit";
import { stringify } from "yaml";
import { addTestClient } from "../../central/src/auth/testing.ts";
import { openPool } from "../../central/src/db/pool.ts";
import { Child } from "../../deploy/local/child.ts";

const root = new URL("../../", import.meta.url);

/** Starts one of our processes from its configuration, and waits until it is ready. */
export async function startPart(
  part: "edge" | "central",
  dir: string,
  config: { readonly http: { readonly listen: string } },
) {
  await mkdir(dir, { recursive: true });
  const file = join(dir, `${part}.yaml`);
  await writeFile(file, stringify(config));
  return Child.open({
    name: part,
    command: process.execPath,
    args: [new URL(`${part}/src/main.ts`, root).pathname, "--config", file],
    env: { ...process.env, TALLYGATE_LOG_LEVEL: "warn" },
    ready: async signal => (await fetch(`http://${config.http.listen}/healthz`, { signal })).ok,
    readyMs: 30_000,
  });
}

/** What a central is to take of one client here: as much as it can. */
export const unlimited = { client_per_minute: 1_000_000_000, client_burst: 1_000_000_000 };

/** A client of a central that runs, which may do everything. */
export async function addCaller(centralUrl: string, database: string): Promise<Client> {
  const pool = openPool({ url: database, size: 1, applicationName: "bench", log: createLog("bench", "error") });
  try {
    const secret = await addTestClient(pool, "bench", [{ role: "admin", sites: "all" }]);
    return connect({ url: centralUrl, client: "bench", secret });
  } finally {
    await pool.end();
  }
}

/** The line of a request's head that says who asks. */
export async function authorizationOf(caller: Client): Promise<string> {
  return `authorization: Bearer ${await caller.token()}\r\n`;
}

/** Starts a small program of `reference/`, which prints "ready". */
export async function startReference(name: string, args: readonly string[]) {
  let ready = false;
  return Child.open({
    name,
    command: process.execPath,
    args: [new URL(`reference/${name}.ts`, import.meta.url).pathname, ...args],
    ready: async () => ready,
    onLine: line => {
      if (line === "ready") ready = true;
    },
  });
}

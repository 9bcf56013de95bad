import { join } from "node:path";
import { postgresDir, postgresPassword } from "./home.ts";
import { startInflux } from "./influx.ts";
import type { LocalServer, ServerOptions } from "./local-server.ts";
import { startNats } from "./nats.ts";
import { logOf, type RunContext } from "./parts.ts";
import { startPostgres } from "./postgres.ts";

export interface ServerUrls {
  /** Of PostgreSQL, with the password in it. */
  readonly database: string;
  readonly nats: string;
  readonly influx: string;
}

export interface ServerPorts {
  readonly postgres: number;
  readonly nats: number;
  readonly influx: number;
}

/** Starts the three servers that are not ours, and makes the databases. */
export async function openServers(context: RunContext, ports: ServerPorts): Promise<ServerUrls> {
  const { home } = context;
  const dir = await postgresDir(home);
  const password = postgresPassword(home);
  const postgres = await openServer(context, "PostgreSQL", ports.postgres, options =>
    startPostgres({ ...options, dir, password }),
  );
  if (!dir.startsWith(home))
    context.screen.say(`  Other users may not pass through to ${home}, so its data is in ${dir}.`);
  const database = await postgres.database("tallygate");
  const nats = await openServer(context, "NATS", ports.nats, options =>
    startNats({ ...options, dir: join(home, "nats") }),
  );
  const influx = await openServer(context, "InfluxDB", ports.influx, async options => {
    const server = await startInflux({ ...options, dir: join(home, "influx") });
    await createInfluxDatabase(server.url, context.signal);
    return server;
  });
  return { database, nats: nats.url, influx: influx.url };
}

async function openServer<T extends LocalServer>(
  context: RunContext,
  name: string,
  port: number,
  start: (options: ServerOptions) => Promise<T>,
): Promise<T> {
  const { screen, supervisor, signal } = context;
  signal.throwIfAborted();
  const onLine = logOf(context, name);
  const work = () => supervisor.open(onDeath => start({ port, onDeath, onLine, signal }));
  return screen.step(name, work, () => `127.0.0.1:${port}`);
}

/** InfluxQL; a database that is there is left as it is. */
async function createInfluxDatabase(url: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(`${url}/query?q=${encodeURIComponent('create database "tallygate"')}`, {
    method: "POST",
    signal,
  });
  if (!answer.ok) throw new Error(`InfluxDB did not make its database: it answered ${answer.status}.`);
  await answer.body?.cancel();
}

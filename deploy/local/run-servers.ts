import { join } from "node:path";
import { sentence } from "@tallygate/kit";
import { onPorts, type Ports, type Wish } from "./addresses.ts";
import { watchDisk } from "./disk.ts";
import { postgresDir, postgresPassword } from "./home.ts";
import { startInflux } from "./influx.ts";
import type { LocalServer, ServerOptions } from "./local-server.ts";
import { type NatsKeyFiles, startNats } from "./nats.ts";
import { logOf, type RunContext } from "./parts.ts";
import { startPostgres } from "./postgres.ts";

export interface ServerUrls {
  /** Of PostgreSQL, with the password in it. */
  readonly database: string;
  readonly nats: string;
  readonly influx: string;
}

export interface ServerWishes {
  readonly postgres: Wish;
  readonly nats: Wish;
  readonly influx: Wish;
}

/** Starts the three servers that are not ours, and makes the databases. */
export async function openServers(
  context: RunContext,
  ports: Ports,
  { keys, ...wishes }: ServerWishes & { readonly keys: NatsKeyFiles },
): Promise<ServerUrls> {
  const { home } = context;
  const dir = await postgresDir(home);
  const password = postgresPassword(home);
  const postgres = await openServer(context, ports, wishes.postgres, options =>
    startPostgres({ ...options, dir, password }),
  );
  if (!dir.startsWith(home))
    context.screen.say(`  Other users may not pass through to ${home}, so its data is in ${dir}.`);
  const database = await postgres.database("tallygate");
  const nats = await openServer(context, ports, wishes.nats, options =>
    startNats({ ...options, keys, dir: join(home, "nats") }),
  );
  const influx = await openServer(context, ports, wishes.influx, async options => {
    const server = await startInflux({ ...options, dir: join(home, "influx") });
    await createInfluxDatabase(server.url, context.signal);
    return server;
  });
  context.closing.use(watchDisk({ dir: home, say: context.screen.warn, onRoom: () => wake(context, nats) }));
  return { database, nats: nats.url, influx: influx.url };
}

/** NATS gives up all its streams on a full disk, and takes them up again only when it is started. */
function wake({ screen, signal }: RunContext, nats: LocalServer): void {
  if (signal.aborted) return;
  nats.restart().then(
    () => screen.say("NATS was started again and has its streams."),
    (cause: unknown) => signal.aborted || screen.warn(`NATS could not be started again: ${sentence(cause)}`),
  );
}

function openServer<T extends LocalServer>(
  context: RunContext,
  ports: Ports,
  wish: Wish,
  start: (options: ServerOptions) => Promise<T>,
): Promise<T> {
  const { screen, supervisor, signal } = context;
  const { name } = wish;
  const onLine = logOf(context, name);
  return onPorts(ports, [wish], ({ port } = wish) => {
    signal.throwIfAborted();
    const work = () => supervisor.open(onDeath => start({ port, onDeath, onLine, signal }));
    return screen.step(name, work, () => `127.0.0.1:${port}`);
  });
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

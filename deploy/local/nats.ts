import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connectNats } from "@tallygate/kit";
import { limits } from "./limits.ts";
import { type LocalServer, type ServerOptions, startServer } from "./local-server.ts";
import { findProgram } from "./programs.ts";

export interface NatsOptions extends ServerOptions {
  /** Without them it takes everyone. */
  readonly keys?: NatsKeyFiles;
}

/** Of what `nats init` of central makes. */
export interface NatsKeyFiles {
  /** The server's part. */
  readonly configuration: string;
  /** What central signs on with; so do we, to see whether the server is ready. */
  readonly credentials: string;
}

/** NATS with JetStream, its streams in `dir`. */
export async function startNats({ keys, ...options }: NatsOptions = {}): Promise<LocalServer> {
  const command = await findProgram("nats-server");
  const kind = {
    name: "NATS",
    url: (port: number) => `nats://127.0.0.1:${port}`,
    prepare: async (dir: string, port: number) => {
      // Whoever tests a lost storage removes the whole directory.
      await mkdir(dir, { recursive: true });
      await writeFile(join(dir, "nats.conf"), configuration(dir, port, keys));
    },
    spec: (dir: string, port: number) => ({
      command,
      args: ["--config", join(dir, "nats.conf")],
      ready: () => answers(`nats://127.0.0.1:${port}`, keys),
    }),
  };
  return startServer(kind, options);
}

/**
 * Left to itself NATS takes three quarters of what is free on the disk for its limit, and then refuses a stream that may grow beyond
 * that. Each stream has a limit of its own; this one is only there to be above them.
 */
function configuration(dir: string, port: number, keys: NatsKeyFiles | undefined): string {
  // NATS takes what is included as relative to the file that includes it, also when it is not.
  const include = keys === undefined ? "" : `include ${JSON.stringify(relative(dir, keys.configuration))}\n`;
  return `${include}listen: "127.0.0.1:${port}"
jetstream {
  store_dir: ${JSON.stringify(dir)}
  max_memory_store: 256MB
  max_file_store: 64GB
}
`;
}

async function answers(url: string, keys: NatsKeyFiles | undefined): Promise<boolean> {
  const nats = { servers: [url], ...(keys && { credentials: keys.credentials }) };
  const connection = await connectNats(nats, { reconnect: false, timeout: limits.probeMs });
  try {
    const manager = await jetstreamManager(connection, { timeout: limits.probeMs });
    await manager.getAccountInfo();
    return true;
  } finally {
    await connection.close();
  }
}

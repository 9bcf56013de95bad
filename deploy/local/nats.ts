import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { limits } from "./limits.ts";
import { type LocalServer, type ServerOptions, startServer } from "./local-server.ts";
import { findProgram } from "./programs.ts";

/** NATS with JetStream, its streams in `dir`. */
export async function startNats(options: ServerOptions = {}): Promise<LocalServer> {
  const command = await findProgram("nats-server");
  const kind = {
    name: "NATS",
    url: (port: number) => `nats://127.0.0.1:${port}`,
    prepare: async (dir: string, port: number) => {
      // Whoever tests a lost storage removes the whole directory.
      await mkdir(dir, { recursive: true });
      await writeFile(join(dir, "nats.conf"), configuration(dir, port));
    },
    spec: (dir: string, port: number) => ({
      command,
      args: ["--config", join(dir, "nats.conf")],
      ready: () => answers(`nats://127.0.0.1:${port}`),
    }),
  };
  return startServer(kind, options);
}

/**
 * Left to itself NATS takes three quarters of what is free on the disk for its limit, and then refuses a stream that may grow beyond
 * that. Each stream has a limit of its own; this one is only there to be above them.
 */
function configuration(dir: string, port: number): string {
  return `listen: "127.0.0.1:${port}"
jetstream {
  store_dir: ${JSON.stringify(dir)}
  max_memory_store: 256MB
  max_file_store: 64GB
}
`;
}

async function answers(url: string): Promise<boolean> {
  const connection = await connect({ servers: url, reconnect: false, timeout: limits.probeMs });
  try {
    const manager = await jetstreamManager(connection, { timeout: limits.probeMs });
    await manager.getAccountInfo();
    return true;
  } finally {
    await connection.close();
  }
}

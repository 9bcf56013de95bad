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
    spec: (dir: string, port: number) => ({
      command,
      args: ["--addr", "127.0.0.1", "--port", String(port), "--jetstream", "--store_dir", dir],
      ready: () => answers(`nats://127.0.0.1:${port}`),
    }),
  };
  return startServer(kind, options);
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

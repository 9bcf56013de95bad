import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LocalServer, type ServerOptions, startServer } from "./local-server.ts";
import { findProgram } from "./programs.ts";

/** InfluxDB 1.x, without sign-in and without databases; the backup service takes a free port by itself. */
export async function startInflux(options: ServerOptions = {}): Promise<LocalServer> {
  const command = await findProgram("influxd");
  const kind = {
    name: "InfluxDB",
    url: (port: number) => `http://127.0.0.1:${port}`,
    prepare: (dir: string, port: number) => writeFile(join(dir, "influxdb.conf"), configuration(dir, port)),
    spec: (dir: string, port: number) => ({
      command,
      args: ["run", "-config", join(dir, "influxdb.conf")],
      ready: async (signal: AbortSignal) => (await fetch(`http://127.0.0.1:${port}/ping`, { signal })).status === 204,
    }),
  };
  return startServer(kind, options);
}

function configuration(dir: string, port: number): string {
  const path = (name: string) => JSON.stringify(join(dir, name));
  return `reporting-disabled = true
bind-address = "127.0.0.1:0"

[meta]
  dir = ${path("meta")}

[data]
  dir = ${path("data")}
  wal-dir = ${path("wal")}
  index-version = "tsi1"
  query-log-enabled = false

[monitor]
  store-enabled = false

[subscriber]
  enabled = false

[continuous_queries]
  enabled = false

[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false

[logging]
  level = "warn"
  suppress-logo = true
`;
}

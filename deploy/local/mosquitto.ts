import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { type LocalServer, type ServerOptions, startServer } from "./local-server.ts";
import { findProgram } from "./programs.ts";

/** The mosquitto broker, open to everybody on the loopback and without a memory: a reference for tests and benchmarks. */
export async function startMosquitto(options: ServerOptions = {}): Promise<LocalServer> {
  const command = await findProgram("mosquitto");
  const kind = {
    name: "mosquitto",
    url: (port: number) => `mqtt://127.0.0.1:${port}`,
    prepare: (dir: string, port: number) => writeFile(join(dir, "mosquitto.conf"), configuration(port)),
    spec: (dir: string, port: number) => ({
      command,
      args: ["-c", join(dir, "mosquitto.conf")],
      ready: (signal: AbortSignal) => answersConnect(port, signal),
    }),
  };
  return startServer(kind, options);
}

function configuration(port: number): string {
  // As root mosquitto changes to a user of its own, who may not read our directory; on the loopback it need not.
  return `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n${process.getuid?.() === 0 ? "user root\n" : ""}`;
}

/** CONNECT of MQTT 3.1.1 with a clean session and an empty client id; the answer must be a CONNACK that accepts. */
const connectPacket = Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 10, 0, 0]);
const connackHead = Buffer.from([0x20, 2, 0, 0]);

function answersConnect(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", signal });
    socket.once("error", reject);
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.write(connectPacket));
    socket.once("data", answer => {
      resolve(answer.equals(connackHead));
      socket.destroy();
    });
  });
}

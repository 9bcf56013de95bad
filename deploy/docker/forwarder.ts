import { connect, createServer, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";

/** Connections through one port at a time; what comes beyond is closed at once. */
const connectionsMax = 1000;

export interface ForwarderOptions {
  /** Addresses to listen on. */
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
}

/** Passes connections on to the same port of the loopback. Disposing it ends all of them. */
export async function openForwarder({ hosts, ports }: ForwarderOptions): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map(server => new Promise(done => server.close(done))));
  };
  try {
    for (const host of hosts) for (const port of ports) servers.push(await listen(host, port, sockets));
  } catch (cause) {
    await close();
    throw cause;
  }
  return { [Symbol.asyncDispose]: close };
}

function listen(host: string, port: number, sockets: Set<Socket>): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, incoming => join(incoming, port, sockets));
  server.maxConnections = connectionsMax;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

function join(incoming: Socket, port: number, sockets: Set<Socket>): void {
  const outgoing = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  for (const [socket, other] of [[incoming, outgoing] as const, [outgoing, incoming] as const]) {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.pipe(other);
    // A side that breaks takes the other one with it; a side that only ends still hears its answer.
    socket.on("error", () => other.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      if (!other.writableFinished) other.destroySoon();
    });
  }
}

/** The addresses under which other machines, or other containers, see this one. */
export function outsideAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? []);
  return all.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address);
}

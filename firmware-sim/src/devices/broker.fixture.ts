import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";

/** A broker that keeps what it has answered, and that can be told to answer late, or killed in the middle. */
export interface RecordingBroker extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Payloads by topic, in the order in which they were answered. */
  readonly answered: readonly {
    readonly topic: string;
    readonly payload: string;
    readonly clientId: string | undefined;
  }[];
  /** From now on so many are answered, and then none until it is started again. */
  answerOnly(count: number): void;
  /** Breaks all connections at once. What was not answered is forgotten. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function startRecordingBroker(): Promise<RecordingBroker> {
  const answered: { topic: string; payload: string; clientId: string | undefined }[] = [];
  let left = Number.POSITIVE_INFINITY;
  let aedes: Aedes | undefined;
  let server: Server | undefined;
  let port = 0;
  const sockets = new Set<Socket>();

  async function start(): Promise<void> {
    left = Number.POSITIVE_INFINITY;
    aedes = await Aedes.createBroker();
    // The hook runs before the PUBACK is written; one that never calls back is never answered.
    aedes.authorizePublish = (client, packet, done) => {
      if (left-- <= 0) return;
      answered.push({ topic: packet.topic, payload: packet.payload.toString(), clientId: client?.id });
      done(null);
    };
    const { handle } = aedes;
    server = createServer(socket => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      handle(socket);
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address === "object" && address !== null) port = address.port;
  }

  async function kill(): Promise<void> {
    for (const socket of sockets) socket.resetAndDestroy();
    const [oldServer, oldAedes] = [server, aedes];
    server = undefined;
    aedes = undefined;
    await new Promise<void>(resolve => (oldServer ? oldServer.close(() => resolve()) : resolve()));
    await new Promise<void>(resolve => (oldAedes ? oldAedes.close(() => resolve()) : resolve()));
  }

  await start();
  return {
    get port() {
      return port;
    },
    get url() {
      return `mqtt://127.0.0.1:${port}`;
    },
    answered,
    answerOnly(count) {
      left = count;
    },
    kill,
    start,
    [Symbol.asyncDispose]: kill,
  };
}

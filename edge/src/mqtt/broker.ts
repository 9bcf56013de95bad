import { createServer, type Server, type Socket } from "node:net";
import { formatHostPort, type HostPort, type Log } from "@tallygate/kit";
import {
  Aedes,
  type AedesOptions,
  type AuthenticateError,
  type Client,
  type PublishPacket,
  type Subscription,
} from "aedes";
import type { EdgeConfig } from "../config.ts";
import type { Intake, Settle, Tell } from "../drivers/intake.ts";
import { Access, type Grant, maySend, RefusalLog } from "./access.ts";
import { limits } from "./limits.ts";
import { cutPayload, PacketGuard } from "./packet-guard.ts";
import type { Routes } from "./routes.ts";

export interface BrokerOptions {
  readonly listen: HostPort;
  readonly anonymous: boolean;
  readonly users: EdgeConfig["mqtt"]["users"];
  readonly routes: Routes;
  readonly intake: Intake;
  readonly log: Log;
}

/** The site's MQTT broker. Disposing it closes its connections; what was not answered is sent again by the devices. */
export interface Broker extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** Clients and messages that were refused. */
  readonly refusals: number;
}

type Done = (error?: Error | null) => void;

/**
 * Opens the site's broker. Each PUBLISH waits in aedes' `authorizePublish`, the only hook that runs before its PUBACK, until the
 * commit; an error there closes the connection, and the client sends again. aedes reads a connection's next bytes only when all it
 * has read is answered, so a full inbox holds the devices back by itself.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const site = new SiteBroker(options);
  const aedes = await Aedes.createBroker(site.hooks());
  site.tell = ({ topic, payload }) =>
    aedes.publish(
      { cmd: "publish", topic, payload: Buffer.from(payload), qos: 0, dup: false, retain: false },
      () => undefined,
    );
  aedes.on("clientError", site.clientFailed);
  aedes.on("connectionError", site.clientFailed);
  const server = createServer(socket => site.connect(aedes, socket));
  server.maxConnections = limits.connectionsMax;
  server.on("drop", drop => site.tooMany(drop?.remoteAddress));
  try {
    await listen(server, options.listen);
  } catch (error) {
    await closeAedes(aedes);
    throw error;
  }
  server.on("error", err => options.log.error({ err }, "the MQTT broker could not take a connection"));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.listen.port,
    get connections() {
      return aedes.connectedClients;
    },
    get refusals() {
      return site.refusals;
    },
    [Symbol.asyncDispose]: () => close(server, aedes, site),
  };
}

class SiteBroker {
  readonly #options: BrokerOptions;
  readonly #access: Access;
  readonly #refusals: RefusalLog;
  readonly #grants = new WeakMap<Client, Grant>();
  readonly #sockets = new Set<Socket>();
  /** Set as soon as there is a broker. */
  tell: Tell | undefined;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#access = new Access(options);
    this.#refusals = new RefusalLog(options.log);
  }

  get refusals(): number {
    return this.#refusals.count;
  }

  hooks(): AedesOptions {
    return {
      connectTimeout: limits.connectMs,
      drainTimeout: limits.drainMs,
      maxInflightInbound: limits.inflightQos2Max,
      preConnect: (client, packet, done) => {
        // MQTT 3.1.1, 3.1.3.1: without an id there is no session to come back to.
        const nameless = packet.clientId === "" && packet.clean !== true;
        if (nameless) this.#refuse(client, "it gave no client id and wants a session that is kept");
        // No session is kept, which the CONNACK says: aedes would queue without a limit for those who are away. What a device
        // publishes is not concerned; it sends again by itself what was not answered.
        packet.clean = true;
        done(nameless ? new Error("identifier rejected") : null, !nameless);
      },
      authenticate: (client, username, password, done) => void this.#authenticate(client, username, password, done),
      authorizePublish: (client, packet, done) => this.#publish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => done(null, this.#subscription(client, subscription)),
    };
  }

  connect(aedes: Aedes, socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    guardReads(socket);
    aedes.handle(socket);
  }

  /** Connections that are not through their CONNECT yet are not known to aedes. */
  destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Most are devices that were switched off; the reason of a refusal was logged where it was refused. */
  readonly clientFailed = (client: Client, error: Error): void => {
    const unknownVersion = 1;
    if ("errorCode" in error && error.errorCode === unknownVersion) {
      this.#refuse(client, "it speaks a version of MQTT that is neither 3.1 nor 3.1.1: set it to 3.1.1");
    }
    this.#options.log.debug({ client: client.id, err: error }, "an MQTT connection ended");
  };

  tooMany(address: string | undefined): void {
    this.#refusals.refused("(not asked)", address, `there are ${limits.connectionsMax} connections already`);
  }

  async #authenticate(
    client: Client,
    username: string | undefined,
    password: Uint8Array | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): Promise<void> {
    const answer = await this.#access.check(username, password);
    if (answer.ok) {
      this.#grants.set(client, answer.grant);
      done(null, true);
      return;
    }
    this.#refuse(client, answer.reason);
    const serverUnavailable = 3;
    const badUserOrPassword = 4;
    const returnCode = answer.later ? serverUnavailable : badUserOrPassword;
    done(Object.assign(new Error(answer.reason), { returnCode }), null);
  }

  /** The hot path. `client` is null for a last will that is published after its client is long gone. */
  #publish(client: Client | null, packet: PublishPacket, done: Done): void {
    const { topic } = packet;
    // Nothing is kept for who subscribes later, so that no topic can fill the memory.
    packet.retain = false;
    const { routes, intake } = this.#options;
    const device = routes.find(topic);
    if (device === undefined) {
      if (topic.startsWith("$")) this.#refusePublish(client, topic, done);
      else this.#takeUnknown(topic, packet.payload, done);
      return;
    }
    const grant = client === null ? undefined : this.#grants.get(client);
    if (grant !== undefined && !maySend(grant, device)) {
      this.#refusePublish(client, topic, done);
      return;
    }
    const payload = bytesOf(packet.payload);
    const cut = cutPayload(payload);
    if (cut === undefined) intake.takeMessage(device, topic, payload, error => done(error), this.tell);
    else intake.takeOversize(device.id, topic, cut.head, cut.sizeBytes, done);
  }

  #takeUnknown(topic: string, payload: string | Buffer, settle: Settle): void {
    const bytes = bytesOf(payload);
    const cut = cutPayload(bytes);
    if (cut === undefined) this.#options.intake.takeUnknown(topic, bytes, settle);
    else this.#options.intake.takeOversize(undefined, topic, cut.head, cut.sizeBytes, settle);
  }

  #refusePublish(client: Client | null, topic: string, done: Done): void {
    const user = client === null ? undefined : this.#grants.get(client)?.user;
    const reason = `it published to ${topic}, which ${user === undefined ? "nobody may" : `the user ${user} may not`}`;
    this.#refuse(client, reason);
    done(new Error(reason));
  }

  #refuse(client: Client | null, reason: string): void {
    const address = client !== null && "remoteAddress" in client.conn ? client.conn.remoteAddress : undefined;
    this.#refusals.refused(client?.id ?? "(no id)", address, reason);
  }

  /** `null` refuses with a SUBACK of 0x80. */
  #subscription(client: Client, subscription: Subscription): Subscription | null {
    const own = subscriptionsOf(client);
    if (own >= limits.subscriptionsMax) {
      this.#refuse(client, `it subscribed to more than ${limits.subscriptionsMax} topics`);
      return null;
    }
    return subscription;
  }
}

function subscriptionsOf(client: Client): number {
  return "subscriptions" in client && typeof client.subscriptions === "object" && client.subscriptions !== null
    ? Object.keys(client.subscriptions).length
    : 0;
}

function bytesOf(payload: string | Buffer): Buffer {
  return typeof payload === "string" ? Buffer.from(payload) : payload;
}

/** aedes takes a connection's bytes by `read()`; this is the one place before its parser, which has no limit of its own. */
function guardReads(socket: Socket): void {
  const guard = new PacketGuard();
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    for (let chunk: unknown = read(size); Buffer.isBuffer(chunk); chunk = read(size)) {
      try {
        const bytes = guard.push(chunk);
        if (bytes.length > 0) return bytes;
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
        return null;
      }
    }
    return null;
  };
}

function listen(server: Server, { host, port }: HostPort): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) => {
      const address = formatHostPort({ host, port });
      const taken = `${address} is taken by another program; stop that one, or set mqtt.listen (TALLYGATE_MQTT__LISTEN) to another address`;
      if (cause.code === "EADDRINUSE") reject(Object.assign(new Error(taken), { code: cause.code }));
      else reject(new Error(`cannot listen on ${address} (mqtt.listen)`, { cause }));
    };
    server.once("error", refuse);
    server.listen({ host, port }, () => {
      server.off("error", refuse);
      resolve();
    });
  });
}

async function close(server: Server, aedes: Aedes, site: SiteBroker): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  await closeAedes(aedes);
  site.destroySockets();
  await closed;
}

function closeAedes(aedes: Aedes): Promise<void> {
  return new Promise(resolve => aedes.close(() => resolve()));
}

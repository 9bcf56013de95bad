import type { Socket } from "node:net";
import type { HostPort, Log } from "@tallygate/kit";
import {
  Aedes,
  type AedesOptions,
  type AuthenticateError,
  type Client,
  type PublishPacket,
  type Subscription,
} from "aedes";
import type { Intake, Settle, Tell } from "../drivers/intake.ts";
import { type Access, type Grant, maySend, RefusalLog } from "./access.ts";
import type { Mqtt, Rate } from "./config.ts";
import { guardReads } from "./guard-reads.ts";
import { limits } from "./limits.ts";
import { type Listener, listenPlain, listenTls, type Origin } from "./listeners.ts";
import { cutPayload } from "./packet-guard.ts";
import type { Routes } from "./routes.ts";

export interface BrokerOptions {
  readonly listen?: HostPort | undefined;
  readonly tls?: Mqtt["tls"];
  readonly rate?: Rate;
  readonly access: Access;
  readonly routes: Routes;
  readonly intake: Intake;
  readonly log: Log;
}

/** The site's MQTT broker. Disposing it closes its connections; what was not answered is sent again by the devices. */
export interface Broker extends AsyncDisposable {
  /** Where it listens without and with TLS. */
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
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
  const listeners: Listener[] = [];
  try {
    const take = (socket: Socket, from: Origin) => site.connect(aedes, socket, from);
    const { listen, tls, log } = options;
    const tooMany = (address: string | undefined) => site.tooMany(address);
    if (listen !== undefined) listeners.push(await listenPlain({ listen, take, tooMany, log }));
    if (tls !== undefined) listeners.push(await listenTls({ tls, take, tooMany, log }));
  } catch (error) {
    await close(listeners, aedes, site);
    throw error;
  }
  const portOf = (kind: Origin["kind"]) => listeners.find(each => each.kind === kind)?.port;
  return {
    port: portOf("plain"),
    tlsPort: portOf("tls"),
    get connections() {
      return aedes.connectedClients;
    },
    get refusals() {
      return site.refusals;
    },
    [Symbol.asyncDispose]: () => close(listeners, aedes, site),
  };
}

class SiteBroker {
  readonly #options: BrokerOptions;
  readonly #refusals: RefusalLog;
  readonly #grants = new WeakMap<Client, Grant>();
  readonly #sockets = new Set<Socket>();
  readonly #origins = new WeakMap<object, Origin>();
  /** Set as soon as there is a broker. */
  tell: Tell | undefined;

  constructor(options: BrokerOptions) {
    this.#options = options;
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

  connect(aedes: Aedes, socket: Socket, from: Origin): void {
    if (this.#sockets.size >= limits.connectionsMax) {
      this.tooMany(socket.remoteAddress);
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    guardReads(socket, this.#options.rate);
    this.#origins.set(socket, from);
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
    const { access } = this.#options;
    const { kind, name } = this.#origins.get(client.conn) ?? {};
    const proved = username === undefined && name !== undefined;
    // With TLS a client may come from anywhere, so nobody is anonymous there.
    const answer = proved ? access.named(name) : await access.check({ name: username, password }, kind !== "tls");
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
      else this.#takeUnknown(client, topic, packet.payload, done);
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

  #takeUnknown(client: Client | null, topic: string, payload: string | Buffer, settle: Settle): void {
    const bytes = bytesOf(payload);
    const cut = cutPayload(bytes);
    if (cut === undefined)
      this.#options.intake.takeUnknown(
        topic,
        bytes,
        settle,
        client === null ? undefined : this.#grants.get(client)?.user,
      );
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

async function close(listeners: readonly Listener[], aedes: Aedes, site: SiteBroker): Promise<void> {
  const closed = Promise.all(listeners.map(listener => listener.close()));
  await closeAedes(aedes);
  site.destroySockets();
  await closed;
}

function closeAedes(aedes: Aedes): Promise<void> {
  return new Promise(resolve => aedes.close(() => resolve()));
}

import { type Log, sentence } from "@tallygate/kit";
import { connect, type IPublishPacket, type MqttClient } from "mqtt";
import type { Intake, Tell } from "../drivers/intake.ts";
import type { Upstream } from "./config.ts";
import { limits } from "./limits.ts";
import type { Routes } from "./routes.ts";

export interface SubscriberOptions {
  readonly site: string;
  readonly upstream: Upstream;
  readonly routes: Routes;
  readonly intake: Intake;
  readonly log: Log;
}

/** The edge as a client of a broker that the site already has. */
export interface Subscriber extends AsyncDisposable {
  readonly state: "connected" | "failed";
  /** Why it is not connected. */
  readonly detail: string | undefined;
}

/**
 * Reads the devices' topics from an existing broker, in a session that the broker keeps while we are away. A message is answered
 * after its commit: until then `handleMessage` tells the library that it failed, so that no PUBACK goes out while the next message
 * is taken already, and the PUBACK is written here. What was not answered, the broker sends again after a break.
 */
export function openSubscriber(options: SubscriberOptions): Subscriber {
  const { upstream, site, routes, log } = options;
  const client = connect(upstream.url, {
    protocolVersion: 4,
    clientId: upstream.client_id ?? `tallygate-${site}`,
    clean: false,
    keepalive: upstream.keepalive_s,
    reconnectPeriod: limits.reconnectMs,
    connectTimeout: limits.reachMs,
    resubscribe: false,
    queueQoSZero: false,
    ...(upstream.user === undefined ? {} : { username: upstream.user }),
    ...(upstream.password === undefined ? {} : { password: upstream.password }),
  });
  const watch = watchConnection(client, log);
  client.handleMessage = (packet, done) => take(client, packet, options, done);
  client.on("connect", () => subscribe(client, routes.filters(), watch.failed));
  // Topics that were added; those that were taken away bring messages that no device is configured for until we connect again.
  const changes = routes.onChange(() => client.connected && subscribe(client, routes.filters(), watch.failed));
  return {
    get state() {
      return client.connected && watch.detail() === undefined ? "connected" : "failed";
    },
    get detail() {
      return watch.detail();
    },
    [Symbol.asyncDispose]: () => {
      changes[Symbol.dispose]();
      return client.endAsync(true);
    },
  };
}

/** The library takes the next message when `done` is called; an error in it means only that it writes no PUBACK. */
function take(client: MqttClient, packet: IPublishPacket, options: SubscriberOptions, done: (error?: Error) => void) {
  const { routes, intake } = options;
  const { stream } = client;
  const { topic, messageId, qos } = packet;
  const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
  const settle = (error?: Error) => {
    // On a new connection the broker has sent the message again, with an id of that connection.
    if (error === undefined && qos === 1 && messageId !== undefined && client.stream === stream && client.connected) {
      stream.write(puback(messageId));
    } else if (error !== undefined) stream.destroy();
  };
  const tell: Tell = command => client.publish(command.topic, Buffer.from(command.payload), { qos: 0 });
  const device = routes.find(topic);
  if (device === undefined) intake.takeUnknown(topic, payload.subarray(0, limits.messageBytesMax), settle);
  else if (payload.length <= limits.messageBytesMax) intake.takeMessage(device, topic, payload, settle, tell);
  else intake.takeOversize(device.id, topic, payload, payload.length, settle);
  if (intake.held === 0) done(answeredLater);
  else void intake.room().then(() => done(answeredLater));
}

const answeredLater = new Error("answered after the commit");

/** MQTT 3.1.1, 3.4. */
function puback(messageId: number): Buffer {
  return Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff]);
}

function subscribe(client: MqttClient, topics: readonly string[], failed: (detail: string | undefined) => void): void {
  // Also when the broker has kept the session: topics may have been added to the configuration.
  client.subscribe([...topics], { qos: 1 }, (error, granted) => {
    const refused = granted?.filter(({ qos }) => qos === 128).map(({ topic }) => topic) ?? [];
    if (error !== null) failed(`could not subscribe: ${sentence(error)}`);
    else if (refused.length > 0) failed(`the broker refuses the topics ${refused.join(", ")}`);
    else failed(undefined);
  });
}

/** One log line when the connection is lost, one when it is back; the tries between are no news. */
function watchConnection(client: MqttClient, log: Log) {
  let detail: string | undefined = "not connected yet";
  let told: string | undefined;
  const tell = (now: string | undefined) => {
    detail = now;
    if (now === told) return;
    told = now;
    if (now === undefined) log.info("reading from the MQTT broker");
    else log.warn({ detail: now }, "not reading from the MQTT broker; trying on");
  };
  client.on("error", error => tell(sentence(error)));
  client.on("offline", () => tell(detail ?? "the connection is lost"));
  client.on("close", () => {
    detail ??= "the connection is lost";
  });
  return { detail: () => detail, failed: tell };
}

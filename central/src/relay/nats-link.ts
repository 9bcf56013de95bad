import type { NatsConnection } from "@nats-io/transport-node";
import { connectNats, isOpenToNetwork, type NatsConfig } from "@tallygate/kit";
import type { Logger } from "pino";
import { relayLimits } from "./limits.ts";

/** The connection to NATS. It comes back by itself, for ever. */
export interface NatsLink extends AsyncDisposable {
  readonly nc: NatsConnection;
  /** Whether the servers can be reached now. */
  readonly connected: boolean;
  /** A number for this stretch of being connected, in which no message to us went by; undefined while there is none. */
  readonly hearing: number | undefined;
  /**
   * Publishes what a later message or an answer makes good when it is lost. While the servers cannot be reached it is dropped:
   * the client would keep it in memory, without end.
   */
  tell(subject: string, message: unknown): void;
}

/** Connects; throws when no server answers now. */
export async function openNatsLink({
  nats,
  name,
  log,
}: {
  readonly nats: NatsConfig;
  readonly name: string;
  readonly log: Pick<Logger, "info" | "warn">;
}): Promise<NatsLink> {
  if (isOpenToNetwork(nats)) {
    log.warn({ servers: nats.servers }, "NATS takes everyone who reaches it; let it ask for keys (nats.credentials)");
  }
  const nc = await connectNats(nats, {
    name,
    maxReconnectAttempts: -1,
    // A key that ended may be renewed any time.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: relayLimits.reconnectWaitMs,
    timeout: relayLimits.connectTimeoutMs,
    pingInterval: relayLimits.pingMs,
  });
  let stretch = 1;
  const link = {
    nc,
    connected: true,
    get hearing() {
      return link.connected ? stretch : undefined;
    },
    tell(subject: string, message: unknown) {
      if (link.connected) nc.publish(subject, JSON.stringify(message));
    },
    async [Symbol.asyncDispose]() {
      if (nc.isClosed()) return;
      // Draining tells the servers what is left; without them there is nobody to tell.
      await (link.connected ? nc.drain().catch(() => nc.close()) : nc.close());
    },
  };
  void watch();
  return link;

  async function watch(): Promise<void> {
    for await (const status of nc.status()) {
      if (status.type === "disconnect") {
        link.connected = false;
        stretch++;
        log.warn("the connection to NATS was lost; it is tried again until it is back");
      } else if (status.type === "reconnect") {
        link.connected = true;
        log.info({ server: nc.getServer() }, "NATS is back");
      }
    }
    link.connected = false;
  }
}

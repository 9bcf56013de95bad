import type { NatsConnection } from "@nats-io/transport-node";
import { backoff, connectNats, isOpenToNetwork, type Log, type NatsConfig, sentence, sleep } from "@tallygate/kit";
import { contractVersion, inboxPrefix, type SiteStatus, subjects } from "@tallygate/protocol";
import { limits } from "../limits.ts";
import type { Store } from "../store/store.ts";
import { MovementsDropped } from "./batches.ts";
import { Session, type Waits } from "./session.ts";

/** What the edge says of itself beside what the store and the uplink know. */
export type StatusParts = Pick<SiteStatus, "devices" | "alarms">;

export interface UplinkOptions {
  readonly store: Store;
  readonly nats: NatsConfig;
  readonly log: Log;
  readonly status: () => StatusParts;
  readonly now?: () => number;
  /** The centre confirmed movements or changed levels or catalogue, or the link changed: what pages show is out of date. */
  readonly onChange?: () => void;
  /** The centre told of items, levels or lists. */
  readonly onRefreshed?: () => void;
  /** Whether the site's lists count movements that the centre's count had not when it told them. */
  readonly listsAhead?: () => boolean;
  /** In place of the usual ones. */
  readonly waits?: Waits;
}

export type LinkState = "disconnected" | "greeting" | "sending";

export interface LinkStatus {
  readonly state: LinkState;
  readonly sinceMs: number;
  /** What is in the way, in a sentence, unless all is well. */
  readonly trouble: string | undefined;
  readonly alarms: readonly string[];
  readonly lastConfirmedMs: number | undefined;
}

/**
 * The way from the outbox to the centre, for ever.
 *
 * Modes: *disconnected* (connecting, with growing waits) → *greeting* (NATS answers; the centre is asked where it stands) → *sending*
 * (movements go out as they come, confirmations come in) → *greeting* (confirmations stay out, or publishing fails) or
 * *disconnected* (the connection ended). Only `#setState` changes the mode. The centre may be absent for days: what grows
 * meanwhile is the outbox on disk and nothing else.
 */
export class Uplink implements AsyncDisposable {
  readonly #options: UplinkOptions;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  readonly #alarms = new Map<string, string>();
  #running: Promise<void> | undefined;
  #session: Session | undefined;
  #state: LinkState = "disconnected";
  #sinceMs: number;
  #trouble: string | undefined;
  #lastConfirmedMs: number | undefined;

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#sinceMs = this.#now();
  }

  /** Begins; there is no first connection to wait for. */
  open(): this {
    const { nats, log } = this.#options;
    if (isOpenToNetwork(nats)) {
      log.warn(
        { servers: nats.servers },
        "NATS takes everyone who reaches it; give this site a key (nats.credentials)",
      );
    }
    this.#running ??= this.#run();
    return this;
  }

  /** Call after each commit with movements or with something counted or an exception: they go out at once if the link is there. */
  wake(): void {
    this.#session?.wake();
  }

  status(): LinkStatus {
    return {
      state: this.#state,
      sinceMs: this.#sinceMs,
      trouble: this.#trouble,
      alarms: [...this.#alarms.values()],
      lastConfirmedMs: this.#lastConfirmedMs,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let waits = backoff(limits.uplink.retry);
    while (!signal.aborted) {
      try {
        const connection = await this.#connectOrStop();
        if (connection === undefined) return;
        waits = backoff(limits.uplink.retry);
        await this.#serve(connection);
      } catch (error) {
        this.#say(error);
      }
      this.#setState("disconnected");
      await sleep(waits.next().value, signal);
    }
  }

  /** A server that does not answer is not waited for when the edge stops. */
  async #connectOrStop(): Promise<NatsConnection | undefined> {
    const { signal } = this.#stop;
    const stopped = Promise.withResolvers<undefined>();
    const stop = () => stopped.resolve(undefined);
    signal.addEventListener("abort", stop);
    try {
      const connecting = this.#connect();
      const connection = await Promise.race([connecting, stopped.promise]);
      if (connection === undefined) connecting.then(late => late.close()).catch(() => undefined);
      return connection;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #connect(): Promise<NatsConnection> {
    const { store, nats } = this.#options;
    return connectNats(nats, {
      name: `tallygate-edge-${store.site}`,
      inboxPrefix: inboxPrefix(store.site),
      timeout: limits.uplink.requestMs,
      pingInterval: limits.uplink.pingMs,
      maxPingOut: 2,
      // The connection is not asked to come back by itself: each one begins with a greeting.
      reconnect: false,
    });
  }

  async #serve(connection: NatsConnection): Promise<void> {
    const { store, log } = this.#options;
    log.info({ server: connection.getServer() }, "connected to NATS");
    const session = new Session({
      connection,
      store,
      now: this.#now,
      signal: this.#stop.signal,
      listsAhead: this.#options.listsAhead ?? (() => false),
      waits: this.#options.waits ?? limits.uplink,
      events: {
        greeting: () => this.#setState("greeting"),
        sending: () => this.#setState("sending"),
        confirmed: () => this.#confirmed(),
        progress: () => this.#alarms.delete("dropped"),
        trouble: error => {
          if (error instanceof MovementsDropped) this.#alarm("dropped", error.message);
          this.#say(error);
        },
        refreshed: () => {
          this.#alarms.delete("refresh");
          this.#options.onRefreshed?.();
        },
        refreshFailed: error =>
          this.#alarm("refresh", `stock, catalogue and lists are not up to date: ${sentence(error)}`),
        countedSent: () => this.#alarms.delete("counted"),
        countedFailed: error =>
          this.#alarm("counted", `what was counted does not reach the centre: ${sentence(error)}; it is kept here`),
        exceptionsSent: () => this.#alarms.delete("exceptions"),
        exceptionsFailed: error =>
          this.#alarm("exceptions", `exceptions do not reach the centre: ${sentence(error)}; they are kept here`),
        forked: ({ detail, reissued, epoch }) =>
          this.#alarm(
            `fork ${epoch}`,
            `the history of this site has two ends (was the machine put back to an earlier state?): ${detail}; ${reissued} movements were sent under a new epoch: count what was scanned without serial numbers`,
          ),
      },
    });
    this.#session = session;
    const timer = setInterval(() => this.#publishStatus(connection), limits.uplink.statusMs);
    this.#publishStatus(connection);
    try {
      await session.run();
    } finally {
      clearInterval(timer);
      this.#session = undefined;
    }
  }

  #publishStatus(connection: NatsConnection): void {
    if (connection.isClosed()) return;
    try {
      connection.publish(subjects.status(this.#options.store.site), JSON.stringify(this.#siteStatus()));
    } catch (error) {
      this.#options.log.warn({ err: error }, "the site's status could not be sent");
    }
  }

  #siteStatus(): SiteStatus {
    const { store, status } = this.#options;
    const { devices, alarms } = status();
    const { waiting, oldestWaitingMs } = store.backlog();
    return {
      v: contractVersion,
      site: store.site,
      timeMs: this.#now(),
      epoch: store.epoch.epoch,
      lastSeq: store.epoch.last,
      waiting,
      ...(oldestWaitingMs === undefined ? {} : { oldestWaitingMs }),
      exceptionsOpen: store.exceptionsOpen(),
      alarms: [...this.#alarms.values(), ...alarms].slice(0, 50).map(alarm => alarm.slice(0, 300)),
      devices,
    };
  }

  #confirmed(): void {
    this.#lastConfirmedMs = this.#now();
    this.#trouble = undefined;
    this.#options.onChange?.();
  }

  #setState(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#sinceMs = this.#now();
    this.#options.log.info({ state }, "the link to the centre changed");
    this.#options.onChange?.();
  }

  /** One line a new trouble, not one a try. */
  #say(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const trouble = sentence(error);
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.log.warn({ err: error }, "the link to the centre is in trouble");
    this.#options.onChange?.();
  }

  #alarm(name: string, alarm: string): void {
    if (this.#alarms.get(name) === alarm) return;
    this.#alarms.set(name, alarm);
    this.#options.log.error({ alarm: name }, alarm);
  }
}

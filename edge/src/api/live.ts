import { type EventClient, encodeEvent } from "@tallygate/kit";
import { limits } from "./limits.ts";

export const liveEvents = ["status", "movement", "device", "stock", "exception", "list"] as const;
export type LiveEvent = (typeof liveEvents)[number];

/**
 * Tells pages what has changed: a few times a second, each kind once, encoded once for all clients. Nobody listening costs nothing.
 */
export class Live implements Disposable {
  readonly #bodies: Readonly<Record<LiveEvent, () => unknown>>;
  readonly #clients = new Set<EventClient>();
  readonly #changed = new Set<LiveEvent>();
  #timer: NodeJS.Timeout | undefined;
  readonly #status: NodeJS.Timeout;

  /** @param bodies what is sent with each kind of event, made when it is sent */
  constructor(bodies: Readonly<Record<LiveEvent, () => unknown>>) {
    this.#bodies = bodies;
    this.#status = setInterval(() => this.changed("status", "device"), limits.statusMs);
    this.#status.unref();
  }

  get full(): boolean {
    return this.#clients.size >= limits.streamsMax;
  }

  get clients(): number {
    return this.#clients.size;
  }

  subscribe(client: EventClient): () => void {
    this.#clients.add(client);
    client.send(this.#encode("status"));
    return () => this.#clients.delete(client);
  }

  changed(...events: readonly LiveEvent[]): void {
    if (this.#clients.size === 0) return;
    for (const event of events) this.#changed.add(event);
    this.#timer ??= setTimeout(() => this.#tell(), limits.gatherMs);
  }

  #tell(): void {
    this.#timer = undefined;
    const events = liveEvents.filter(event => this.#changed.delete(event));
    for (const event of events) {
      const bytes = this.#encode(event);
      for (const client of this.#clients) client.send(bytes);
    }
  }

  #encode(event: LiveEvent): Uint8Array {
    return encodeEvent({ event, data: this.#bodies[event]() });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearInterval(this.#status);
    for (const client of [...this.#clients]) client.close();
  }
}

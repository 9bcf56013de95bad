import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { backoff, type Log, sentence, sleep } from "@tallygate/kit";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { limits } from "../limits.ts";
import type { Counts, MqttAccess } from "./device.ts";
import type { Link } from "./link.ts";

export interface ReaderLinkOptions {
  readonly clientId: string;
  readonly mqtt: MqttAccess;
  /** Messages kept until they are answered. When they are so many, `hasRoom()` is false and nothing is thrown away. */
  readonly bufferMax: number;
  /** Messages on their way at a time. */
  readonly inflightMax: number;
  /** Plain texts that a reader publishes about its own connection. */
  readonly presence?: Presence;
  readonly session?: NodeSession;
  readonly onUp?: () => void;
  readonly log: Log;
}

/** A protocol in which a connection begins with births, ends with a death, and numbers what goes over it. */
export interface NodeSession {
  readonly commandTopic: string;
  /** The last will of the next connection. */
  will(): BinaryMessage;
  goodbye(): BinaryMessage;
  births(): readonly BinaryMessage[];
  asksForBirths(command: Buffer): boolean;
  /** Makes a message of its text, at each sending anew. */
  encode(text: string): Buffer;
}

export interface BinaryMessage {
  readonly topic: string;
  readonly payload: Buffer;
}

export interface Presence {
  readonly topic: string;
  readonly connected: string;
  readonly disconnected: string;
  readonly lost: string;
}

interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly readings: number;
  sendings: number;
}

/**
 * A reader's way to its broker: QoS 1, at least once. Each message stays in the reader's own buffer until its PUBACK, and
 * is sent again, in order, over each new connection.
 *
 * Modes: *connecting* (waits, or tries), *up* (publishes what waits), *closed* (for good). Only `#live` changes them. Each
 * connection is a new client without memory: a client that reconnects by itself keeps a second buffer, and drops from it
 * what a connection that breaks during the replay had not taken.
 */
export class ReaderLink implements Link {
  readonly #options: ReaderLinkOptions;
  readonly #closing = new AbortController();
  readonly #events = new EventEmitter();
  /** All that is not answered, oldest first. */
  readonly #unanswered = new Set<Message>();
  /** What this connection has not sent yet, from `#at` on. */
  #waiting: Message[] = [];
  #at = 0;
  #inflight = 0;
  #client: MqttClient | undefined;
  readonly #living: Promise<void>;
  #made = 0;
  #sent = 0;
  #answered = 0;
  #resent = 0;
  #readings = 0;

  constructor(options: ReaderLinkOptions) {
    this.#options = options;
    this.#events.setMaxListeners(0);
    this.#living = this.#live();
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  hasRoom(): boolean {
    return this.#unanswered.size < this.#options.bufferMax;
  }

  send(topic: string, payload: string, readings: number): void {
    const message: Message = { topic, payload, readings, sendings: 0 };
    this.#made++;
    this.#readings += readings;
    this.#unanswered.add(message);
    if (this.#client === undefined) return;
    this.#waiting.push(message);
    this.#pump(this.#client);
  }

  counts(): Counts {
    return {
      made: this.#made,
      sent: this.#sent,
      answered: this.#answered,
      resent: this.#resent,
      pending: this.#unanswered.size,
      readings: this.#readings,
    };
  }

  async room(signal: AbortSignal): Promise<void> {
    await this.#until(() => this.hasRoom(), signal);
  }

  async settle(signal: AbortSignal): Promise<void> {
    await this.#until(() => this.#unanswered.size === 0, signal);
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    while (!isSo() && !either.aborted) {
      await once(this.#events, "answered", { signal: either }).catch(() => undefined);
    }
  }

  async #live(): Promise<void> {
    let waits = backoff({ minMs: limits.retryMinMs, maxMs: limits.retryMaxMs });
    while (!this.#closing.signal.aborted) {
      const wasUp = await this.#connection();
      if (wasUp) waits = backoff({ minMs: limits.retryMinMs, maxMs: limits.retryMaxMs });
      await sleep(waits.next().value, this.#closing.signal);
    }
  }

  /** One connection, from the try to its end. Tells whether it was up. */
  async #connection(): Promise<boolean> {
    const { log, mqtt, presence, onUp } = this.#options;
    const client = connect(this.#options.mqtt.url, this.#clientOptions());
    const ended = new AbortController();
    let wasUp = false;
    client.on("error", error => this.#complain(sentence(error)));
    client.on("close", () => ended.abort());
    client.on("connect", () => {
      wasUp = true;
      this.#client = client;
      this.#complaint = "";
      log.debug({ broker: mqtt.url, waiting: this.#unanswered.size }, "The reader has its broker.");
      if (presence) client.publish(presence.topic, presence.connected, { qos: 1 }, () => undefined);
      this.#beginSession(client);
      onUp?.();
      this.#inflight = 0;
      this.#waiting = [...this.#unanswered];
      this.#at = 0;
      this.#pump(client);
    });
    await aborted(ended.signal, this.#closing.signal);
    this.#client = undefined;
    await this.#end(client, wasUp && !ended.signal.aborted);
    return wasUp;
  }

  #beginSession(client: MqttClient): void {
    const { session } = this.#options;
    if (session === undefined) return;
    const bear = () => {
      for (const { topic, payload } of session.births()) client.publish(topic, payload, { qos: 1 }, () => undefined);
    };
    client.on("message", (_topic, command) => {
      if (this.#client === client && session.asksForBirths(command)) bear();
    });
    client.subscribe(session.commandTopic, { qos: 1 }, () => undefined);
    bear();
  }

  /** Once for each reason, not for each try. */
  #complaint = "";
  #complain(text: string): void {
    if (text === this.#complaint) return;
    this.#complaint = text;
    this.#options.log.warn(
      { broker: this.#options.mqtt.url },
      `The reader has no broker and keeps what it hears: ${text}`,
    );
  }

  #clientOptions(): IClientOptions {
    const { clientId, mqtt, presence, session } = this.#options;
    return {
      clientId,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: limits.connectTimeoutMs,
      keepalive: limits.keepaliveS,
      protocolVersion: 4,
      ...(mqtt.username === undefined ? {} : { username: mqtt.username }),
      ...(mqtt.password === undefined ? {} : { password: mqtt.password }),
      ...(mqtt.ca_file === undefined ? {} : { ca: readFileSync(mqtt.ca_file) }),
      ...(presence
        ? { will: { topic: presence.topic, payload: Buffer.from(presence.lost), qos: 1, retain: false } }
        : {}),
      ...(session ? { will: { ...session.will(), qos: 1, retain: false } } : {}),
    };
  }

  #pump(client: MqttClient): void {
    while (this.#client === client && this.#inflight < this.#options.inflightMax) {
      const message = this.#waiting[this.#at];
      if (message === undefined) {
        this.#waiting = [];
        this.#at = 0;
        return;
      }
      this.#at++;
      this.#publish(client, message);
    }
  }

  #publish(client: MqttClient, message: Message): void {
    this.#inflight++;
    this.#sent++;
    if (message.sendings++ > 0) this.#resent++;
    const payload = this.#options.session?.encode(message.payload) ?? message.payload;
    client.publish(message.topic, payload, { qos: 1 }, error => {
      // A broken connection calls back with an error, or never; without an error it was the PUBACK.
      if (!error && this.#unanswered.delete(message)) {
        this.#answered++;
        this.#events.emit("answered");
      }
      if (this.#client !== client) return;
      this.#inflight--;
      this.#pump(client);
    });
  }

  /** With a word of goodbye, the broker keeps the will to itself. */
  async #end(client: MqttClient, isPolite: boolean): Promise<void> {
    const { presence, session } = this.#options;
    const last = session?.goodbye() ?? (presence && { topic: presence.topic, payload: presence.disconnected });
    if (isPolite && last) {
      const told = client.publishAsync(last.topic, last.payload, { qos: 1 }).catch(() => undefined);
      await Promise.race([told, sleep(limits.goodbyeMs)]);
    }
    const ended = new Promise<void>(resolve => client.end(!isPolite, () => resolve()));
    await Promise.race([ended, sleep(limits.goodbyeMs)]);
    client.end(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#living;
  }
}

/** Resolves when one of the signals has aborted. */
function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise(resolve => {
    const any = AbortSignal.any([...signals]);
    if (any.aborted) resolve();
    else any.addEventListener("abort", () => resolve(), { once: true });
  });
}

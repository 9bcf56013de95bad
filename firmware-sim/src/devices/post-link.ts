import { EventEmitter, once } from "node:events";
import { backoff, type Log, sentence, sleep } from "@tallygate/kit";
import { z } from "zod";
import { limits } from "../limits.ts";
import type { Counts } from "./device.ts";
import type { Link } from "./link.ts";

export const HttpAccess = z
  .strictObject({
    url: z
      .string()
      .regex(/^https?:\/\/[^\s/]+$/, "http://host:port or https://host:port")
      .meta({ description: "The edge's listener for readers.", example: "http://127.0.0.1:8090" }),
    user: z.string().min(1).max(128).optional(),
    password: z.string().max(256).optional().meta({ description: "Without a user, it goes as a bearer token." }),
  })
  .refine(({ user, password }) => user === undefined || password !== undefined, "names a user without a password")
  .meta({ description: "Posts to /readers/ID/events instead of publishing over MQTT." });
export type HttpAccess = z.infer<typeof HttpAccess>;

export interface PostLinkOptions {
  readonly device: string;
  readonly http: HttpAccess;
  /** Messages kept until they are answered. */
  readonly bufferMax: number;
  readonly log: Log;
}

interface Message {
  readonly payload: string;
  readonly readings: number;
}

/** A reader that posts: one message after another, each again until it is answered with 200. */
export class PostLink implements Link {
  readonly #options: PostLinkOptions;
  readonly #closing = new AbortController();
  readonly #events = new EventEmitter();
  /** All that is not answered, oldest first. */
  readonly #unanswered = new Set<Message>();
  readonly #posting: Promise<void>;
  #isUp = false;
  #complaint = "";
  #made = 0;
  #sent = 0;
  #answered = 0;
  #resent = 0;
  #readings = 0;

  constructor(options: PostLinkOptions) {
    this.#options = options;
    this.#events.setMaxListeners(0);
    this.#posting = this.#postAll();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  hasRoom(): boolean {
    return this.#unanswered.size < this.#options.bufferMax;
  }

  send(_topic: string, payload: string, readings: number): void {
    this.#made++;
    this.#readings += readings;
    this.#unanswered.add({ payload, readings });
    this.#events.emit("made");
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
    await this.#until("answered", () => this.hasRoom(), signal);
  }

  async settle(signal: AbortSignal): Promise<void> {
    await this.#until("answered", () => this.#unanswered.size === 0, signal);
  }

  async #until(event: "answered" | "made", isSo: () => boolean, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    while (!isSo() && !either.aborted) {
      await once(this.#events, event, { signal: either }).catch(() => undefined);
    }
  }

  async #postAll(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const [message] = this.#unanswered;
      if (message === undefined) await this.#until("made", () => this.#unanswered.size > 0, signal);
      else if (await this.#postUntilAnswered(message)) {
        this.#unanswered.delete(message);
        this.#answered++;
        this.#events.emit("answered");
      }
    }
  }

  /** False only when the reader goes. */
  async #postUntilAnswered(message: Message): Promise<boolean> {
    const { signal } = this.#closing;
    const waits = backoff({ minMs: limits.retryMinMs, maxMs: limits.retryMaxMs });
    for (let sendings = 0; !signal.aborted; sendings++) {
      this.#sent++;
      if (sendings > 0) this.#resent++;
      const fault = await this.#post(message);
      this.#isUp = fault === undefined;
      if (fault === undefined) return true;
      this.#complain(fault);
      await sleep(waits.next().value, signal);
    }
    return false;
  }

  /** What was wrong, or nothing at 200. */
  async #post({ payload }: Message): Promise<string | undefined> {
    const { http, device } = this.#options;
    try {
      const response = await fetch(`${http.url}/readers/${device}/events`, {
        method: "POST",
        headers: { "content-type": "application/json", ...authorization(http) },
        body: payload,
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(limits.postMs)]),
      });
      // Read to its end, so that the connection is used again.
      await response.arrayBuffer();
      return response.status === 200 ? undefined : `The answer was ${response.status}.`;
    } catch (error) {
      return sentence(error instanceof Error && error.cause !== undefined ? error.cause : error);
    }
  }

  /** Once for each reason, not for each try. */
  #complain(text: string): void {
    if (text === this.#complaint || this.#closing.signal.aborted) return;
    this.#complaint = text;
    const { http, log } = this.#options;
    log.warn({ listener: http.url }, `The reader has no answer and keeps what it hears: ${text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#posting;
  }
}

function authorization({ user, password }: HttpAccess): Readonly<Record<string, string>> {
  if (password === undefined) return {};
  if (user === undefined) return { authorization: `Bearer ${password}` };
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

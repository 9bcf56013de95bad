import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { sentence } from "@tallygate/kit";
import type { AddressGuard } from "./address.ts";

/** What became of one request to a target. */
export type Sent =
  | { readonly ok: true; readonly status: number }
  | {
      readonly ok: false;
      readonly status: number | undefined;
      readonly reason: string;
      /** `refused`: it answers, and does not want this event. `down`: nothing is known to be wrong with the event. `gone`: 410, it wants nothing any more. */
      readonly kind: "refused" | "down" | "gone";
    };

export interface Sending {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SenderOptions {
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  readonly connectionsMax: number;
  readonly userAgent: string;
  /** All addresses of a name. Given in tests. */
  readonly resolve?: ((name: string) => Promise<readonly LookupAddress[]>) | undefined;
}

/** What is read of an answer's body, and how long, so that its connection can be used again. Nobody looks at it. */
const drainBytesMax = 16 * 1024;
const drainMs = 1_000;

/** Statuses by which a target says that it will take the same request later. */
const laterStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Sends requests to one webhook's target over connections of its own. A name is resolved for each connection, and the connection goes
 * to an address that was checked: there is no second look-up that could answer otherwise. Redirects are never followed.
 */
export class Sender implements Disposable {
  readonly #options: SenderOptions;
  readonly #agents: { readonly "http:": http.Agent; readonly "https:": https.Agent };

  constructor(options: SenderOptions) {
    this.#options = options;
    const kept = { keepAlive: true, maxSockets: options.connectionsMax, maxFreeSockets: options.connectionsMax };
    this.#agents = { "http:": new http.Agent(kept), "https:": new https.Agent(kept) };
  }

  [Symbol.dispose](): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** Never throws: whatever happens is the target's. */
  async send(sending: Sending): Promise<Sent> {
    const { guard, timeoutMs } = this.#options;
    const url = guard.read(sending.url);
    if (!url.ok) return { ok: false, status: undefined, reason: url.problem.detail, kind: "down" };
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      return judge(await this.#request(url.value, sending, deadline));
    } catch (error) {
      const reason = deadline.aborted ? `no answer within ${timeoutMs / 1000} s` : sentence(error);
      return { ok: false, status: undefined, reason, kind: "down" };
    }
  }

  #request(url: URL, { headers, body }: Sending, signal: AbortSignal): Promise<http.IncomingMessage> {
    const { userAgent } = this.#options;
    const bytes = Buffer.from(body);
    const isTls = url.protocol === "https:";
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const request = (isTls ? https : http).request(url, {
      method: "POST",
      agent: isTls ? this.#agents["https:"] : this.#agents["http:"],
      lookup: this.#lookup,
      signal,
      maxHeaderSize: drainBytesMax,
      headers: {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "content-length": bytes.length,
        "user-agent": userAgent,
        ...headers,
      },
    });
    request.on("response", response => {
      resolve(response);
      drain(response);
    });
    // Once the status is known, what fails afterwards is of no interest.
    request.on("error", reject);
    request.end(bytes);
    return promise;
  }

  /** Addresses of literal hosts are checked with the URL; Node asks here for names only. */
  readonly #lookup: LookupFunction = (name, options, callback) => {
    const { guard, resolve = resolveAll } = this.#options;
    resolve(name).then(
      found => {
        const permitted = found.filter(({ address }) => guard.permits(address));
        const [first] = permitted;
        if (first === undefined) callback(new Error(`${name} has no address that webhooks may be sent to`), "", 4);
        else if (options.all === true) callback(null, [...permitted]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, "", 4),
    );
  };
}

function resolveAll(name: string): Promise<readonly LookupAddress[]> {
  return lookup(name, { all: true });
}

/** Reads what is left of an answer, within bounds; a connection that has more to say is closed. */
function drain(response: http.IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => response.destroy(), drainMs);
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > drainBytesMax) response.destroy();
  });
  response.on("error", () => undefined);
  response.on("close", () => clearTimeout(timer));
}

function judge({ statusCode = 0 }: http.IncomingMessage): Sent {
  if (statusCode >= 200 && statusCode < 300) return { ok: true, status: statusCode };
  const failed = (kind: "refused" | "down" | "gone", reason: string) =>
    ({ ok: false, status: statusCode, reason, kind }) as const;
  if (statusCode === 410) return failed("gone", "answered 410: it wants no more events");
  if (statusCode >= 300 && statusCode < 400)
    return failed("down", `answered ${statusCode}: redirects are not followed; give the address that it leads to`);
  const isRefusal = statusCode >= 400 && statusCode < 500 && !laterStatuses.has(statusCode);
  return failed(isRefusal ? "refused" : "down", `answered ${statusCode}`);
}

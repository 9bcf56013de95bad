import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createMetrics } from "@tallygate/kit";
import type { CloudEvent } from "@tallygate/protocol";
import { insertWebhook } from "../../db/events/webhooks.ts";
import type { TestDatabase } from "../../db/testing.ts";
import { transaction } from "../../db/transaction.ts";
import { newReservationId } from "../../reservations/id.ts";
import type { Head } from "../head.ts";
import { createEventMetrics } from "../metrics.ts";
import { log } from "../testing.ts";
import { createAddressGuard } from "./address.ts";
import { Deliverer, type DelivererOptions } from "./deliverer.ts";
import { Sender, type SenderOptions } from "./send.ts";
import { newSecret } from "./sign.ts";

/** One request that a target got. */
export interface Got {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly event: CloudEvent;
}

/** How a target answers; by default with 204. */
export type Answering = (got: Got, response: ServerResponse) => void;

/** A real HTTP server on the loopback that gets webhooks. */
export class TestTarget implements AsyncDisposable {
  readonly got: Got[] = [];
  answer: Answering = (_, response) => response.writeHead(204).end();
  #server: Server | undefined;
  port = 0;

  static async open(answer?: Answering): Promise<TestTarget> {
    const target = new TestTarget();
    if (answer !== undefined) target.answer = answer;
    await target.start();
    return target;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Numbers in the order in which they came. */
  get sequences(): number[] {
    return this.got.map(({ event }) => Number(event.sequence));
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#take(request, response));
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(this.port, "127.0.0.1", resolve);
    await promise;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the target has no port");
    this.port = address.port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    server.closeAllConnections();
    await promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    request.setEncoding("utf8");
    try {
      for await (const chunk of request) body += chunk;
    } catch {
      return; // The sender has left.
    }
    const got = { headers: request.headers, body, event: JSON.parse(body) as CloudEvent };
    this.got.push(got);
    this.answer(got, response);
  }
}

export async function addTestWebhook(
  { pool }: Pick<TestDatabase, "pool">,
  hook: { readonly url: string; readonly types?: readonly string[]; readonly sites?: readonly string[] },
): Promise<{ readonly id: string; readonly secret: string }> {
  const [id, secret] = [newReservationId(), newSecret()];
  await transaction(pool, client =>
    insertWebhook(client, {
      id,
      secret,
      url: hook.url,
      description: null,
      types: hook.types ?? null,
      sites: hook.sites ?? null,
    }),
  );
  return { id, secret };
}

/** Delivers to one webhook as a process does, with short waits. */
export function openTestDeliverer(
  { pool }: Pick<TestDatabase, "pool">,
  head: Head,
  id: string,
  more: Partial<DelivererOptions> & Partial<SenderOptions> = {},
): AsyncDisposable {
  const sender = new Sender({
    guard: createAddressGuard({ allowHttp: true, networks: ["127.0.0.0/8"] }),
    timeoutMs: 5_000,
    connectionsMax: 12,
    userAgent: "Tallygate/test",
    ...more,
  });
  const deliverer = new Deliverer({
    id,
    pool,
    head,
    sender,
    source: "urn:tallygate:test",
    deadAfterMs: 60_000,
    triesMax: 1_000,
    metrics: createEventMetrics(createMetrics()),
    log,
    waits: { retry: { minMs: 10, maxMs: 50 }, down: { minMs: 10, maxMs: 50 }, idleMs: 20 },
    ...more,
  });
  return {
    async [Symbol.asyncDispose]() {
      await deliverer[Symbol.asyncDispose]();
      sender[Symbol.dispose]();
    },
  };
}

/** Whether a request is signed with the secret, computed apart from the code under test. */
export function isSigned({ headers, body }: Got, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const wanted = `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(wanted);
}

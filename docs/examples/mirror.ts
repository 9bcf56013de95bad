import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { type ConsumerInfo, jetstream } from "@nats-io/jetstream";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { isAuthentic } from "./verify-webhook.ts";

/** A level as events and the API tell it. */
export interface Level {
  readonly on_hand: number;
  readonly reserved: number;
  readonly blocked: number;
}

/** As much of an event as a mirror of stock needs. */
export interface StockEvent {
  readonly type: string;
  readonly sequence: string;
  readonly data: unknown;
}

interface StockChanged extends Level {
  readonly sku: string;
  readonly site: string;
  readonly places: readonly (Level & { readonly place: string })[];
}

/**
 * A shop's own copy of the stock, kept by events alone. They may come twice, late and out of order, from NATS, a webhook and the feed at
 * once: what an event tells is absolute, and only a newer number replaces what is known.
 */
export class Mirror {
  readonly #places = new Map<string, { readonly sequence: string; readonly level: Level }>();
  readonly #totals = new Map<string, { readonly sequence: string; readonly level: Level }>();

  /** Takes an event of any type, and any number of times. */
  take({ type, sequence, data }: StockEvent): void {
    if (type !== "io.tallygate.stock.changed.v1") return;
    const { sku, site, places, ...total } = data as StockChanged;
    keep(this.#totals, `${site} ${sku}`, sequence, total);
    for (const { place, ...level } of places) keep(this.#places, `${site} ${place} ${sku}`, sequence, level);
  }

  /** By `site place sku`; levels at which nothing is are left out. */
  places(): Map<string, Level> {
    return shown(this.#places);
  }

  /** By `site sku`. */
  totals(): Map<string, Level> {
    return shown(this.#totals);
  }
}

function keep(map: Map<string, { sequence: string; level: Level }>, key: string, sequence: string, level: Level): void {
  const known = map.get(key);
  // Numbers have leading zeros, so texts are ordered as they are.
  if (known !== undefined && known.sequence >= sequence) return;
  const { on_hand, reserved, blocked } = level;
  map.set(key, { sequence, level: { on_hand, reserved, blocked } });
}

function shown(map: ReadonlyMap<string, { readonly level: Level }>): Map<string, Level> {
  const levels = [...map].map(([key, { level }]) => [key, level] as const);
  const some = levels.filter(([, { on_hand, reserved, blocked }]) => on_hand !== 0 || reserved !== 0 || blocked !== 0);
  return new Map(some.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Follows the stream from its beginning until the connection is closed. */
export async function followNats(mirror: Mirror, nc: NatsConnection): Promise<void> {
  const consumer = await jetstream(nc).consumers.get("TALLYGATE_EVENTS", {
    filter_subjects: "tallygate.events.stock.changed.*",
  });
  for await (const message of await consumer.consume()) mirror.take(message.json<StockEvent>());
}

/**
 * Follows durable consumers by a key that the command reader-key made; `took` is told of each event. One that is not acknowledged, as its
 * reader stopped before, comes again.
 */
export async function followAsReader(
  mirror: Mirror,
  nc: NatsConnection,
  names: readonly string[],
  took: (event: StockEvent) => void = () => undefined,
): Promise<void> {
  const { consumers } = jetstream(nc);
  const follow = async (name: string) => {
    const consumer = consumers.getConsumerFromInfo(infoOf(name));
    for await (const message of await consumer.consume()) {
      const event = message.json<StockEvent>();
      mirror.take(event);
      took(event);
      message.ack();
    }
  };
  await Promise.all(names.map(follow));
}

/** As much as is needed to fetch from a consumer: such a key may not ask for the rest. */
function infoOf(name: string): ConsumerInfo {
  return { stream_name: "TALLYGATE_EVENTS", name, config: { ack_policy: "explicit" } } as ConsumerInfo;
}

/** Catches up over HTTP from behind a number, and gives the number to go on from: what the stream no longer has comes from here. */
export async function catchUp(
  mirror: Mirror,
  { url, headers = {} }: { readonly url: string; readonly headers?: Record<string, string> },
  after: number,
): Promise<number> {
  for (let position = after; ; ) {
    const response = await fetch(`${url}/v1/events?after=${position}&type=stock.changed&limit=500`, { headers });
    if (!response.ok) throw new Error(`the feed answered ${response.status}: ${await response.text()}`);
    const { items, next_after, more } = (await response.json()) as {
      items: StockEvent[];
      next_after: number;
      more: boolean;
    };
    for (const event of items) mirror.take(event);
    position = next_after;
    if (!more) return position;
  }
}

/** Listens for a webhook. Whatever is not signed with the secret is refused; a success is answered once the event is taken. */
export async function listenForWebhook(
  mirror: Mirror,
  secret: () => string,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    if (!isAuthentic(headers, body, secret())) {
      response.writeHead(401).end();
      return;
    }
    mirror.take(JSON.parse(body) as StockEvent);
    response.writeHead(204).end();
  });
  await new Promise<void>(resolve => server.listen(port, host, resolve));
  return server;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

// node docs/examples/mirror.ts nats://127.0.0.1:4222 shop.creds shop: writes a line for each event that this key may read.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [servers, file = "", ...names] = process.argv.slice(2);
  if (servers === undefined || names.length === 0) throw new Error("write mirror.ts SERVER CREDENTIALS CONSUMER …");
  const authenticator = credsAuthenticator(readFileSync(file));
  // A reader hears answers on subjects of its own name alone, which its consumers' names begin with.
  const inboxPrefix = `_INBOX.${names[0]?.split("_")[0]}`;
  const nc = await connect({ servers, authenticator, inboxPrefix });
  await followAsReader(new Mirror(), nc, names, event => process.stdout.write(`${JSON.stringify(event)}\n`));
}

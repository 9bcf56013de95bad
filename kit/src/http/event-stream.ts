import type { Context } from "hono";
import { limits } from "../limits.ts";
import { serverOf } from "./server-bindings.ts";

/** One server-sent event; `data` goes out as JSON. An `id` comes back as `Last-Event-ID` after a break. */
export interface ServerEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data: unknown;
}

/** One reader of an event stream. */
export interface EventClient {
  readonly lastEventId: string | undefined;
  /** Aborts when the client is gone, was dropped, or the server stops. */
  readonly signal: AbortSignal;
  /** False once the client is gone. Events for many clients are encoded once, with `encodeEvent`. */
  send(event: ServerEvent | Uint8Array): boolean;
  /** Ends the stream; a browser opens it again. */
  close(): void;
}

export interface EventStreamOptions {
  readonly heartbeatMs?: number;
  readonly bufferMaxBytes?: number;
}

/**
 * Answers with server-sent events. `subscribe` gets the client and returns what ends the subscription; that is called once, however the
 * stream ends. A client that leaves more than the buffer unread is dropped: a slow reader costs the others nothing.
 * What is sent in one go must fit the buffer too, so large snapshots belong in a request of their own.
 */
export function eventStream(
  c: Context,
  subscribe: (client: EventClient) => () => void,
  options: EventStreamOptions = {},
): Response {
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    // Proxies such as nginx hold back what they may buffer.
    "x-accel-buffering": "no",
  };
  if (c.req.raw.method === "HEAD") return c.body(null, 200, headers);
  return c.body(openStream(c, subscribe, options), 200, headers);
}

const encoder = new TextEncoder();

/** The bytes of one event on the wire. */
export function encodeEvent({ event, id, data }: ServerEvent): Uint8Array {
  const lines = [
    ...(id === undefined ? [] : [`id: ${oneLine(id)}`]),
    ...(event === undefined ? [] : [`event: ${oneLine(event)}`]),
    `data: ${JSON.stringify(data) ?? "null"}`,
  ];
  return encoder.encode(`${lines.join("\n")}\n\n`);
}

/** A line break would end the field and begin another one. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]/g, " ");
}

function openStream(
  c: Context,
  subscribe: (client: EventClient) => () => void,
  { heartbeatMs = limits.eventHeartbeatMs, bufferMaxBytes = limits.eventBufferMaxBytes }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const { closing, outgoing } = serverOf(c);
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const end = () => {
      if (gone.signal.aborted) return;
      gone.abort();
      controller.close();
    };
    const drop = () => {
      end();
      // What is buffered will never be read: without this the connection would wait for it for ever.
      outgoing?.destroy();
    };
    const write = (bytes: Uint8Array) => {
      if (gone.signal.aborted) return false;
      controller.enqueue(bytes);
      if ((controller.desiredSize ?? 0) <= 0) drop();
      return !gone.signal.aborted;
    };
    write(encoder.encode(`retry: ${limits.eventRetryMs}\n\n`));
    const unsubscribe = subscribe({
      lastEventId: c.req.header("last-event-id"),
      signal: gone.signal,
      send: event => write(event instanceof Uint8Array ? event : encodeEvent(event)),
      close: end,
    });
    const heartbeat = setInterval(() => write(encoder.encode(":\n\n")), heartbeatMs);
    heartbeat.unref();
    const finish = () => {
      clearInterval(heartbeat);
      closing?.removeEventListener("abort", end);
      unsubscribe();
    };
    if (gone.signal.aborted) finish();
    else gone.signal.addEventListener("abort", finish, { once: true });
    closing?.addEventListener("abort", end, { once: true });
    if (closing?.aborted) end();
  };
  const cancel = () => gone.abort();
  return new ReadableStream({ start, cancel }, new ByteLengthQueuingStrategy({ highWaterMark: bufferMaxBytes }));
}

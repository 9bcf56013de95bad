import { createConnection } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type EventClient, type EventStreamOptions, encodeEvent, eventStream } from "./event-stream.ts";
import { type HttpServer, listenHttp } from "./listen-http.ts";
import { emptyApi } from "./testing.ts";

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

async function serve(options?: EventStreamOptions) {
  const clients = new Set<EventClient>();
  const unsubscribed = vi.fn();
  const app = emptyApi();
  app.get("/stream", c =>
    eventStream(
      c,
      client => {
        clients.add(client);
        return () => {
          clients.delete(client);
          unsubscribed();
        };
      },
      options,
    ),
  );
  app.get("/broken", c =>
    eventStream(c, () => {
      throw new Error("no source");
    }),
  );
  const server = await listenHttp(app, { host: "127.0.0.1", port: 0 });
  servers.push(server);
  const joined = (count: number) => vi.waitFor(() => expect(clients.size).toBe(count), { timeout: 5_000, interval: 5 });
  const broadcast = (data: unknown) => [...clients].map(client => client.send({ data }));
  return { server, clients, unsubscribed, joined, broadcast, url: `${server.url}/stream` };
}

/** Reads a stream until its text has what is waited for. */
function reader(answer: Response) {
  const body = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) {
      const next = await body?.read();
      if (!next || next.done) throw new Error(`the stream ended without ${wanted}: ${text}`);
      text += next.value;
    }
    return text;
  };
  const end = async () => {
    for (let next = await body?.read(); next && !next.done; next = await body?.read()) text += next.value;
    return text;
  };
  return { until, end };
}

describe("one client", () => {
  test("gets events as they are sent, with the head at once", async () => {
    const { url, clients, joined } = await serve();
    const answer = await fetch(url);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    await joined(1);
    const { until } = reader(answer);
    const [client] = clients;
    expect(client?.send({ id: "7", event: "stock", data: { sku: "a\nb" } })).toBe(true);
    expect(await until('"a')).toBe('retry: 2000\n\nid: 7\nevent: stock\ndata: {"sku":"a\\nb"}\n\n');
  });

  test("its last event id comes with it", async () => {
    const { url, clients, joined } = await serve();
    await fetch(url, { headers: { "last-event-id": "lyon:3:41" } });
    await joined(1);
    expect([...clients].map(client => client.lastEventId)).toEqual(["lyon:3:41"]);
  });

  test("a silent stream has heartbeats", async () => {
    const { url } = await serve({ heartbeatMs: 10 });
    await reader(await fetch(url)).until(":\n\n:\n\n:\n\n");
  });

  test("leaving ends its subscription, once", async () => {
    const { url, clients, joined, unsubscribed } = await serve();
    const abort = new AbortController();
    await fetch(url, { signal: abort.signal });
    await joined(1);
    const [client] = clients;
    abort.abort();
    await joined(0);
    expect(client?.signal.aborted).toBe(true);
    expect(client?.send({ data: 1 })).toBe(false);
    client?.close();
    expect(unsubscribed).toHaveBeenCalledOnce();
  });

  test("closing from our side ends the stream in order", async () => {
    const { url, clients, joined, unsubscribed } = await serve();
    const answer = await fetch(url);
    await joined(1);
    for (const client of clients) {
      client.send({ data: "last" });
      client.close();
    }
    expect(await reader(answer).end()).toContain('data: "last"\n\n');
    expect(unsubscribed).toHaveBeenCalledOnce();
  });

  test("asking for the head alone subscribes nobody", async () => {
    const { url, clients } = await serve();
    const answer = await fetch(url, { method: "HEAD" });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    expect(clients.size).toBe(0);
  });

  test("a source that fails at once is a problem, not a broken stream", async () => {
    const { server } = await serve();
    expect((await fetch(`${server.url}/broken`)).status).toBe(500);
  });
});

describe("many clients", () => {
  test("one that does not read is dropped, while another gets everything", async () => {
    const complaints = vi.spyOn(console, "error");
    const { server, url, joined, broadcast, clients } = await serve({ bufferMaxBytes: 64 * 1024 });
    const lazy = createConnection(server.port, "127.0.0.1").pause();
    lazy.on("error", () => {});
    lazy.write("GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await joined(1);
    const eager = reader(await fetch(url));
    await joined(2);
    // More than the kernel's socket buffers hold, in pieces that the reader takes one by one.
    const piece = "x".repeat(32 * 1024);
    let sent = 0;
    for (; clients.size === 2 && sent < 2_000; sent++) {
      broadcast(`${piece} number ${sent}.`);
      await eager.until(`number ${sent}.`);
    }
    expect(clients.size).toBe(1);
    expect(sent).toBeLessThan(2_000);
    broadcast("afterwards");
    await eager.until("afterwards");
    expect(complaints).not.toHaveBeenCalled();
    // What it finds when it reads at last is a cut stream: the buffer was thrown away, not kept for it.
    let found = "";
    lazy.on("data", chunk => {
      found = (found + chunk).slice(-5);
    });
    const cut = new Promise(resolve => lazy.once("close", resolve));
    lazy.resume();
    await cut;
    expect(found).not.toBe("0\r\n\r\n");
  });

  test("stopping the server ends all streams at once and without a warning", async () => {
    const warnings = vi.fn();
    process.on("warning", warnings);
    const { server, url, joined } = await serve();
    const readers = (await Promise.all(Array.from({ length: 20 }, () => fetch(url)))).map(reader);
    await joined(20);
    await server[Symbol.asyncDispose]();
    // One that is cut after the grace, instead of being ended, fails here.
    await Promise.all(readers.map(({ end }) => end()));
    await joined(0);
    process.off("warning", warnings);
    expect(warnings).not.toHaveBeenCalled();
  });
});

test("nothing in an event's name or id can begin another field", () => {
  const bytes = encodeEvent({ id: "1\ndata: forged", event: "a\r\nid: 9", data: "text\n\ndata: forged" });
  expect(new TextDecoder().decode(bytes)).toBe(
    'id: 1 data: forged\nevent: a  id: 9\ndata: "text\\n\\ndata: forged"\n\n',
  );
  expect(new TextDecoder().decode(encodeEvent({ data: undefined }))).toBe("data: null\n\n");
});

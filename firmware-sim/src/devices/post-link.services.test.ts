import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { createLog } from "@tallygate/kit";
import { expect, test, vi } from "vitest";
import { openSimulation } from "../simulation.ts";
import { PostLink } from "./post-link.ts";

const log = createLog("sim", "silent");

interface Post {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
  readonly status: number;
}

/** A listener whose answers a test chooses; 0 breaks the connection instead. */
async function startListener(answer: (body: string, earlier: number) => number = () => 200) {
  const posts: Post[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const status = answer(body, posts.filter(post => post.body === body).length);
    posts.push({ url: request.url, authorization: request.headers.authorization, body, status });
    if (status === 0) request.socket.destroy();
    else response.writeHead(status).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    taken: () => posts.filter(({ status }) => status === 200).map(({ body }) => body),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => String(number));

test("each message is posted again until it is answered with 200, and none before those that came first", async () => {
  const troubles = new Map([
    ["3", [503, 0, 429]],
    ["4", [0]],
    ["7", [413]],
  ]);
  await using listener = await startListener((body, earlier) => troubles.get(body)?.[earlier] ?? 200);
  await using link = new PostLink({ device: "dock-1", http: { url: listener.url }, bufferMax: 100, log });
  for (const number of upTo(10)) link.send("", number, 1);
  await link.settle(AbortSignal.timeout(10_000));
  expect(listener.taken()).toEqual(upTo(10));
  expect(link.counts()).toEqual({ made: 10, sent: 15, answered: 10, resent: 5, pending: 0, readings: 10 });
});

test.each([
  [{}, undefined],
  [{ user: "dock", password: "päss" }, `Basic ${Buffer.from("dock:päss").toString("base64")}`],
  [{ password: "token" }, "Bearer token"],
])("a reader with %o says who it is", async (credentials, authorization) => {
  await using listener = await startListener();
  const http = { url: listener.url, ...credentials };
  await using link = new PostLink({ device: "dock-1", http, bufferMax: 100, log });
  link.send("", "{}", 1);
  await link.settle(AbortSignal.timeout(10_000));
  expect(listener.posts).toMatchObject([{ url: "/readers/dock-1/events", authorization }]);
});

test("a full buffer has no room until something is answered, and a reader that goes waits for nothing", async () => {
  let isOpen = false;
  await using listener = await startListener(() => (isOpen ? 200 : 503));
  await using link = new PostLink({ device: "dock-1", http: { url: listener.url }, bufferMax: 1, log });
  link.send("", "1", 1);
  expect(link.hasRoom()).toBe(false);
  await vi.waitFor(() => expect(link.counts().resent).toBeGreaterThan(0));
  isOpen = true;
  await link.room(AbortSignal.timeout(10_000));
  expect(link.hasRoom()).toBe(true);
  isOpen = false;
  link.send("", "2", 1);
  await link[Symbol.asyncDispose]();
  expect(link.counts()).toMatchObject({ pending: 1, answered: 1 });
});

test.each(["zebra-iotc", "impinj-iot", "json"] as const)("a gate of %s posts all that it heard", async driver => {
  await using listener = await startListener((body, earlier) => (earlier === 0 && body.includes("5") ? 503 : 200));
  const gate = { driver, id: "dock-1", topic: "lyon/dock-1", from: "supplier", to: "dock-1" } as const;
  const device = { ...gate, http: { url: listener.url } };
  const pallets = { count: 1, pieces: [3, 3] as const };
  const site = { pallets, devices: [{ ...device, radio: { read_rate: 0.1 } }] };
  await using simulation = openSimulation({ speed: 50_000, sites: { lyon: site } }, { settleMs: 30_000 });
  const truth = await simulation.run();
  expect(truth.isSettled).toBe(true);
  expect(truth.totals.readings).toBeGreaterThan(2);
  expect(truth.totals.resent).toBeGreaterThan(0);
  expect(listener.taken()).toHaveLength(truth.totals.made);
});

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { parentPort, Worker, workerData } from "node:worker_threads";

/** Requests over kept-alive connections, each with one under way at a time. Bodies are given as text, so that sending costs little. */
export interface HttpLoad {
  readonly port: number;
  /** The n-th request goes to the path with the number n, from the beginning again when they are used up; so do the bodies. */
  readonly paths: readonly string[];
  readonly connections: number;
  /** Without any, what is there is got; with some, they are posted. */
  readonly bodies: readonly string[];
  readonly requests: number;
  /**
   * Requests are due at this rate, and each latency is counted from when its request was due: an answer that comes late makes those
   * behind it late too. Without it, each connection sends as soon as it has its answer.
   */
  readonly perSecond?: number;
  /** Lines that each request's head has besides, each with its end. */
  readonly headers?: string;
  /** Whether each request gets an `Idempotency-Key` of its own. */
  readonly keys: boolean;
}

export interface HttpLoadResult {
  readonly seconds: number;
  readonly latenciesMs: Float64Array;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Runs the load in a thread of its own, so that the one who measures is not who is measured. */
export async function httpLoad(load: HttpLoad): Promise<HttpLoadResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: load });
  const [result] = await once(worker, "message");
  await worker.terminate();
  return result;
}

async function run(load: HttpLoad): Promise<HttpLoadResult> {
  const state = { next: 0, latenciesMs: new Float64Array(load.requests), statuses: {} };
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load.port)));
  const started = performance.now();
  await Promise.all(sockets.map(socket => lane(socket, load, state, started)));
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  const { latenciesMs, statuses } = state;
  return { seconds, latenciesMs, statuses };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

interface State {
  next: number;
  readonly latenciesMs: Float64Array;
  readonly statuses: Record<string, number>;
}

/** Sends the next request as soon as the one before is answered, until none is left. */
function lane(socket: Socket, load: HttpLoad, state: State, startedMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const posts = load.bodies.length > 0;
  const host = `host: 127.0.0.1:${load.port}\r\n${load.headers ?? ""}`;
  let current = 0;
  let sentMs = 0;
  let received = "";
  const send = () => {
    if (state.next >= load.requests) return resolve();
    current = state.next++;
    const dueMs = load.perSecond === undefined ? 0 : startedMs + (current / load.perSecond) * 1000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) return void setTimeout(write, waitMs, dueMs);
    return write(load.perSecond === undefined ? performance.now() : dueMs);
  };
  const write = (fromMs: number) => {
    const path = load.paths[current % load.paths.length] ?? "/";
    const key = load.keys ? `idempotency-key: ${crypto.randomUUID()}\r\n` : "";
    sentMs = fromMs;
    if (!posts) return void socket.write(`GET ${path} HTTP/1.1\r\n${host}\r\n`);
    const body = load.bodies[current % load.bodies.length] ?? "";
    const type = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
    return void socket.write(`POST ${path} HTTP/1.1\r\n${host}${key}${type}\r\n${body}`);
  };
  socket.setEncoding("latin1");
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("the server closed a connection")));
  socket.on("data", (chunk: string) => {
    received += chunk;
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
    if (Number.isNaN(length)) return reject(new Error(`an answer without a length: ${received.slice(0, 300)}`));
    if (received.length < end + 4 + length) return;
    state.latenciesMs[current] = performance.now() - sentMs;
    const status = received.slice(9, 12);
    state.statuses[status] = (state.statuses[status] ?? 0) + 1;
    received = "";
    send();
  });
  send();
  return promise.finally(() => socket.removeAllListeners("close"));
}

if (parentPort !== null) parentPort.postMessage(await run(workerData));

import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { errorCode } from "../error.ts";
import { limits } from "../limits.ts";
import { formatHostPort, type HostPort } from "../listen.ts";
import type { Log } from "../log.ts";
import { problemBody, problemMediaType } from "./problem.ts";
import type { ServerBindings } from "./server-bindings.ts";

export { type ServerBindings, setField } from "./server-bindings.ts";

export interface HttpApp {
  fetch(request: Request, env: object): Response | Promise<Response>;
}

export interface ListenHttpOptions {
  /** The configuration key of the address, for the sentence when it is taken. */
  readonly setting?: string;
  readonly connectionsMax?: number;
  /** How long requests under way may take to finish when the server stops. */
  readonly stopGraceMs?: number;
  /** Gets what fails in the server itself while it listens, such as too many open files; without it that ends the process. */
  readonly log?: Log;
}

/** A server that listens. Disposing it ends event streams, lets requests under way finish for a moment, and cuts the rest. */
export interface HttpServer extends AsyncDisposable {
  readonly host: string;
  /** The real one, where port 0 was asked for. */
  readonly port: number;
  readonly url: string;
}

/** Resolves once the port is bound; throws with a sentence that names the setting where it cannot be. */
export async function listenHttp(app: HttpApp, listen: HostPort, options: ListenHttpOptions = {}): Promise<HttpServer> {
  const { setting = "http.listen", connectionsMax = limits.httpConnectionsMax, log } = options;
  const stopGraceMs = options.stopGraceMs ?? limits.httpStopGraceMs;
  const closing = new AbortController();
  const bindings: ServerBindings = { closing: closing.signal };
  const server = createServer(
    getRequestListener((request, env) => app.fetch(request, Object.assign(env, bindings)), {
      errorHandler: unreadable,
    }),
  );
  server.maxConnections = connectionsMax;
  await bind(server, listen, setting);
  if (log) server.on("error", err => log.error({ err }, "the HTTP server could not take a connection"));
  const { host } = listen;
  const port = boundPort(server) ?? listen.port;
  return {
    host,
    port,
    url: `http://${formatHostPort({ host, port })}`,
    [Symbol.asyncDispose]: () => close(server, closing, stopGraceMs),
  };
}

function bind(server: Server, { host, port }: HostPort, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: Error) => reject(cannotListen(cause, { host, port }, setting));
    server.once("error", refuse);
    server.listen({ host, port }, () => {
      server.off("error", refuse);
      resolve();
    });
  });
}

function cannotListen(cause: Error, listen: HostPort, setting: string): Error {
  const address = formatHostPort(listen);
  const variable = `TALLYGATE_${setting.toUpperCase().replaceAll(".", "__")}`;
  if (errorCode(cause) !== "EADDRINUSE") return new Error(`cannot listen on ${address} (${setting})`, { cause });
  // Without the cause: the sentence says it all. The code stays, for whoever tries the next port.
  const sentence = `${address} is taken by another program; stop that one, or set ${setting} (${variable}) to another address`;
  return Object.assign(new Error(sentence), { code: "EADDRINUSE" });
}

function boundPort(server: Server): number | undefined {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : undefined;
}

/** What is refused before any route: a target or host that makes no URL. */
function unreadable(): Response {
  const problem = { code: "request.invalid", detail: "The request's target or host makes no valid URL." } as const;
  const body = JSON.stringify(problemBody(problem, 400));
  return new Response(body, { status: 400, headers: { "content-type": problemMediaType } });
}

async function close(server: Server, closing: AbortController, graceMs: number): Promise<void> {
  if (closing.signal.aborted || !server.listening) return;
  closing.abort();
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  // A kept-alive connection that falls idle while the server stops would hold it open until its timeout.
  const sweep = setInterval(() => server.closeIdleConnections(), limits.httpStopSweepMs);
  await closed;
  clearTimeout(cut);
  clearInterval(sweep);
}

import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { formatHostPort, type HostPort, type Log, sentence } from "@tallygate/kit";
import type { Mqtt } from "./config.ts";
import { limits } from "./limits.ts";

/** How a connection came. */
export interface Origin {
  readonly kind: "plain" | "tls";
  /** The common name of the certificate that the client showed and that an authority of the site's made. */
  readonly name?: string | undefined;
}

export interface Listener {
  readonly kind: Origin["kind"];
  readonly port: number;
  close(): Promise<void>;
}

interface ListenerOptions {
  readonly take: (socket: Socket, from: Origin) => void;
  readonly tooMany: (address: string | undefined) => void;
  readonly log: Log;
}

export async function listenPlain(options: ListenerOptions & { readonly listen: HostPort }): Promise<Listener> {
  const server = createServer(socket => options.take(socket, { kind: "plain" }));
  const port = await listen(server, options.listen, "mqtt.listen", options);
  return { kind: "plain", port, close: () => closeServer(server) };
}

/**
 * Listens with TLS 1.2 or 1.3. The files are looked at again and again: a certificate that was renewed is used for new connections,
 * one that cannot be read leaves the old one in use.
 */
export async function listenTls(
  options: ListenerOptions & { readonly tls: NonNullable<Mqtt["tls"]> },
): Promise<Listener> {
  const { tls, take, log } = options;
  const server = createTlsServer({
    ...readFiles(tls),
    minVersion: "TLSv1.2",
    handshakeTimeout: limits.connectMs,
    ...(tls.ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true }),
  });
  server.on("secureConnection", socket => take(socket, { kind: "tls", name: nameOf(socket) }));
  server.on("tlsClientError", (err, socket) => {
    log.debug({ err, address: socket.remoteAddress }, "a TLS handshake failed");
    socket.destroy();
  });
  const port = await listen(server, tls.listen, "mqtt.tls.listen", options);
  const reload = () => {
    try {
      server.setSecureContext(readFiles(tls));
      log.info({ cert: tls.cert }, "the broker's certificate was read again");
    } catch (error) {
      log.error({ cert: tls.cert, reason: sentence(error) }, "the broker's new certificate is not used");
    }
  };
  const files = [tls.cert, tls.key, ...(tls.ca === undefined ? [] : [tls.ca])];
  for (const file of files) watchFile(file, { interval: limits.certificateMs, persistent: false }, reload);
  const close = () => {
    for (const file of files) unwatchFile(file, reload);
    return closeServer(server);
  };
  return { kind: "tls", port, close };
}

function readFiles({ cert, key, ca }: NonNullable<Mqtt["tls"]>) {
  return {
    cert: readSetting(cert, "mqtt.tls.cert"),
    key: readSetting(key, "mqtt.tls.key"),
    ...(ca === undefined ? {} : { ca: readSetting(ca, "mqtt.tls.ca") }),
  };
}

function readSetting(file: string, setting: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`cannot read ${file} (${setting}): ${sentence(cause)}`, { cause });
  }
}

/** Only of a certificate that was asked for, and that is good: the server is told to refuse any other. */
function nameOf(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const name: unknown = subject?.CN;
  return typeof name === "string" && name !== "" ? name : undefined;
}

function listen(server: Server, { host, port }: HostPort, setting: string, options: ListenerOptions): Promise<number> {
  server.maxConnections = limits.connectionsMax;
  server.on("drop", drop => options.tooMany(drop?.remoteAddress));
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) => {
      const address = formatHostPort({ host, port });
      const variable = `TALLYGATE_${setting.toUpperCase().replaceAll(".", "__")}`;
      const taken = `${address} is taken by another program; stop that one, or set ${setting} (${variable}) to another address`;
      if (cause.code === "EADDRINUSE") reject(Object.assign(new Error(taken), { code: cause.code }));
      else reject(new Error(`cannot listen on ${address} (${setting})`, { cause }));
    };
    server.once("error", refuse);
    server.listen({ host, port }, () => {
      server.off("error", refuse);
      server.on("error", err => options.log.error({ err }, "the MQTT broker could not take a connection"));
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => server.close(() => resolve()));
}

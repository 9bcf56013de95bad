import { readFileSync } from "node:fs";
import {
  type Authenticator,
  AuthorizationError,
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from "@nats-io/transport-node";
import { z } from "zod";
import { isLoopback } from "./listen.ts";

/** Where NATS is and who we are there; the edge and central say it alike. */
export const NatsConfig = z.strictObject({
  servers: z
    .array(z.string().min(1))
    .min(1)
    .default(["nats://127.0.0.1:4222"])
    .meta({ description: "NATS servers with JetStream; any of them is used." }),
  credentials: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .meta({ description: "File with the key to sign on with. Without it the servers must take everyone." }),
});
export type NatsConfig = z.infer<typeof NatsConfig>;

/** The servers do not take us for who we say we are, or want to know who we are. */
export class NatsRefused extends Error {
  override readonly name = "NatsRefused";
}

/**
 * Connects, and signs on with the credentials, if there are any. They are read anew at each sign-on, so that a renewed file is taken without
 * a restart. Throws {@link NatsRefused} when the servers refuse them.
 */
export async function connectNats(
  { servers, credentials }: NatsConfig,
  options: Omit<NodeConnectionOptions, "servers" | "authenticator">,
): Promise<NatsConnection> {
  const authenticator = credentials === undefined ? undefined : signOnWith(credentials);
  try {
    // Otherwise each request keeps two stack traces for the case that it fails, which costs more than the request itself.
    const settings = { ...options, servers: [...servers], noAsyncTraces: true };
    return await connect({ ...settings, ...(authenticator && { authenticator }) });
  } catch (cause) {
    if (!(cause instanceof AuthorizationError)) throw cause;
    throw new NatsRefused(
      credentials === undefined
        ? "NATS wants to know who signs on: name a file with a key in nats.credentials"
        : `NATS refuses the key in ${credentials} (nats.credentials): it has ended, was revoked or is for other servers`,
      { cause },
    );
  }
}

/**
 * Whether anybody who reaches the servers over the network may say what he likes: they are not on this machine alone, and we sign on
 * without a key.
 */
export function isOpenToNetwork({ servers, credentials }: NatsConfig): boolean {
  return credentials === undefined && servers.some(server => !isLoopback(hostOf(server)));
}

/** Reads the file at once, as only here a fault in it can be thrown to the caller. */
function signOnWith(file: string): Authenticator {
  let known = read(file);
  return nonce => {
    try {
      known = read(file);
    } catch {
      // It is being written just now, or was taken away: what was good until now is still the best there is.
    }
    return known(nonce);
  };
}

function read(file: string): Authenticator {
  const text = readFileSync(file);
  const authenticator = credsAuthenticator(text);
  try {
    authenticator("");
  } catch (cause) {
    throw new Error(`${file} (nats.credentials) holds no credentials of NATS`, { cause });
  }
  return authenticator;
}

/** Of `nats://host:4222`, `host:4222` or `[::1]:4222`. */
function hostOf(server: string): string {
  const url = server.includes("://") ? server : `nats://${server}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : server;
}

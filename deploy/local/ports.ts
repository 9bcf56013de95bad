import { createServer } from "node:net";
import { limits } from "./limits.ts";

/**
 * Below the range from which systems take the ports of outgoing connections (32768 and up on Linux, 49152 on macOS). A
 * server that is killed so finds its port again when it is restarted.
 */
const lowest = 15_000;
const highest = 32_000;

/** Somebody else listens where a server of ours was told to. */
export class PortTaken extends Error {
  readonly port: number;
  constructor(name: string, port: number) {
    super(`${name} cannot start: port ${port} of 127.0.0.1 is taken by another process.`);
    this.name = "PortTaken";
    this.port = port;
  }
}

/** Whether a server could listen on this port of the loopback now. */
export function isPortFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A port of the loopback on which nobody listens, chosen by chance. */
export async function freePort(): Promise<number> {
  const start = lowest + Math.floor(Math.random() * (highest - lowest));
  return portFrom(start);
}

/** The first port from `start` upwards on which nobody listens and that is not among `except`. */
export async function portFrom(start: number, except: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = start; port < start + limits.portTriesMax; port++) {
    if (!except.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`No free port among ${start} to ${start + limits.portTriesMax - 1} of 127.0.0.1.`);
}

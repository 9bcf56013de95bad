import { createServer } from "node:net";
import { errorCode } from "@tallygate/kit";
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

/** Whether nobody listens on this port now. A port that we may not use at all counts as free: its server says that better. */
export function isPortFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once("error", fault => resolve(errorCode(fault) !== "EADDRINUSE"));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A port of the loopback on which nobody listens, chosen by chance. */
export async function freePort(): Promise<number> {
  const start = lowest + Math.floor(Math.random() * (highest - lowest));
  return portFrom(start);
}

/** The first port from `start` upwards on which nobody listens and that is not among `except`. */
export async function portFrom(start: number, except: ReadonlySet<number> = new Set(), host?: string): Promise<number> {
  const end = Math.min(start + limits.portTriesMax, 65_536);
  for (let port = start; port < end; port++) {
    if (!except.has(port) && (await isPortFree(port, host))) return port;
  }
  throw new Error(`No port from ${start} to ${end - 1} is free: other programs have them all.`);
}

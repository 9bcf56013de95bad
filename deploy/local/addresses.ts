import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { limits } from "./limits.ts";
import { isPortFree, portFrom } from "./ports.ts";

/** An address that something of the run listens at. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Wish extends Address {
  /** Who listens there: "central", "lyon". */
  readonly name: string;
  /** Where a person would change it: "http.listen in central.yaml". */
  readonly setting: string;
}

const Listening = z.looseObject({
  http: z.looseObject({ listen: z.string().optional() }).optional(),
  mqtt: z.looseObject({ listen: z.string().optional() }).optional(),
});

/** What a configuration file says about an address; the standard where it says nothing that we understand. */
export function wishOf(name: string, file: string, server: "http" | "mqtt", standard: number): Wish {
  const read = Listening.safeParse(parse(readFileSync(file, "utf8")));
  const text = read.success ? read.data[server]?.listen : undefined;
  const [, host = "127.0.0.1", port = String(standard)] = /^(.+):(\d{1,5})$/.exec(text ?? "") ?? [];
  return { name, host, port: Number(port), setting: `${server}.listen in ${basename(file)}` };
}

/** Gives out the addresses of a run, each once. */
export class Ports {
  readonly #say: (text: string) => void;
  readonly #wished: ReadonlySet<number>;
  readonly #given = new Set<number>();

  /** `wishes` are all that will ever be asked for: who must give way does not take what another one wants. */
  constructor(wishes: readonly Wish[], say: (text: string) => void) {
    this.#say = say;
    this.#wished = new Set(wishes.map(({ port }) => port));
  }

  /** The wish itself, or, where the port is taken, the same host with the next free one, which is said. */
  async claim({ name, host, port: wanted, setting }: Wish): Promise<Address> {
    const isFree = !this.#given.has(wanted) && (await isPortFree(wanted, host));
    const port = isFree ? wanted : await portFrom(wanted + 1, this.#wished.union(this.#given), host);
    this.#given.add(port);
    if (!isFree) this.#say(`Port ${wanted} (${setting}) is taken; ${name} takes ${port} this time.`);
    return { host, port };
  }
}

/**
 * Starts something on the addresses that it wishes for. When that fails because somebody else was quicker to a port, it is tried again
 * with the next ones.
 */
export async function onPorts<T>(
  ports: Ports,
  wishes: readonly Wish[],
  start: (...addresses: readonly Address[]) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const addresses: Address[] = [];
    for (const wish of wishes) addresses.push(await ports.claim(wish));
    try {
      return await start(...addresses);
    } catch (cause) {
      const free = await Promise.all(addresses.map(({ host, port }) => isPortFree(port, host)));
      if (tries === limits.startTriesMax || free.every(Boolean)) throw cause;
    }
  }
}

/** "127.0.0.1:8080", as configuration files have it. */
export function formatAddress({ host, port }: Address): string {
  return `${host}:${port}`;
}

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
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

/**
 * Finds the address for each wish: its own, or, where the port is taken, the same host with the next free one, which is
 * said. The answer is a look-up by the wish.
 */
export async function settle(wishes: readonly Wish[], say: (text: string) => void): Promise<(wish: Wish) => Address> {
  const spokenFor = new Set(wishes.map(({ port }) => port));
  const given = new Set<number>();
  const settled = new Map<Wish, Address>();
  for (const wish of wishes) {
    const { name, host, port: wanted, setting } = wish;
    const isFree = !given.has(wanted) && (await isPortFree(wanted, host));
    const port = isFree ? wanted : await portFrom(wanted + 1, spokenFor, host);
    given.add(port);
    spokenFor.add(port);
    settled.set(wish, { host, port });
    if (port !== wanted) say(`Port ${wanted} (${setting}) is taken; ${name} takes ${port} this time.`);
  }
  return wish => settled.get(wish) ?? wish;
}

/** "127.0.0.1:8080", as configuration files have it. */
export function formatAddress({ host, port }: Address): string {
  return `${host}:${port}`;
}

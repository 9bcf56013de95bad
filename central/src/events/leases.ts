import { sleep } from "@tallygate/kit";
import pg from "pg";
import type { Logger } from "pino";
import { endLease, tryLease } from "../db/events/leases.ts";
import { connectionOptions } from "../db/pool.ts";
import { centralLimits } from "../limits.ts";
import { eventLimits } from "./limits.ts";

/** Something that one process of all does at a time. */
export interface Duty {
  readonly name: string;
  readonly leaseClass: number;
  readonly key: number;
  /** Begins it; what it returns is disposed of before the duty is given up. */
  readonly begin: () => AsyncDisposable;
}

export interface LeasesOptions {
  readonly url: string;
  readonly log: Pick<Logger, "info" | "warn">;
  /** What there is to do; asked for at each beat. */
  readonly duties: () => Promise<readonly Duty[]>;
  readonly everyMs?: number;
}

/**
 * This process's duties among those that one process of all has. A duty is held by an advisory lock on one connection of its own, so
 * it ends with the connection, however the process ends. At each beat the process begins what nobody does, and ends what is there no
 * more. For a moment two processes may believe to have the same duty; each duty is harmless then, by what it locks in its transactions.
 */
export class Leases implements AsyncDisposable {
  readonly #options: LeasesOptions;
  readonly #stop = new AbortController();
  readonly #held = new Map<string, { readonly duty: Duty; readonly work: AsyncDisposable }>();
  readonly #running: Promise<void>;
  #woken = new AbortController();
  #client: pg.Client | undefined;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  get names(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** What there is to do has changed. */
  wake(): void {
    this.#woken.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#end(this.names);
    await this.#client?.end().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { log, everyMs = eventLimits.leaseEveryMs } = this.#options;
    const { signal } = this.#stop;
    let failing = false;
    while (!signal.aborted) {
      this.#woken = new AbortController();
      try {
        await this.#beat();
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ err: error }, "events are not told from here at the moment; it is tried again");
        failing = true;
        await this.#lose();
      }
      await sleep(everyMs, AbortSignal.any([signal, this.#woken.signal]));
    }
  }

  async #beat(): Promise<void> {
    const client = this.#client ?? (await this.#connect());
    // Asked over this connection too, so that one that was lost is found within a beat.
    await client.query("select 1");
    const duties = new Map((await this.#options.duties()).map(duty => [duty.name, duty]));
    for (const [name, { duty }] of [...this.#held]) {
      if (duties.has(name)) continue;
      await this.#end([name]);
      await endLease(client, duty.leaseClass, duty.key);
    }
    for (const duty of duties.values()) {
      if (this.#held.has(duty.name) || !(await tryLease(client, duty.leaseClass, duty.key))) continue;
      if (client !== this.#client) throw new Error("the connection that holds the locks was lost");
      this.#held.set(duty.name, { duty, work: duty.begin() });
      this.#options.log.info({ duty: duty.name }, "this process does it from now on");
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...connectionOptions(this.#options.url, "tallygate events"),
      query_timeout: centralLimits.connectTimeoutMs,
    });
    client.on("error", () => void this.#lose(client));
    client.on("end", () => void this.#lose(client));
    await client.connect();
    this.#client = client;
    return client;
  }

  /** Gives up everything, unless the connection that was lost has been replaced already. */
  async #lose(lost = this.#client): Promise<void> {
    if (lost !== this.#client) return;
    this.#client = undefined;
    await this.#end(this.names);
    await lost?.end().catch(() => undefined);
  }

  async #end(names: readonly string[]): Promise<void> {
    const works = names.map(name => this.#held.get(name)?.work);
    for (const name of names) this.#held.delete(name);
    await Promise.all(works.map(work => work?.[Symbol.asyncDispose]()));
  }
}

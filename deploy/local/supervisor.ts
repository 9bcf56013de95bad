import { setTimeout as pause } from "node:timers/promises";
import { backoff, sentence } from "@tallygate/kit";
import { lastWords } from "./brief.ts";
import { ChildFailed } from "./child.ts";
import { limits } from "./limits.ts";

/** Something that runs as a child and may be started again: a server or a part of ours. */
export interface Supervised {
  readonly name: string;
  restart(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface SupervisorOptions {
  readonly say: (text: string) => void;
  /** A part cannot be kept alive, for this reason: everything is to end. Said once. */
  readonly giveUp: (reason: string) => void;
  /** Why starting again is useless now, such as a full disk; asked before each new start. */
  readonly hopeless: () => Promise<string | undefined>;
  /** The waits before the new starts within one minute. */
  readonly waits?: () => Generator<number, unknown, void>;
  readonly now?: () => number;
}

/**
 * Keeps parts alive. Running: a part that ends by itself is started again, with growing waits, some times a minute; one that ends
 * more often makes it give up. Stopping, from the first `stop` or `kill` on: nothing is started any more.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  readonly #parts: Supervised[] = [];
  readonly #revivals = new Set<Promise<void>>();
  #gaveUp = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Starts a part, and keeps it alive from then on. A part that cannot be started the first time is not tried again. */
  async open<T extends Supervised>(start: (onDeath: (fault: ChildFailed) => void) => Promise<T>): Promise<T> {
    const deaths: number[] = [];
    const opened = start(fault => this.#track(opened.then(part => this.#revive(part, fault, deaths))));
    const part = await opened;
    this.#parts.push(part);
    if (this.#stopping.signal.aborted) await part.stop();
    return part;
  }

  /** Stops all parts, the last started first. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const part of this.#parts.toReversed()) await part.stop();
    await Promise.all(this.#revivals);
    // A part may have been on its way up when it was asked to stop.
    for (const part of this.#parts.toReversed()) await part.stop();
  }

  /** Ends all parts at once. */
  async kill(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#parts.map(part => part.kill()));
    await Promise.all(this.#revivals);
    await Promise.all(this.#parts.map(part => part.kill()));
  }

  #track(work: Promise<void>): void {
    const revival = work
      .catch((cause: unknown) => this.#giveUp(sentence(cause)))
      .finally(() => this.#revivals.delete(revival));
    this.#revivals.add(revival);
  }

  async #revive(part: Supervised, first: ChildFailed, deaths: number[]): Promise<void> {
    const { say, hopeless, waits = usualWaits, now = Date.now } = this.#options;
    const { signal } = this.#stopping;
    const between = waits();
    for (let fault = first; !signal.aborted; ) {
      deaths.push(now());
      while (deaths[0] !== undefined && now() - deaths[0] > limits.restartWindowMs) deaths.shift();
      const why = (await hopeless()) ?? this.#tooOften(part, deaths);
      // Who was killed had no time for words; what stands last is of something else.
      const words = fault.exit?.signal ? undefined : lastWords(fault.output);
      const end = `${part.name} ${fault.what}${words === undefined ? "" : `: ${words}`}`;
      if (why !== undefined) return this.#giveUp(`${end}${/[.!?…]$/.test(end) ? "" : "."} ${why}`);
      say(words === undefined ? `${end} and is started again.` : `${end} It is started again.`);
      const waitMs = between.next().value;
      await pause(typeof waitMs === "number" ? waitMs : 0, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await part.restart();
        return say(`${part.name} runs again.`);
      } catch (cause) {
        fault =
          cause instanceof ChildFailed ? cause : new ChildFailed(part.name, `cannot start: ${sentence(cause)}`, "");
      }
    }
  }

  #tooOften({ name }: Supervised, deaths: readonly number[]): string | undefined {
    if (deaths.length <= limits.restartsMax) return undefined;
    return `That was the end number ${deaths.length} of ${name} within a minute, so it is not started again.`;
  }

  #giveUp(reason: string): void {
    if (this.#gaveUp || this.#stopping.signal.aborted) return;
    this.#gaveUp = true;
    this.#options.giveUp(reason);
  }
}

const usualWaits = () => backoff({ minMs: limits.restartMinMs, maxMs: limits.restartMaxMs });

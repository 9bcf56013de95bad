import { sentence } from "./error.ts";
import { limits } from "./limits.ts";
import type { Log } from "./log.ts";

/** How a process of ours ends. */
export const exitCodes = { fine: 0, failed: 1, usage: 2, internal: 70 } as const;

/** The number that shells add to 128 for a process that a signal ended. */
const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const;

export interface LifeOptions {
  readonly name: string;
  readonly log: Log;
  readonly stopDeadlineMs?: number | undefined;
}

/**
 * Starting, running, stopping, ended. Only `stop` leaves the first two, once; a stop while starting waits until opening has worked or
 * failed. The exit code can only get worse.
 */
export class Life {
  readonly #name: string;
  readonly #log: Log;
  readonly #stopDeadlineMs: number;
  readonly #stopping = new AbortController();
  readonly #opened = Promise.withResolvers<AsyncDisposable | undefined>();
  #exitCode: number = exitCodes.fine;

  constructor({ name, log, stopDeadlineMs = limits.stopDeadlineMs }: LifeOptions) {
    this.#name = name;
    this.#log = log;
    this.#stopDeadlineMs = stopDeadlineMs;
  }

  /** Aborts when the process is to stop. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Listens to signals and to what nobody catches. */
  watch(): void {
    let firstAtMs = 0;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (this.signal.aborted) {
          if (performance.now() - firstAtMs < limits.sameSignalMs) return;
          process.exit(128 + signalNumbers[signal]);
        }
        firstAtMs = performance.now();
        this.#log.info({ signal }, "stopping");
        this.stop(exitCodes.fine);
      });
    }
    // Rejections that nobody handles arrive here too.
    process.on("uncaughtException", (error: unknown, origin) => {
      this.#log.fatal({ err: error, origin }, "something failed that should not");
      say(`${this.#name}: something failed that should not: ${sentence(error)}`);
      this.stop(exitCodes.internal);
    });
    // A terminal or log collector that goes away is no reason to stop.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  }

  started(running: AsyncDisposable): void {
    this.#opened.resolve(running);
  }

  /** Ends with exit code 1 and the reason. While stopping, failing is what an interrupted start or work may do. */
  fail(error: unknown, what: string): void {
    this.#opened.resolve(undefined);
    this.#log.debug({ err: error }, what);
    if (this.signal.aborted) return;
    say(`${this.#name}: ${what}: ${sentence(error)}`);
    this.stop(exitCodes.failed);
  }

  stop(exitCode: number): void {
    this.#exitCode = Math.max(this.#exitCode, exitCode);
    if (this.signal.aborted) return;
    setTimeout(() => {
      say(`${this.#name}: did not stop within ${this.#stopDeadlineMs / 1000} s and is ended now.`);
      process.exit(Math.max(this.#exitCode, exitCodes.failed));
    }, this.#stopDeadlineMs);
    this.#stopping.abort(new Error("the process is stopping"));
    void this.#dispose().then(() => this.#end());
  }

  /** Lets the last log lines out, if anybody reads them. */
  #end(): void {
    const exit = () => process.exit(this.#exitCode);
    setTimeout(exit, limits.logFlushMs);
    process.stdout.write("", exit);
  }

  async #dispose(): Promise<void> {
    try {
      const running = await this.#opened.promise;
      await running?.[Symbol.asyncDispose]();
    } catch (error) {
      this.#log.error({ err: error }, "could not stop in order");
      say(`${this.#name}: could not stop in order: ${sentence(error)}`);
      this.#exitCode = Math.max(this.#exitCode, exitCodes.failed);
    }
  }
}

/** A line for people: to standard error, as standard output carries the log. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import type { z } from "zod";
import { loadConfig } from "./config/config.ts";
import { describeConfig } from "./config/describe.ts";
import { sentence } from "./error.ts";
import { limits } from "./limits.ts";
import { createLog, type Log } from "./log.ts";

/** How a process of ours ends. */
export const exitCodes = { fine: 0, failed: 1, usage: 2, internal: 70 } as const;

export interface OpenContext {
  readonly log: Log;
  /** Aborts when the process is to stop, also while it is still starting. */
  readonly signal: AbortSignal;
  /** What stands on the command line besides the options; only where `args` says that something may. */
  readonly args: readonly string[];
}

/** What runs until it is disposed. */
export interface Running extends AsyncDisposable {
  /** A line for people, printed once everything is open. */
  readonly ready?: string;
  /** For a process with an end of its own: stops it when it settles, with exit code 1 when it rejects. */
  readonly done?: Promise<unknown>;
}

export interface ProcessOptions<S extends z.ZodType> {
  readonly name: string;
  /** One sentence: what this process is for. */
  readonly summary: string;
  readonly config: S;
  readonly open: (config: z.output<S>, context: OpenContext) => Promise<Running>;
  /** Read when there is no `--config` and the file is there. */
  readonly defaultConfigFile?: string;
  readonly ignoreEnv?: readonly string[];
  /** How `--help` names further arguments, such as `[SCENARIO]`; without it they are refused. */
  readonly args?: string;
}

/**
 * The command line and life of a process: options, configuration, signals, stop in order, and exit codes. Log lines go to standard output,
 * sentences for people to standard error. Ends the process; the promise is for the start only.
 */
export async function runProcess<S extends z.ZodType>(options: ProcessOptions<S>): Promise<void> {
  const command = parseCommandLine(options);
  if (!command) return;
  const loaded = loadConfig({ schema: options.config, file: command.file, ignoreEnv: options.ignoreEnv ?? [] });
  if (!loaded.ok) {
    say(`${options.name}: the configuration has ${loaded.faults.length === 1 ? "a fault" : "faults"}:`);
    for (const fault of loaded.faults) say(`  ${fault}`);
    return end(exitCodes.failed);
  }
  if (command.check) {
    process.stdout.write(`${command.file ?? "The configuration"} is fine.\n`);
    return end(exitCodes.fine);
  }
  await live(options, loaded.value, command.args);
}

interface CommandLine {
  readonly file: string | undefined;
  readonly check: boolean;
  readonly args: readonly string[];
}

function parseCommandLine<S extends z.ZodType>(options: ProcessOptions<S>): CommandLine | undefined {
  try {
    const { values, positionals } = parseArgs({
      options: { config: { type: "string" }, check: { type: "boolean" }, help: { type: "boolean", short: "h" } },
      allowPositionals: options.args !== undefined,
    });
    if (values.help) {
      process.stdout.write(help(options));
      end(exitCodes.fine);
      return undefined;
    }
    const usual = options.defaultConfigFile;
    const file = values.config ?? (usual !== undefined && existsSync(usual) ? usual : undefined);
    return { file, check: values.check ?? false, args: positionals };
  } catch (error) {
    say(`${options.name}: ${sentence(error)}`);
    say(usage(options));
    end(exitCodes.usage);
    return undefined;
  }
}

function usage({ name, args }: { name: string; args?: string }): string {
  return `Usage: ${name} [--config FILE] [--check] [--help]${args === undefined ? "" : ` ${args}`}`;
}

function help<S extends z.ZodType>(options: ProcessOptions<S>): string {
  const keys = describeConfig(options.config).keys.map(key => {
    const standard = key.default === undefined ? (key.required ? "required" : "optional") : `default ${key.default}`;
    const variable = key.env === undefined ? "" : `\n      ${key.env}`;
    return `  ${key.path}: ${key.allowed}; ${standard}${key.description && `\n      ${key.description}`}${variable}`;
  });
  const file =
    options.defaultConfigFile === undefined ? "" : ` Without it ${options.defaultConfigFile} is read, if it is there.`;
  return [
    options.summary,
    "",
    usage(options),
    "",
    `  --config FILE  the configuration, in YAML.${file}`,
    "  --check        check the configuration, say every fault, and end",
    "  --help         this text",
    "",
    "Configuration; environment variables go over the file:",
    ...keys,
    "  TALLYGATE_LOG_LEVEL: trace, debug, info, warn, error or silent; default info",
    "",
  ].join("\n");
}

async function live<S extends z.ZodType>(options: ProcessOptions<S>, config: z.output<S>, args: readonly string[]) {
  const stopping = new AbortController();
  let log: Log;
  try {
    log = createLog(options.name);
  } catch (error) {
    say(`${options.name}: ${sentence(error)}`);
    return end(exitCodes.failed);
  }
  const life = new Life(options.name, log, stopping);
  life.watch();
  try {
    const running = await options.open(config, { log, signal: stopping.signal, args });
    life.started(running);
    if (running.ready !== undefined && !stopping.signal.aborted) say(running.ready);
    running.done?.then(
      () => life.stop(exitCodes.fine),
      (error: unknown) => life.fail(error, "stopped"),
    );
  } catch (error) {
    life.fail(error, "could not start");
  }
}

/**
 * Starting, running, stopping, ended. Only `stop` leaves the first two, once; a stop while starting waits for `open` to settle. The
 * exit code can only get worse.
 */
class Life {
  readonly #name: string;
  readonly #log: Log;
  readonly #stopping: AbortController;
  readonly #opened = Promise.withResolvers<AsyncDisposable | undefined>();
  #exitCode: number = exitCodes.fine;

  constructor(name: string, log: Log, stopping: AbortController) {
    this.#name = name;
    this.#log = log;
    this.#stopping = stopping;
  }

  watch(): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        // A second signal means now: 128 and the signal's number, as shells count.
        if (this.#stopping.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
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
  }

  started(running: AsyncDisposable): void {
    this.#opened.resolve(running);
  }

  /** Ends with exit code 1 and the reason, unless it failed because it was told to stop. */
  fail(error: unknown, what: string): void {
    this.#opened.resolve(undefined);
    this.#log.debug({ err: error }, what);
    if (this.#stopping.signal.aborted) return;
    say(`${this.#name}: ${what}: ${sentence(error)}`);
    this.stop(exitCodes.failed);
  }

  stop(exitCode: number): void {
    this.#exitCode = Math.max(this.#exitCode, exitCode);
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort(new Error("the process is stopping"));
    const seconds = limits.stopDeadlineMs / 1000;
    setTimeout(() => {
      say(`${this.#name}: did not stop within ${seconds} s and is ended now.`);
      process.exit(Math.max(this.#exitCode, exitCodes.failed));
    }, limits.stopDeadlineMs);
    this.#dispose().then(() => process.exit(this.#exitCode));
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

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Lets the last lines out first: standard output to a pipe is written later. */
function end(code: number): void {
  process.exitCode = code;
}

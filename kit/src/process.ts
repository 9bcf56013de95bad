import type { z } from "zod";
import { help, parseCommandLine, usage } from "./command-line.ts";
import { loadConfig } from "./config/config.ts";
import { sentence } from "./error.ts";
import { exitCodes, Life, say } from "./life.ts";
import { createLog, type Log } from "./log.ts";

export interface OpenContext {
  readonly log: Log;
  /** Aborts when the process is to stop, also while it is still starting. */
  readonly signal: AbortSignal;
  /** What stands on the command line besides the options; only where `args` says that something may. */
  readonly args: readonly string[];
  /** The values of the options that `flags` announces, by their names. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** What runs until it is disposed. */
export interface Running extends AsyncDisposable {
  /** A line for people, printed to standard error once everything is open. */
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
  /** Variables named `TALLYGATE_…` that are for others. */
  readonly ignoreEnv?: readonly string[];
  /** How `--help` names further arguments, such as `[SCENARIO]`; without it they are refused. */
  readonly args?: string;
  /** Names of further options, each with a value and as often as wanted; `args` shows them. */
  readonly flags?: readonly string[];
  /** How long stopping may take, 10 s without it; then the process ends with exit code 1. */
  readonly stopDeadlineMs?: number;
}

/**
 * The command line and the life of a process: options, configuration, signals, stop in order, exit codes. Log lines go to standard
 * output, sentences for people to standard error. Exit codes: 0 when told to stop, 1 when it could not start or stop in order, 2 for a wrong command
 * line, 70 for a failure that nobody caught.
 */
export async function runProcess<S extends z.ZodType>(options: ProcessOptions<S>): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2), options);
  if (command.kind === "help") {
    process.stdout.write(help(options));
    return;
  }
  if (command.kind === "refused") {
    say(`${options.name}: ${command.reason}\n${usage(options)}`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const { file } = command;
  const loaded = loadConfig({ schema: options.config, file, ignoreEnv: options.ignoreEnv ?? [] });
  if (!loaded.ok) {
    const count = loaded.faults.length === 1 ? "a fault" : `${loaded.faults.length} faults`;
    say([`${options.name}: the configuration has ${count}:`, ...loaded.faults].join("\n  "));
    process.exitCode = exitCodes.failed;
    return;
  }
  if (command.kind === "check") {
    process.stdout.write(`${file ?? "The configuration"} is fine.\n`);
    return;
  }
  await live(options, loaded.value, command);
}

async function live<S extends z.ZodType>(
  options: ProcessOptions<S>,
  config: z.output<S>,
  { args, flags }: Pick<OpenContext, "args" | "flags">,
) {
  const log = logOf(options.name);
  if (!log) return;
  const life = new Life({ name: options.name, log, stopDeadlineMs: options.stopDeadlineMs });
  life.watch();
  try {
    const running = await options.open(config, { log, signal: life.signal, args, flags });
    life.started(running);
    if (running.ready !== undefined && !life.signal.aborted) say(running.ready);
    running.done?.then(
      () => life.stop(exitCodes.fine),
      (error: unknown) => life.fail(error, "stopped"),
    );
  } catch (error) {
    life.fail(error, "could not start");
  }
}

function logOf(name: string): Log | undefined {
  try {
    return createLog(name);
  } catch (error) {
    say(`${name}: ${sentence(error)}`);
    process.exitCode = exitCodes.failed;
    return undefined;
  }
}

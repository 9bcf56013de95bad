import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { guardGroup, releaseGroup } from "./guard.ts";
import { limits } from "./limits.ts";

export interface ChildSpec {
  /** How messages call it: "PostgreSQL", "nats-server". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Whether it answers. Asked again and again until it says yes; a rejection is a no. */
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
  readonly readyMs?: number;
  readonly stopSignal?: NodeJS.Signals;
  readonly stopMs?: number;
  /** Each line that it writes, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Aborts a start: a child that is not ready yet is killed. */
  readonly signal?: AbortSignal;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child could not be started, or was not ready in time. The message carries the end of its output. */
export class ChildFailed extends Error {
  readonly childName: string;
  /** "ended by itself (SIGKILL)": what follows the name in a sentence. */
  readonly what: string;
  readonly output: string;
  /** How it ended, where it did by itself. */
  readonly exit: Exit | undefined;
  constructor(childName: string, what: string, output: string, options?: ErrorOptions & { readonly exit?: Exit }) {
    super(`${childName} ${what}${output === "" ? "." : `. Its last words:\n${output}`}`, options);
    this.name = "ChildFailed";
    this.childName = childName;
    this.what = what;
    this.output = output;
    this.exit = options?.exit;
  }
}

/**
 * One process of another program: starting → ready → ended. It runs in a process group of its own, so that Ctrl-C in the
 * terminal reaches us alone and we end our children in order; the guard ends it if we are killed.
 */
export class Child implements AsyncDisposable {
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  readonly pid: number;
  readonly #spec: ChildSpec;
  readonly #lines: string[];
  #wanted = true;
  #exit: Exit | undefined;

  private constructor(spec: ChildSpec, process: ChildProcess, pid: number, lines: string[]) {
    this.#spec = spec;
    this.#lines = lines;
    this.pid = pid;
    guardGroup(pid);
    this.exited = new Promise(resolve => {
      process.once("exit", (code, signal) => {
        releaseGroup(pid);
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
  }

  /** Starts the program and waits until it is ready. */
  static async open(spec: ChildSpec): Promise<Child> {
    const child = await Child.#spawn(spec);
    await child.#becomeReady();
    return child;
  }

  /** Runs a program to its end, which must be a good one, and gives its last lines. */
  static async run(spec: Omit<ChildSpec, "ready">): Promise<string> {
    const child = await Child.#spawn({ ...spec, ready: async () => false });
    const abort = () => void child.kill();
    spec.signal?.addEventListener("abort", abort, { once: true });
    const exit = await child.exited;
    spec.signal?.removeEventListener("abort", abort);
    if (exit.code !== 0) throw child.#failed(`failed (${describeExit(exit)})`);
    return child.output;
  }

  static async #spawn(spec: ChildSpec): Promise<Child> {
    spec.signal?.throwIfAborted();
    const process = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      ...spec.user,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    keepLines(process.stdout, lines, spec.onLine);
    keepLines(process.stderr, lines, spec.onLine);
    if (process.pid === undefined) {
      const [cause] = await once(process, "error");
      throw new ChildFailed(spec.name, `cannot be started by ${spec.command}`, "", { cause });
    }
    return new Child(spec, process, process.pid, lines);
  }

  /** The last lines that it wrote to its output and error output. */
  get output(): string {
    return this.#lines.join("\n");
  }

  /** Whether it ended without `stop` or `kill` being called. */
  get diedByItself(): boolean {
    return this.#wanted && this.#exit !== undefined;
  }

  /** The fault of having ended by itself. */
  died(exit: Exit): ChildFailed {
    return new ChildFailed(this.#spec.name, `ended by itself (${describeExit(exit)})`, this.output, { exit });
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#exit === undefined) signalGroup(this.pid, signal);
  }

  /** SIGKILL at once. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.signal("SIGKILL");
    await this.exited;
  }

  /** Asks it to end; kills it when it has not ended in time. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.signal(this.#spec.stopSignal ?? "SIGTERM");
    const inTime = new AbortController();
    const late = pause(this.#spec.stopMs ?? limits.stopMs, true, { signal: inTime.signal }).catch(() => false);
    if (await Promise.race([this.exited.then(() => false), late])) this.signal("SIGKILL");
    inTime.abort();
    await this.exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #becomeReady(): Promise<void> {
    const { signal, readyMs = limits.readyMs } = this.#spec;
    const deadline = Date.now() + readyMs;
    while (Date.now() < deadline && !signal?.aborted) {
      if (this.#exit !== undefined) throw this.#failed(`ended at its start (${describeExit(this.#exit)})`, this.#exit);
      const ready = await this.#spec.ready(AbortSignal.timeout(limits.probeMs)).catch(() => false);
      // Another server may answer on our port while ours fails to listen, so only a living child is a ready one.
      if (ready && this.#exit === undefined) return;
      await Promise.race([pause(limits.readyPauseMs), this.exited]);
    }
    await this.kill();
    signal?.throwIfAborted();
    throw this.#failed(`was not ready within ${readyMs / 1000} s`);
  }

  #failed(what: string, exit?: Exit): ChildFailed {
    this.#wanted = false;
    return new ChildFailed(this.#spec.name, what, this.output, exit && { exit });
  }
}

/** "code 1" or "SIGKILL", for a sentence. */
export function describeExit(exit: Exit): string {
  return exit.signal ?? `code ${exit.code}`;
}

function keepLines(stream: Readable | null, lines: string[], onLine?: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on("line", line => {
    const cut = line.slice(0, limits.outputLineCharsMax);
    lines.push(cut);
    if (lines.length > limits.outputLinesMax) lines.shift();
    onLine?.(cut);
  });
}

/** To the whole group: a child's own children end with it. */
function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ESRCH")) throw cause;
  }
}

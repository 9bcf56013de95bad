import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Child, ChildFailed, ChildSpec } from "./child.ts";
import { guardDir, releaseDir } from "./guard.ts";
import { limits } from "./limits.ts";
import { Part } from "./part.ts";
import { freePort, isPortFree, PortTaken } from "./ports.ts";

export interface ServerOptions {
  /** Where it keeps its data. Without it: a temporary directory that goes when the server is disposed. */
  readonly dir?: string;
  /** Without it: a free one. */
  readonly port?: number;
  /** The server ended though nobody stopped it. Without it: said on the error output. */
  readonly onDeath?: (fault: ChildFailed) => void;
  readonly onLine?: (line: string) => void;
  /** Aborts a start. */
  readonly signal?: AbortSignal;
}

/** One real server program on the loopback. Disposing it stops it. */
export interface LocalServer extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** Of the process that runs now, or that ran last. */
  readonly pid: number;
  readonly running: boolean;
  /** The last lines that it wrote. */
  readonly output: string;
  /** SIGKILL at once, as a failing machine would. */
  kill(): Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  /** Starts it again on the same port and directory; stops it first if it runs. Returns when it is ready. */
  restart(): Promise<void>;
}

/** What differs between the servers. */
export interface ServerKind {
  readonly name: string;
  readonly url: (port: number) => string;
  /** What must be there before the program starts: its directories, its configuration. Must be harmless when repeated. */
  readonly prepare?: (dir: string, port: number, temporary: boolean) => Promise<void>;
  readonly spec: (dir: string, port: number) => Omit<ChildSpec, "name" | "onLine">;
  readonly kill?: (child: Child) => Promise<void>;
}

/** Starts a server of this kind and waits until it answers. */
export async function startServer(kind: ServerKind, options: ServerOptions): Promise<LocalServer> {
  const temporary = options.dir === undefined;
  const dir = options.dir ?? (await temporaryDir(kind.name));
  await mkdir(dir, { recursive: true });
  try {
    for (let tries = 1; ; tries++) {
      const port = options.port ?? (await freePort());
      const server = new Server(kind, options, { dir, port, temporary });
      try {
        await server.restart();
        return server;
      } catch (cause) {
        if (options.port !== undefined || options.signal?.aborted || tries === limits.startTriesMax) throw cause;
      }
    }
  } catch (cause) {
    if (temporary) await removeDir(dir);
    throw cause;
  }
}

interface Where {
  readonly dir: string;
  readonly port: number;
  readonly temporary: boolean;
}

class Server extends Part implements LocalServer {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  readonly #temporary: boolean;

  constructor(kind: ServerKind, options: ServerOptions, { dir, port, temporary }: Where) {
    super({
      name: kind.name,
      onDeath: options.onDeath,
      onLine: options.onLine,
      signal: options.signal,
      kill: kind.kill,
      spec: async () => {
        // Asked here, because the stranger on our port might answer our question whether the server is ready.
        if (!(await isPortFree(port))) throw new PortTaken(kind.name, port);
        await kind.prepare?.(dir, port, temporary);
        return kind.spec(dir, port);
      },
    });
    this.url = kind.url(port);
    this.port = port;
    this.dir = dir;
    this.#temporary = temporary;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    if (this.#temporary) await removeDir(this.dir);
  }
}

/** A new directory that every user may pass through; it goes with this process at the latest. */
export async function temporaryDir(name: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), `tallygate-${name.toLowerCase().replace(/\W+/g, "-")}-`));
  await chmod(dir, 0o755);
  guardDir(dir);
  return dir;
}

export async function removeDir(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  releaseDir(dir);
}

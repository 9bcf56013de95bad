import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Child, type ChildFailed } from "./child.ts";
import { removeDir, temporaryDir } from "./local-server.ts";
import { findProgram } from "./programs.ts";

/** Two serial ports with a cable between them: what is written to one comes out of the other. */
export interface PtyPair extends AsyncDisposable {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly connected: boolean;
  /** Pulls the plug: both paths go, and who holds one open sees it hang up. */
  disconnect(): Promise<void>;
  /** Plugs it in again under the same paths. */
  reconnect(): Promise<void>;
  /** The same words as for a server. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface PtyOptions {
  /** The two paths. Without them: in a temporary directory. */
  readonly paths?: readonly [a: string, b: string];
  readonly name?: string;
  /** socat ended though nobody stopped it. Without it: said on the error output. */
  readonly onDeath?: (fault: ChildFailed) => void;
}

/** Makes a pair of linked pseudo-terminals by socat. */
export async function socatPair(options: PtyOptions = {}): Promise<PtyPair> {
  const command = await findProgram("socat");
  const dir = options.paths ? undefined : await temporaryDir("pty");
  const [a, b] = options.paths ?? [join(dir ?? "", "a"), join(dir ?? "", "b")];
  const pair = new SocatPair(command, a, b, dir, options);
  try {
    await pair.reconnect();
    return pair;
  } catch (cause) {
    await pair[Symbol.asyncDispose]();
    throw cause;
  }
}

class SocatPair implements PtyPair {
  readonly a: string;
  readonly b: string;
  readonly name: string;
  readonly #command: string;
  readonly #onDeath: (fault: ChildFailed) => void;
  readonly #dir: string | undefined;
  #child: Child | undefined;

  constructor(command: string, a: string, b: string, dir: string | undefined, options: PtyOptions) {
    this.#command = command;
    this.a = a;
    this.b = b;
    this.#dir = dir;
    this.name = options.name ?? "socat";
    this.#onDeath = options.onDeath ?? (fault => console.error(fault.message));
  }

  get connected(): boolean {
    return this.#child?.running ?? false;
  }

  stop(): Promise<void> {
    return this.disconnect();
  }

  kill(): Promise<void> {
    return this.disconnect();
  }

  restart(): Promise<void> {
    return this.reconnect();
  }

  async disconnect(): Promise<void> {
    await this.#child?.kill();
    await rm(this.a, { force: true });
    await rm(this.b, { force: true });
  }

  async reconnect(): Promise<void> {
    await this.disconnect();
    const child = await Child.open({
      name: this.name,
      command: this.#command,
      args: ["-d", "-d", `pty,raw,echo=0,link=${this.a}`, `pty,raw,echo=0,link=${this.b}`],
      ready: async () => (await stat(this.a)).isCharacterDevice() && (await stat(this.b)).isCharacterDevice(),
    });
    this.#child = child;
    void child.exited.then(exit => {
      if (child.diedByItself) this.#onDeath(child.died(exit));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
    if (this.#dir !== undefined) await removeDir(this.#dir);
  }
}

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** A person's terminal: one shell, in which what a command sets is there for the next. */
export class Terminal implements AsyncDisposable {
  readonly #shell: ChildProcessByStdio<Writable, Readable, Readable>;
  #said = "";
  #wrong = "";
  #heard = () => {};

  constructor({ cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
    this.#shell = spawn("bash", ["--norc"], { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    this.#shell.stdout.on("data", (chunk: Buffer) => {
      this.#said += chunk;
      this.#heard();
    });
    this.#shell.stderr.on("data", (chunk: Buffer) => {
      this.#wrong += chunk;
    });
    this.#shell.on("close", () => this.#heard());
  }

  /** What the commands write. Throws when the last of them fails. */
  async run(commands: string): Promise<string> {
    const mark = `done-${crypto.randomUUID()}`;
    this.#said = "";
    this.#wrong = "";
    this.#shell.stdin.write(`${commands}\nprintf '\\n${mark} %s\\n' $?\n`);
    for (;;) {
      const [said = "", code] = this.#said.split(`\n${mark} `);
      if (code?.endsWith("\n")) {
        if (Number(code) === 0) return said;
        throw new Error(`${commands}\nended with ${code.trim()}: ${said}${this.#wrong}`);
      }
      if (this.#shell.exitCode !== null) throw new Error(`the shell has ended: ${this.#wrong}`);
      await new Promise<void>(resolve => {
        this.#heard = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise(resolve => this.#shell.once("close", resolve));
    if (this.#shell.exitCode === null) {
      this.#shell.stdin.end();
      await ended;
    }
  }
}

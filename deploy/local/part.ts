import { Child, type ChildFailed, type ChildSpec } from "./child.ts";

export interface PartOptions {
  readonly name: string;
  /** What to start; asked at each start. */
  readonly spec: () => Promise<Omit<ChildSpec, "name" | "onLine">>;
  /** It ended though nobody stopped it. Without it: said on the error output. */
  readonly onDeath?: ((fault: ChildFailed) => void) | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Aborts a start. */
  readonly signal?: AbortSignal | undefined;
  /** Kills it at once, with all that it started. */
  readonly kill?: ((child: Child) => Promise<void>) | undefined;
}

/** One child after another for the same task: what is killed or stopped can be started again. Disposing it stops it. */
export class Part implements AsyncDisposable {
  readonly name: string;
  readonly #options: PartOptions;
  #child: Child | undefined;

  constructor(options: PartOptions) {
    this.#options = options;
    this.name = options.name;
  }

  /** Of the process that runs now, or that ran last; 0 before the first. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get running(): boolean {
    return this.#child?.running ?? false;
  }

  /** The last lines that it wrote. */
  get output(): string {
    return this.#child?.output ?? "";
  }

  /** SIGKILL at once, as a failing machine would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    await (this.#options.kill ? this.#options.kill(child) : child.kill());
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Starts it; stops it first if it runs. Returns when it is ready. */
  async restart(): Promise<void> {
    await this.stop();
    const { name, onLine, signal } = this.#options;
    const spec = await this.#options.spec();
    const child = await Child.open({ ...spec, name, ...(onLine && { onLine }), ...(signal && { signal }) });
    this.#child = child;
    void child.exited.then(exit => {
      if (child.diedByItself) this.#report(child.died(exit));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #report(fault: ChildFailed): void {
    if (this.#options.onDeath) this.#options.onDeath(fault);
    else console.error(fault.message);
  }
}

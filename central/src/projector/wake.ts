/** Gathers the epochs that have changed until somebody takes them; remembers only so many, and then means all. */
export class Wake {
  readonly #max: number;
  #epochs = new Set<string>();
  #overflowed = false;
  #called = false;
  #end: (() => void) | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  /** Wakes whoever waits. */
  call(epochs: readonly string[]): void {
    this.#called = true;
    for (const epoch of epochs) this.#epochs.add(epoch);
    if (this.#epochs.size > this.#max) {
      this.#epochs.clear();
      this.#overflowed = true;
    }
    this.#end?.();
  }

  /** Returns once it was called, or after this time. */
  async wait(timeoutMs: number): Promise<void> {
    if (this.#called) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#end = resolve;
    await promise;
    this.#end = undefined;
    clearTimeout(timer);
  }

  /** What has changed since the last time; undefined means all: nobody called, or too many were named. */
  take(): readonly string[] | undefined {
    const epochs = this.#called && !this.#overflowed ? [...this.#epochs] : undefined;
    this.#epochs = new Set();
    this.#overflowed = false;
    this.#called = false;
    return epochs;
  }
}

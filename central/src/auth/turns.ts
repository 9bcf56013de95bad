/** Lets a few pieces of costly work run at once, and some more wait; what comes above that is turned away. */
export class Turns {
  private readonly atOnce: number;
  private readonly waitingMax: number;
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor({ atOnce, waitingMax }: { readonly atOnce: number; readonly waitingMax: number }) {
    this.atOnce = atOnce;
    this.waitingMax = waitingMax;
  }

  /** Runs it when its turn comes; undefined when too many wait already. */
  async take<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.running >= this.atOnce) {
      if (this.waiting.length >= this.waitingMax) return undefined;
      // Whoever ends hands its turn over, so that nobody who has just come takes it.
      await new Promise<void>(resolve => this.waiting.push(resolve));
    } else this.running++;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }
}

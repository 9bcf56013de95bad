import { sentence, sleep } from "@tallygate/kit";
import type { Logger } from "pino";

export interface RepeatOptions {
  /** One pass; it says whether there is more to do at once. */
  readonly pass: () => Promise<boolean>;
  /** Before the next pass, when nothing wakes it. */
  readonly everyMs: number;
  /** Between two passes, also when it is woken; none unless given. */
  readonly restMs?: number;
  /** Before the next pass after one that failed; `everyMs` unless given. */
  readonly retryMs?: number;
  /** What failed and is tried again; the reason is put behind it. */
  readonly failing: string;
  readonly log: Pick<Logger, "warn">;
}

/** Runs passes until it is disposed; a pass under way is finished. A pass that fails is logged, and tried again with the next. */
export class Repeat implements AsyncDisposable {
  private readonly options: RepeatOptions;
  private readonly stop = new AbortController();
  private woken = new AbortController();
  private readonly running: Promise<void>;

  constructor(options: RepeatOptions) {
    this.options = options;
    this.running = this.run();
  }

  /** There is something to do now. */
  wake(): void {
    this.woken.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { restMs = 0 } = this.options;
    while (!this.stop.signal.aborted) {
      const waitMs = await this.pass();
      await sleep(restMs, this.stop.signal);
      await sleep(Math.max(0, waitMs - restMs), AbortSignal.any([this.stop.signal, this.woken.signal]));
    }
  }

  /** Gives how long the next pass may wait. */
  private async pass(): Promise<number> {
    const { pass, everyMs, retryMs = everyMs, failing, log } = this.options;
    // What wakes from here on may come too late for this pass, and gets another.
    this.woken = new AbortController();
    try {
      return (await pass()) ? 0 : everyMs;
    } catch (error) {
      if (!this.stop.signal.aborted) log.warn({ err: error }, `${failing}: ${sentence(error)}`);
      return retryMs;
    }
  }
}

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { PriceAnswer, PriceQuestion, PricingEngine } from "./engine.ts";

/** What a plug-in did instead of answering. */
export class PlugInFailed extends Error {
  override readonly name = "PlugInFailed";
}

const Answer = z.strictObject({
  unit_amount: z.int().min(0),
  price_id: z.int().nullable(),
  why: z.string().min(1).max(500),
});

/** What the worker says: that it is ready, or what became of a question. */
export type FromWorker =
  | { readonly ready: string }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string };

interface Waiting {
  readonly settle: (answer: Promise<PriceAnswer | undefined>) => void;
  readonly timer: NodeJS.Timeout;
  readonly askedMs: number;
}

/**
 * A pricing engine in a thread of its own, so that one that never answers costs its time limit and nothing more: a thread that has been
 * silent since a question was asked is ended, and a new one is started. Throws `PlugInFailed` when the file cannot be loaded.
 */
export async function openPlugIn(file: string, timeoutMs: number): Promise<PricingEngine & AsyncDisposable> {
  const plugIn = new PlugIn(pathToFileURL(resolve(file)).href, timeoutMs);
  await plugIn.ready();
  return plugIn;
}

/** *starting* → *ready* → *ended* of its thread; only `start` and `end` change it. */
class PlugIn implements PricingEngine, AsyncDisposable {
  name = "plug-in";
  private readonly url: string;
  private readonly timeoutMs: number;
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker;
  private started: Promise<void>;
  private heardMs = 0;
  private asked = 0;
  private isDisposed = false;

  constructor(url: string, timeoutMs: number) {
    this.url = url;
    this.timeoutMs = timeoutMs;
    [this.worker, this.started] = this.start();
  }

  /** Waits until the module is loaded. */
  async ready(): Promise<void> {
    await this.started;
  }

  async quote(question: PriceQuestion): Promise<PriceAnswer | undefined> {
    this.asked += 1;
    const id = this.asked;
    const { promise, resolve } = Promise.withResolvers<PriceAnswer | undefined>();
    const timer = setTimeout(() => this.timeOut(id), this.timeoutMs);
    this.waiting.set(id, { settle: resolve, timer, askedMs: performance.now() });
    this.worker.postMessage({ id, question });
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    this.failAll("is closed");
    await this.worker.terminate();
  }

  private start(): [Worker, Promise<void>] {
    const worker = new Worker(new URL("./plug-in-worker.ts", import.meta.url), { workerData: { url: this.url } });
    worker.unref();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined); // Of a thread that is started anew nobody waits; its questions fail in their time.
    worker.on("message", (message: FromWorker) => {
      this.heardMs = performance.now();
      if ("ready" in message) {
        this.name = message.ready;
        resolve();
      } else this.take(message);
    });
    worker.on("error", error => {
      const failure = new PlugInFailed(`The pricing plug-in ${this.url} failed: ${error.message}`, { cause: error });
      reject(failure);
      if (worker === this.worker && !this.isDisposed) this.renew(failure.message);
    });
    return [worker, promise];
  }

  private take(message: Exclude<FromWorker, { ready: string }>): void {
    if ("failed" in message) this.settle(message.id, Promise.reject(new PlugInFailed(message.failed)));
    else this.settle(message.id, this.read(message.answer));
  }

  private async read(answer: unknown): Promise<PriceAnswer | undefined> {
    if (answer === undefined) return undefined;
    const read = Answer.safeParse(answer);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new PlugInFailed(
      `The pricing plug-in ${this.name} gave no price: ${issue?.path.join(".")} ${issue?.message}`,
    );
  }

  private timeOut(id: number): void {
    const { askedMs = 0 } = this.waiting.get(id) ?? {};
    const isSilent = this.heardMs < askedMs;
    const detail = `The pricing plug-in ${this.name} gave no answer within ${this.timeoutMs} ms.`;
    this.settle(id, Promise.reject(new PlugInFailed(detail)));
    if (isSilent) this.renew(detail);
  }

  /** Puts a new thread in the place of one that is lost. */
  private renew(detail: string): void {
    this.failAll(detail);
    const lost = this.worker;
    [this.worker, this.started] = this.start();
    void lost.terminate();
  }

  private failAll(detail: string): void {
    for (const id of [...this.waiting.keys()]) this.settle(id, Promise.reject(new PlugInFailed(detail)));
  }

  private settle(id: number, answer: Promise<PriceAnswer | undefined>): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    clearTimeout(waiting?.timer);
    if (waiting === undefined) answer.catch(() => undefined);
    else waiting.settle(answer);
  }
}

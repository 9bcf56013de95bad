import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Mutator } from "./mutate.ts";
import { Random } from "./random.ts";
import type { Target } from "./targets.ts";

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Told now and then how many inputs are done, so that who watches knows that none of them hangs. */
  readonly progress?: (done: number) => void;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly seconds: number;
  /** Between a tenth of the inputs and all of them, both after the garbage was collected. */
  readonly heapGrowthBytes: number;
  /** The longest that one input took, at the best of some tries. */
  readonly slowestMs: number;
}

/** A parser did what none may do; the input is in the message. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** How often the clock is looked at, and progress told: a step is far below what anyone would call a hang. */
const step = 512;

/** Puts inputs to one parser. The same seed gives the same inputs in the same order. Throws {@link Broken}. */
export function fuzz(target: Target, { inputs, seed, progress }: FuzzOptions): FuzzResult {
  const random = new Random(seed);
  const mutator = new Mutator(random, target.samples);
  const take = target.open(random);
  // One of its own for what is taken again, so that the same seed goes the same way however fast the machine is.
  const takeAgain = target.open(new Random(seed));
  const began = performance.now();
  let slowestMs = 0;
  let heapBytes = 0;
  for (let done = 0; done < inputs; ) {
    const until = Math.min(inputs, done + step);
    for (; done < until; done++) {
      const input = mutator.next();
      let tookMs = takeOne(take, input, done, seed);
      // What other work on the machine or the garbage collector took is not taken again.
      for (let again = 0; again < 3 && tookMs > slowestMs; again++) {
        tookMs = Math.min(tookMs, takeOne(takeAgain, input, done, seed));
      }
      slowestMs = Math.max(slowestMs, tookMs);
    }
    progress?.(done);
    if (heapBytes === 0 && done >= inputs / 10) heapBytes = heapAfterCollection();
  }
  const seconds = (performance.now() - began) / 1000;
  return { inputs, seconds, slowestMs, heapGrowthBytes: heapAfterCollection() - heapBytes };
}

function takeOne(take: (input: Buffer) => void, input: Buffer, index: number, seed: number): number {
  const began = performance.now();
  try {
    take(input);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Broken(
      `input ${index} of seed ${seed}: ${why}\n${input.toString("hex")}\n${JSON.stringify(input.toString())}`,
      {
        cause,
      },
    );
  }
  return performance.now() - began;
}

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

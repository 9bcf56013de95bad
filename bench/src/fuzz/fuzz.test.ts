import { describe, expect, it } from "vitest";
import { Mutator } from "./mutate.ts";
import { Random } from "./random.ts";
import { Broken, fuzz } from "./run.ts";
import { type Target, targets } from "./targets.ts";

/** `npm run fuzz` does ten million of each. */
const inputs = 2000;
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);

describe(`changed and random inputs, seed ${seed}`, () => {
  it.each(targets().map(target => [target.name, target] as const))("%s takes them all", (_, target) => {
    const { inputsInTests = inputs } = target;
    const { heapGrowthBytes, slowestMs } = fuzz(target, { inputs: inputsInTests, seed });
    expect(slowestMs).toBeLessThan(1000);
    expect(heapGrowthBytes).toBeLessThan(32 * 2 ** 20);
  });

  it("are the same for the same seed, and others for another", () => {
    const of = (from: number) => {
      const mutator = new Mutator(new Random(from), [Buffer.from("a sample"), Buffer.from("another")]);
      return Array.from({ length: 100 }, () => mutator.next().toString("hex"));
    };
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect(new Set(of(1)).size).toBeGreaterThan(50);
  });

  it("are told when a parser breaks", () => {
    const target: Target = {
      name: "fragile",
      samples: [Buffer.from("{}")],
      open: () => input => JSON.parse(input.toString()),
    };
    expect(() => fuzz(target, { inputs, seed })).toThrow(Broken);
  });
});

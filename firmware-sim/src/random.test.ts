import { expect, test } from "vitest";
import { createHeap } from "./heap.ts";
import { createRandom } from "./random.ts";

test("the same seed gives the same chance, another seed another one", () => {
  const draw = (seed: string) => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => random.whole([0, 1_000_000]));
  };
  expect(draw("1")).toEqual(draw("1"));
  expect(draw("1")).not.toEqual(draw("2"));
});

test("fractions fill the whole range evenly", () => {
  const random = createRandom("even");
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 50_000; draw++) {
    const bin = Math.floor(random.fraction() * 10);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 5000)).toBeLessThan(300);
});

test("whole numbers reach both ends of their range", () => {
  const random = createRandom("ends");
  const drawn = new Set(Array.from({ length: 200 }, () => random.whole([-1, 2])));
  expect([...drawn].sort((left, right) => left - right)).toEqual([-1, 0, 1, 2]);
});

test("normal chance has mean 0 and the deviation it is asked for", () => {
  const random = createRandom("normal");
  const values = Array.from({ length: 20_000 }, () => random.normal(3));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.1);
  expect(Math.abs(Math.sqrt(variance) - 3)).toBeLessThan(0.1);
});

test("a heap gives things in the order of their time, and of one time in the order they came", () => {
  const random = createRandom("heap");
  const heap = createHeap<{ at: number; order: number }>();
  const added = Array.from({ length: 500 }, (_, order) => ({ at: random.whole([0, 40]), order }));
  for (const value of added) heap.add(value.at, value);
  const taken = Array.from({ length: 500 }, () => heap.take());
  expect(taken).toEqual(added.toSorted((left, right) => left.at - right.at || left.order - right.order));
  expect(heap.take()).toBeUndefined();
});

import { hash } from "node:crypto";

/** Two whole numbers, both of them included. */
export type Range = readonly [min: number, max: number];

/** Chance that is the same for the same seed. */
export interface Random {
  /** From 0 up to but not including 1. */
  fraction(): number;
  /** A whole number of the range. */
  whole(range: Range): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T | undefined;
  /** Normally distributed, mean 0. */
  normal(deviation: number): number;
}

/**
 * The generator xoshiro128** 1.1 of David Blackman and Sebastiano Vigna (2018, public domain, prng.di.unimi.it), its state
 * taken from the SHA-256 of the seed, so that seeds which look alike share nothing.
 */
export function createRandom(seed: string): Random {
  const digest = hash("sha256", seed, "buffer");
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let d = digest.readInt32LE(12);

  function word(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result >>> 0;
  }

  function fraction(): number {
    return word() / 0x1_0000_0000;
  }

  function whole([min, max]: Range): number {
    return min + Math.floor(fraction() * (max - min + 1));
  }

  return {
    fraction,
    whole,
    chance: probability => fraction() < probability,
    pick: values => values[whole([0, values.length - 1])],
    // Box and Muller's transform; 1 − fraction is never 0.
    normal: deviation => deviation * Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction()),
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** Chance that can be had again: the same seed, the same pauses. */
export function createChance(seed: string) {
  let drawn = 0;
  const next = (): number => {
    const digest = createHash("sha256").update(`${seed}/${drawn++}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  };
  return {
    /** A moment somewhere in between: what is struck then is in the middle of its work. */
    pause: (fromMs: number, toMs: number) => sleep(fromMs + next() * (toMs - fromMs)),
  };
}

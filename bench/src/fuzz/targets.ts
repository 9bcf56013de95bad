import { codeTargets } from "./code-targets.ts";
import { deviceTargets } from "./device-targets.ts";
import type { Random } from "./random.ts";
import { wireTargets } from "./wire-targets.ts";

/** Something that takes what others send: it may neither throw nor hang nor grow, whatever comes. */
export interface Target {
  readonly name: string;
  /** What is changed to make inputs. */
  readonly samples: readonly Buffer[];
  /** Opens the parser; what it gives takes one input and throws when the parser did what it may not do. */
  open(random: Random): (input: Buffer) => void;
  /** Inputs of a test run; fewer where one input takes long. */
  readonly inputsInTests?: number;
}

/** Every parser of bytes from outside. */
export function targets(): readonly Target[] {
  return [...deviceTargets(), ...codeTargets(), ...wireTargets()];
}

import { ok, type Result, refuse } from "../result.ts";
import { findApplicationIdentifier } from "./application-identifier.ts";
import type { Element } from "./element.ts";

/**
 * Refuses elements that contradict each other: `code.repeated` when an AI comes twice with different values, and
 * `code.companions` when two AIs must not stand together (GS1 GenSpecs 4.13.1).
 */
export function checkPairs(elements: readonly Element[]): Result<readonly Element[]> {
  const values = new Map<string, string>();
  for (const { ai, value } of elements) {
    const before = values.get(ai);
    if (before !== undefined && before !== value) {
      return refuse("code.repeated", `AI ${ai} comes with ${before} and again with ${value}.`, { at: `AI ${ai}` });
    }
    values.set(ai, value);
  }
  return values.size < 2 ? ok(elements) : checkExcluded(elements, [...values.keys()]);
}

function checkExcluded(elements: readonly Element[], ais: readonly string[]): Result<readonly Element[]> {
  for (const ai of ais) {
    for (const pattern of findApplicationIdentifier(ai)?.excludes ?? []) {
      const other = ais.find(candidate => candidate !== ai && matches(pattern, candidate));
      if (other !== undefined) {
        return refuse("code.companions", `AI ${ai} must not stand together with AI ${other}.`, { at: `AI ${ai}` });
      }
    }
  }
  return ok(elements);
}

/**
 * Refuses elements that lack a companion which one of them needs, such as a lot without a GTIN: `code.companions` (GS1
 * GenSpecs 4.13.2). The rule holds for all that is on one physical item, so a single barcode may break it rightly.
 */
export function checkRequired(elements: readonly Element[]): Result<readonly Element[]> {
  const ais = [...new Set(elements.map(element => element.ai))];
  for (const ai of ais) {
    for (const rule of findApplicationIdentifier(ai)?.requires ?? []) {
      const met = rule.some(group =>
        group.every(pattern => ais.some(other => other !== ai && matches(pattern, other))),
      );
      if (met) continue;
      const needed = rule.map(group => group.join("+")).join(", ");
      return refuse("code.companions", `AI ${ai} needs one of ${needed} beside it.`, { at: `AI ${ai}` });
    }
  }
  return ok(elements);
}

/** `n` in a pattern stands for any digit, as in `310n`. */
function matches(pattern: string, ai: string): boolean {
  if (pattern.length !== ai.length) return false;
  const fixed = pattern.indexOf("n");
  return fixed < 0 ? pattern === ai : ai.startsWith(pattern.slice(0, fixed));
}

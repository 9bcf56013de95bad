import type { Document } from "./model.ts";

/** What a line came to other than was expected of it. */
export interface Difference {
  readonly line: number;
  readonly sku: string;
  readonly problem: "document.short" | "document.over";
  readonly expected: number;
  readonly found: number;
}

/** How what was done differs from what was expected, by line. Pure. */
export function differencesOf(document: Document, step: "picked" | "done" = "done"): readonly Difference[] {
  return document.lines.flatMap(({ line, sku, quantity: expected, picked, done }): readonly Difference[] => {
    const found = step === "done" ? done : Math.max(picked, done);
    if (found === expected) return [];
    return [{ line, sku, problem: found < expected ? "document.short" : "document.over", expected, found }];
  });
}

import { applicationIdentifiers } from "./application-identifier-table.ts";
import type { LinterName } from "./linters.ts";

/** One component of a value: `N` digits, `X` set 82, `Y` set 39, `Z` file-safe base 64; `min` to `max` characters. */
export interface Component {
  readonly type: "N" | "X" | "Y" | "Z";
  readonly min: number;
  readonly max: number;
  readonly optional?: true;
  readonly linters: readonly LinterName[];
}

/**
 * What the GS1 Barcode Syntax Dictionary says of one Application Identifier, or of the consecutive ones from `ai` to
 * `last`. An AI may be written with `n` for any digit in `requires` and `excludes`.
 */
export interface ApplicationIdentifier {
  readonly ai: string;
  readonly last?: string;
  readonly title: string;
  /** The length is predefined (GS1 GenSpecs 7.8.5): no separator after the value. */
  readonly predefined?: true;
  /** May stand in the query of a GS1 Digital Link. */
  readonly attribute?: true;
  readonly components: readonly Component[];
  /** Each rule is met by all of the AIs of one of its groups. */
  readonly requires?: readonly (readonly (readonly string[])[])[];
  readonly excludes?: readonly string[];
  /** Primary key of a GS1 Digital Link, with the sequences of qualifiers that may follow it. */
  readonly qualifiers?: readonly (readonly string[])[];
}

const byAi: ReadonlyMap<string, ApplicationIdentifier> = new Map(applicationIdentifiers.flatMap(single));

/** The entry of an AI such as `01` or `3103`; `undefined` when GS1 has not assigned it. */
export function findApplicationIdentifier(ai: string): ApplicationIdentifier | undefined {
  return byAi.get(ai);
}

/** The entry of the AI with which `text` begins at `start`. No AI is the beginning of another, so there is one at most. */
export function applicationIdentifierAt(text: string, start: number): ApplicationIdentifier | undefined {
  return (
    byAi.get(text.slice(start, start + 2)) ??
    byAi.get(text.slice(start, start + 3)) ??
    byAi.get(text.slice(start, start + 4))
  );
}

/** Every assigned AI, ranges written out. */
export function allApplicationIdentifiers(): readonly ApplicationIdentifier[] {
  return [...byAi.values()];
}

function single(row: ApplicationIdentifier): (readonly [string, ApplicationIdentifier])[] {
  const { last = row.ai, ...entry } = row;
  const count = Number(last) - Number(row.ai) + 1;
  return Array.from({ length: count }, (_, index) => {
    const ai = String(Number(row.ai) + index).padStart(row.ai.length, "0");
    return [ai, { ...entry, ai }];
  });
}

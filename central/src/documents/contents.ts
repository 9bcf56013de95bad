import { ok, type Result, refuse } from "@tallygate/protocol";

/** A quantity of an item, or of one lot of it. */
export interface Contents {
  readonly sku: string;
  readonly quantity: number;
  readonly lot: string | undefined;
  /** When the lot expires, where the notice says so: `2027-03-01`. */
  readonly expiresOn?: string | undefined;
}

export interface LogisticUnit {
  /** `(00)` and 18 digits. */
  readonly code: string;
  readonly contents: readonly Contents[];
}

/**
 * The lines of a notice: those that it names, which what is in its units must sum to, or without any, what is in its units. Pure.
 */
export function linesOf({
  lines,
  units,
}: {
  readonly lines: readonly Contents[];
  readonly units: readonly LogisticUnit[];
}): Result<readonly Contents[]> {
  const inUnits = sumOf(units.flatMap(unit => unit.contents));
  if (lines.length === 0) {
    if (inUnits.size > 0) return ok([...inUnits.values()]);
    return refuse("document.contents", "The notice has neither lines nor units with contents.", { at: "lines" });
  }
  // A notice may name its pallets and leave what is in them to its lines.
  if (inUnits.size === 0) return ok(lines);
  const inLines = sumOf(lines);
  for (const [key, contents] of inUnits) {
    if (!inLines.has(key)) return misfit(contents, 0, contents.quantity);
  }
  for (const [key, line] of inLines) {
    const { quantity } = inUnits.get(key) ?? { quantity: 0 };
    if (quantity !== line.quantity) return misfit(line, line.quantity, quantity);
  }
  return ok(lines);
}

/** The first unit that a notice names twice. Pure. */
export function repeatedUnit(units: readonly LogisticUnit[]) {
  const seen = new Map<string, number>();
  for (const [index, { code }] of units.entries()) {
    const first = seen.get(code);
    if (first !== undefined) {
      const detail = `${code} is units[${first}] already; each logistic unit is one.`;
      return refuse("document.unit", detail, { at: `units[${index}].sscc` });
    }
    seen.set(code, index);
  }
  return undefined;
}

function misfit({ sku, lot }: Contents, inLines: number, inUnits: number) {
  const what = lot === undefined ? sku : `${sku}, lot ${lot}`;
  const detail = `The lines say ${inLines} of ${what}, and the units have ${inUnits} of it; give both alike, or leave the lines out.`;
  return refuse("document.contents", detail, { at: "units" });
}

function sumOf(contents: readonly Contents[]): ReadonlyMap<string, Contents> {
  const sums = new Map<string, Contents>();
  for (const { sku, lot, quantity } of contents) {
    const key = JSON.stringify([sku, lot]);
    sums.set(key, { sku, lot, quantity: (sums.get(key)?.quantity ?? 0) + quantity });
  }
  return sums;
}

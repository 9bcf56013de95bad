import { identityOf, parseBracketed } from "@tallygate/protocol";

/**
 * What a movement's code stands for, as far as posting goes. `instance`: one serialised thing, which is in one place at a
 * time. `class`: a quantity of equal things. `unit`: a logistic unit. `none`: nothing that can be stock, such as a location.
 */
export interface Thing {
  readonly kind: "instance" | "class" | "unit" | "none";
  /** What an item is bound to: the code without what tells one instance or lot from another. */
  readonly classKey: string;
}

const gtinLength = "(01)".length + 14;

/**
 * Reads a movement's code, the canonical key that `identify()` gives. A tag outside every GS1 scheme is one thing by its raw
 * EPC; a barcode that is no GS1 key stands for a class of things.
 */
export function thingOf(code: string): Thing {
  if (code.startsWith("(01)")) return tradeItem(code);
  if (code.startsWith("epc:")) return { kind: "instance", classKey: code };
  if (code.startsWith("(00)")) return { kind: "unit", classKey: code };
  if (!code.startsWith("(")) return { kind: "class", classKey: code };
  return otherKey(code);
}

/** The lot in a code, for a class of goods; one serialised thing's code has none. Told by its form too. */
export function lotOf(code: string): string | undefined {
  if (!code.startsWith("(10)", gtinLength) || !code.startsWith("(0")) return undefined;
  const lot = code.slice(gtinLength + "(10)".length);
  return lot.includes("\\(") ? lot.replaceAll("\\(", "(") : lot;
}

/** Nearly every code there is: told by its form, since reading all elements would cost as much as posting. */
function tradeItem(code: string): Thing {
  const serialised = code.startsWith("(21)", gtinLength) || code.startsWith("(235)", gtinLength);
  return { kind: serialised ? "instance" : "class", classKey: code.slice(0, gtinLength) };
}

function otherKey(code: string): Thing {
  const elements = parseBracketed(code);
  if (!elements.ok) return { kind: "class", classKey: code };
  const { kind, classKey } = identityOf(elements.value, code);
  if (kind === "place") return { kind: "none", classKey };
  return { kind: kind === "other" ? "class" : kind, classKey };
}

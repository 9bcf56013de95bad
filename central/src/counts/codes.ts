import { parseBracketed } from "@tallygate/protocol";
import { thingOf } from "../stock/thing.ts";
import type { ExpectedCode } from "./compare.ts";

const lotAi = "(10)";

/** The lot that a code names, if it names one. */
export function lotOf(code: string): string | undefined {
  if (!code.includes(lotAi)) return undefined;
  const elements = parseBracketed(code);
  return elements.ok ? elements.value.find(({ ai }) => ai === "10")?.value : undefined;
}

/** A code with its units, as comparing takes it. */
export function readCode(code: string, units: number): ExpectedCode {
  return { code, units, serialised: thingOf(code).kind === "instance", lot: lotOf(code) };
}

/** The code of goods of a class, of a lot where one is named. Only a GTIN can have lots. */
export function codeOfLot(classKey: string, lot: string | undefined): string | undefined {
  if (lot === undefined) return classKey;
  return classKey.startsWith("(01)") ? `${classKey}${lotAi}${lot}` : undefined;
}

/** The code of one thing of its own by its serial number. */
export function codeOfSerial(classKey: string, serial: string): string | undefined {
  return classKey.startsWith("(01)") ? `${classKey}(21)${serial}` : undefined;
}

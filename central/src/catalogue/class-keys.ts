import { identify, normaliseGtin, ok, parseBracketed, type Result, refuse } from "@tallygate/protocol";

const gtinKey = /^\(01\)(\d{14})$/;

export interface GivenCodes {
  readonly gtins: readonly string[];
  readonly codes: readonly string[];
}

/**
 * The class keys of an item's GTINs and other codes. A code is given as a scanner sends it or as an exception names it; of a
 * serialised one only what all things of its class share is kept. Refuses the first that is no code of an item.
 */
export function classKeysOf({ gtins, codes }: GivenCodes, at: { gtins: string; codes: string }): Result<string[]> {
  const keys = new Set<string>();
  for (const [index, gtin] of gtins.entries()) {
    const read = normaliseGtin(gtin);
    if (!read.ok) return refuse(read.problem.code, read.problem.detail, { at: `${at.gtins}[${index}]` });
    keys.add(`(01)${read.value}`);
  }
  for (const [index, code] of codes.entries()) {
    const key = classKeyOf(code);
    if (!key.ok) return refuse(key.problem.code, key.problem.detail, { at: `${at.codes}[${index}]` });
    keys.add(key.value);
  }
  return ok([...keys]);
}

/** The GTINs among class keys, and the others. */
export function splitClassKeys(classKeys: readonly string[]): { gtins: string[]; codes: string[] } {
  const gtins: string[] = [];
  const codes: string[] = [];
  for (const key of classKeys) {
    const gtin = gtinKey.exec(key)?.[1];
    if (gtin === undefined) codes.push(key);
    else gtins.push(gtin);
  }
  return { gtins, codes };
}

/** The class key of one code of any form; refuses what is broken, and what can name no item. */
export function classKeyOf(code: string): Result<string> {
  if (/^\([0-9]{2,4}\)/.test(code)) {
    // A scanner may send any text, so such a one would pass for text; a person who writes brackets means GS1 data.
    const elements = parseBracketed(code);
    if (!elements.ok) return elements;
  }
  const { kind, classKey, problem } = identifyGiven(code);
  if (problem !== undefined) return { ok: false, problem };
  if (kind === "unit" || kind === "place") {
    const what = kind === "unit" ? "a logistic unit" : "a place";
    return refuse("code.value", `${code} names ${what}, which is no item; give the code of the goods.`);
  }
  return ok(classKey);
}

/** `epc:` and `code:` stand in front of what is no GS1 key, also in exceptions, so that they can be given back. */
function identifyGiven(code: string) {
  if (/^epc:[0-9a-f]+$/i.test(code)) return withoutProblem(identify({ epcHex: code.slice(4) }));
  if (code.startsWith("code:")) return { kind: "other" as const, classKey: code, problem: undefined };
  return identify({ scan: code });
}

/** An EPC of no known scheme is a code all the same: its tag sends nothing else. */
function withoutProblem({ kind, classKey }: ReturnType<typeof identify>) {
  return { kind, classKey, problem: undefined };
}

import { formatBracketed, identify, normaliseGtin, ok, parseBracketed, type Result, refuse } from "@tallygate/protocol";
import type { AskedGoods } from "./ask.ts";

/** An item's code for one unit of it, or its absence; undefined: there is no such item. */
export type UnitCode = string | null | undefined;

/**
 * The code that asked goods move under. Refuses what is no code of goods, an item that has no code, and a lot or serial of what has no
 * GTIN. Paths begin at the goods' own fields.
 */
export function codeOf(goods: AskedGoods, unitCodeOf: (sku: string) => UnitCode): Result<string> {
  if (goods.code !== undefined) return givenCode(goods.code);
  const base = goods.gtin === undefined ? ofSku(goods.sku ?? "", unitCodeOf) : ofGtin(goods.gtin);
  if (!base.ok || (goods.lot === undefined && goods.serial === undefined)) return base;
  return withQualifier(base.value, goods);
}

function givenCode(code: string): Result<string> {
  if (/^\([0-9]{2,4}\)/.test(code)) {
    // A scanner may send any text, so such a one would pass for text; a person who writes brackets means GS1 data.
    const elements = parseBracketed(code);
    if (!elements.ok) return refuse(elements.problem.code, elements.problem.detail, { at: "code" });
  }
  if (code.startsWith("code:")) return ok(code);
  const epc = /^epc:([0-9a-f]+)$/i.exec(code)?.[1];
  const { kind, key, problem } = identify(epc === undefined ? { scan: code } : { epcHex: epc });
  if (kind === "place") return refuse("code.value", `${code} names a place, which does not move.`, { at: "code" });
  if (problem !== undefined && epc === undefined) return refuse(problem.code, problem.detail, { at: "code" });
  return ok(key);
}

function ofGtin(gtin: string): Result<string> {
  const read = normaliseGtin(gtin);
  if (!read.ok) return refuse(read.problem.code, read.problem.detail, { at: "gtin" });
  return ok(`(01)${read.value}`);
}

function ofSku(sku: string, unitCodeOf: (sku: string) => UnitCode): Result<string> {
  const code = unitCodeOf(sku);
  if (code === undefined) return refuse("item.unknown", `No item has the SKU ${sku}.`, { at: "sku" });
  if (code !== null) return ok(code);
  const detail = `The item ${sku} has no code for a single unit, under which it could move; give it a GTIN or another code.`;
  return refuse("item.no_code", detail, { at: "sku" });
}

function withQualifier(base: string, { lot, serial }: AskedGoods): Result<string> {
  const [field, ai, value] =
    serial === undefined ? (["lot", "10", lot ?? ""] as const) : (["serial", "21", serial] as const);
  if (!base.startsWith("(01)")) {
    return refuse("item.no_code", `${base} is no GTIN, and only goods with one have a ${field}.`, { at: field });
  }
  const code = base + formatBracketed([{ ai, value }]);
  const read = parseBracketed(code);
  return read.ok ? ok(code) : refuse(read.problem.code, read.problem.detail, { at: field });
}

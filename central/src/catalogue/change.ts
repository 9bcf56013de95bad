import { ok, type Result, refuse } from "@tallygate/protocol";
import { blank, type Item, keysOf, type PartyCode } from "./item.ts";
import { type GivenPack, resolvePacks } from "./packs.ts";

/** What is said of an item. What is absent stays as it is; a list that is given is the whole list. */
export interface ItemEdit {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly status?: Item["status"] | undefined;
  readonly tracking?: Item["tracking"] | undefined;
  readonly uom?: string | undefined;
  readonly family?: string | null | undefined;
  readonly variant_by?: readonly string[] | null | undefined;
  readonly attributes?: Item["attributes"] | undefined;
  readonly gtins?: readonly string[] | undefined;
  readonly codes?: readonly string[] | undefined;
  readonly packs?: readonly GivenPack[] | undefined;
  readonly party_codes?: readonly PartyCode[] | undefined;
}

/** What the catalogue says of an item that is there. */
export interface Known {
  readonly item: Item;
  /** Something of it was counted somewhere once. */
  readonly hasStock: boolean;
  readonly hasVariants: boolean;
}

/** A family of the catalogue, by its SKU; null where an item has the SKU that is none. */
export type Families = (sku: string) => readonly string[] | null | undefined;

/**
 * What becomes of an item by an edit. Pure; whether its codes and values are free is for whoever knows all items.
 * Refuses what no item can be.
 *
 * @param at where the edit stands in the request
 */
export function change(
  {
    sku,
    known,
    edit,
    at,
  }: { readonly sku: string; readonly known: Known | undefined; readonly edit: ItemEdit; readonly at: string },
  families: Families,
): Result<Item> {
  const { name = known?.item.name } = edit;
  if (name === undefined) return refuse("request.invalid", "A new item needs a name.", { at: `${at}.name` });
  const before = known?.item ?? { ...blank, sku, name };
  const packs = edit.packs === undefined ? ok(before.packs) : resolvePacks(edit.packs, `${at}.packs`);
  if (!packs.ok) return packs;
  const given = Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined));
  const item: Item = { ...before, ...given, sku, name, packs: packs.value };
  return (
    inFamily(item, families, at) ??
    asFamily(item, known, at) ??
    counted(item, known, at) ??
    onceEach(item, at) ??
    ok(item)
  );
}

type Refusal = ReturnType<typeof refuse> | undefined;

/** A variant is in a family that is there, and has a value for each name in which the family's variants differ. */
function inFamily({ sku, family, variant_by, attributes }: Item, families: Families, at: string): Refusal {
  if (family === null) return undefined;
  const where = { at: `${at}.family` };
  if (family === sku) return refuse("item.hierarchy", `${sku} cannot be in itself.`, where);
  if (variant_by !== null) {
    const detail = `${sku} is a family, and a family is in no other: families have one level. Leave family or variant_by out.`;
    return refuse("item.hierarchy", detail, where);
  }
  const names = families(family);
  if (names === undefined) return refuse("item.unknown", `No item has the SKU ${family}; add the family first.`, where);
  if (names === null) {
    return refuse(
      "item.hierarchy",
      `${family} is no family: it has no variant_by, and items are only in families.`,
      where,
    );
  }
  const missing = names.filter(name => !Object.hasOwn(attributes, name));
  if (missing.length === 0) return undefined;
  const detail = `A variant of ${family} has a value for each of ${names.join(", ")}; ${missing.join(", ")} is missing.`;
  return refuse("item.hierarchy", detail, { at: `${at}.attributes` });
}

/** A family is no stock, so nothing may be bound to it; an item that may have been counted never becomes one. */
function asFamily(item: Item, known: Known | undefined, at: string): Refusal {
  const { sku, variant_by } = item;
  const before = known?.item.variant_by;
  if (known !== undefined && JSON.stringify(before) !== JSON.stringify(variant_by)) {
    const where = { at: `${at}.variant_by` };
    if (before === null)
      return refuse("item.hierarchy", `${sku} is an item and stays one; add the family as a new one.`, where);
    if (variant_by === null) return refuse("item.hierarchy", `${sku} is a family and stays one.`, where);
    if (known.hasVariants) {
      const detail = `${sku} has variants, which differ by ${before?.join(", ")}; that is fixed while it has any.`;
      return refuse("item.hierarchy", detail, where);
    }
  }
  if (variant_by === null) return undefined;
  if (new Set(variant_by).size < variant_by.length) {
    return refuse("item.hierarchy", `${variant_by.join(", ")} names an attribute twice.`, { at: `${at}.variant_by` });
  }
  const parts = (["gtins", "codes", "packs", "party_codes"] as const).filter(part => item[part].length > 0);
  const tracked = item.tracking === "none" ? [] : (["tracking"] as const);
  const [part] = [...parts, ...tracked];
  if (part === undefined) return undefined;
  const detail = `${sku} is a family: no stock of its own, so it has no ${part}. Give them to its variants.`;
  return refuse("item.family", detail, { at: `${at}.${part}` });
}

/** What was counted stays what it was: the unit, and what is in a pack. GS1, too, wants another GTIN for another content. */
function counted(item: Item, known: Known | undefined, at: string): Refusal {
  if (known === undefined) return undefined;
  const { item: before, hasStock } = known;
  if (hasStock && item.uom !== before.uom) {
    const detail = `${item.sku} was counted in ${before.uom}, and ${item.uom} would make other quantities of the same numbers.`;
    return refuse("item.counted", detail, { at: `${at}.uom` });
  }
  for (const pack of item.packs) {
    const same = before.packs.find(each => each.pack === pack.pack);
    if (same === undefined || (same.units === pack.units && same.contains === pack.contains && same.of === pack.of))
      continue;
    const detail = `The pack ${pack.pack} has ${same.units} units, and what is in a pack never changes. Give the other content a pack and codes of its own; if this one was a mistake, remove the pack first and add it anew.`;
    return refuse("item.pack", detail, { at: `${at}.packs` });
  }
  const keys = keysOf(before);
  for (const [key, { units }] of keysOf(item)) {
    const was = keys.get(key)?.units ?? units;
    if (was === units) continue;
    const detail = `${key} counts as ${was} of ${item.sku}, and what a code counts as never changes. Take a code of its own for ${units}; if this was a mistake, remove the code first and add it anew.`;
    return refuse("item.pack", detail, { at: `${at}.packs` });
  }
  return undefined;
}

/** A code stands once in an item: for a unit, or for one of its packs. */
function onceEach({ gtins, codes, packs }: Item, at: string): Refusal {
  const seen = new Set<string>();
  for (const each of [{ gtins, codes }, ...packs]) {
    for (const key of [...each.gtins.map(gtin => `(01)${gtin}`), ...each.codes]) {
      if (seen.has(key)) return refuse("item.pack", `${key} stands here for two things; a code means one.`, { at });
      seen.add(key);
    }
  }
  return undefined;
}

/** An item as the API shows it, without its times. Codes are class keys, in order, so that equal items are equal texts. */
export interface Item {
  readonly sku: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: Status;
  readonly tracking: Tracking;
  readonly uom: string;
  /** The SKU of the family whose variant it is. */
  readonly family: string | null;
  /** Of a family: the names of the attributes in which its variants differ. A family is no stock. */
  readonly variant_by: readonly string[] | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly gtins: readonly string[];
  readonly codes: readonly string[];
  readonly packs: readonly Pack[];
  readonly party_codes: readonly PartyCode[];
}

/** `draft`: not to be promised yet. `discontinued`: sold off, nothing new is expected. */
export const statuses = ["draft", "active", "discontinued"] as const;
export type Status = (typeof statuses)[number];

export const trackings = ["none", "lot", "serial"] as const;
export type Tracking = (typeof trackings)[number];

export interface Pack {
  readonly pack: string;
  /** How many of `of` are in it; without `of`, how many units of the item. */
  readonly contains: number;
  readonly of: string | null;
  /** How many units of the item that makes. */
  readonly units: number;
  readonly gtins: readonly string[];
  readonly codes: readonly string[];
}

export interface PartyCode {
  readonly party: string;
  readonly code: string;
}

/** A new item as far as nothing is said of it. */
export const blank: Omit<Item, "sku" | "name"> = {
  description: null,
  status: "active",
  tracking: "none",
  uom: "H87",
  family: null,
  variant_by: null,
  attributes: {},
  gtins: [],
  codes: [],
  packs: [],
  party_codes: [],
};

/** What each class key of an item counts as: one unit, or what its pack has in it. */
export function keysOf({ gtins, codes, packs }: Item): ReadonlyMap<string, { units: number; pack: string | null }> {
  const keys = new Map<string, { units: number; pack: string | null }>();
  for (const key of classKeys({ gtins, codes })) keys.set(key, { units: 1, pack: null });
  for (const pack of packs) {
    for (const key of classKeys(pack)) keys.set(key, { units: pack.units, pack: pack.pack });
  }
  return keys;
}

export function classKeys({ gtins, codes }: Pick<Pack, "gtins" | "codes">): readonly string[] {
  return [...gtins.map(gtin => `(01)${gtin}`), ...codes];
}

/** The same item always as the same text, whatever the order in which its parts were given. */
export function inOrder(item: Item): Item {
  const byName = ([a]: [string, string], [b]: [string, string]) => compare(a, b);
  return {
    sku: item.sku,
    name: item.name,
    description: item.description,
    status: item.status,
    tracking: item.tracking,
    uom: item.uom,
    family: item.family,
    variant_by: item.variant_by,
    attributes: Object.fromEntries(Object.entries(item.attributes).sort(byName)),
    gtins: item.gtins.toSorted(compare),
    codes: item.codes.toSorted(compare),
    packs: item.packs
      .map(({ pack, contains, of, units, gtins, codes }) => {
        return { pack, contains, of, units, gtins: gtins.toSorted(compare), codes: codes.toSorted(compare) };
      })
      .sort((a, b) => a.units - b.units || compare(a.pack, b.pack)),
    party_codes: item.party_codes
      .map(({ party, code }) => ({ party, code }))
      .sort((a, b) => compare(a.party, b.party) || compare(a.code, b.code)),
  };
}

export function isSame(a: Item, b: Item): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

/** A variant's values in the order of its family's names. */
export function variantKey(attributes: Item["attributes"], variantBy: readonly string[]): string {
  return JSON.stringify(variantBy.map(name => (Object.hasOwn(attributes, name) ? attributes[name] : null)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { ok, type Result } from "@tallygate/protocol";
import type { ItemEdit } from "./change.ts";
import { classKeysOf, splitClassKeys } from "./class-keys.ts";
import type { Item, Pack, PartyCode } from "./item.ts";
import type { GivenPack } from "./packs.ts";

/** Codes as people write them: any form of a GTIN, and what scanners send or exceptions name. */
interface GivenCodes {
  readonly gtins?: readonly string[] | undefined;
  readonly codes?: readonly string[] | undefined;
}

export interface PackAsGiven extends GivenCodes {
  readonly pack: string;
  readonly contains: number;
  readonly of?: string | null | undefined;
}

/** An item as a request or a line of an import gives it; a list that is given is the whole list. */
export interface ItemAsGiven extends Omit<ItemEdit, "packs"> {
  readonly packs?: readonly PackAsGiven[] | undefined;
}

/** What a request changes of an item's lists: what it adds, and what it takes away. */
export interface ListChanges {
  readonly add_gtins?: readonly string[] | undefined;
  readonly remove_gtins?: readonly string[] | undefined;
  readonly add_codes?: readonly string[] | undefined;
  readonly remove_codes?: readonly string[] | undefined;
  readonly add_packs?: readonly PackAsGiven[] | undefined;
  /** Their names. */
  readonly remove_packs?: readonly string[] | undefined;
  readonly add_party_codes?: readonly PartyCode[] | undefined;
  readonly remove_party_codes?: readonly PartyCode[] | undefined;
}

/** Brings codes into the forms in which the catalogue keeps them. Refuses the first that is none of an item. */
export function readGiven(given: ItemAsGiven, at: string): Result<ItemEdit> {
  const { gtins, codes, packs: givenPacks, ...rest } = given;
  const own = readCodes({ gtins, codes }, { gtins: `${at}.gtins`, codes: `${at}.codes` });
  if (!own.ok) return own;
  const packs = givenPacks === undefined ? ok(undefined) : readPacks(givenPacks, `${at}.packs`);
  if (!packs.ok) return packs;
  return ok({ ...rest, packs: packs.value, gtins: gtins && own.value.gtins, codes: codes && own.value.codes });
}

/** The whole lists that come of changes to those that an item has. To remove what it has not changes nothing. */
export function readListChanges(item: Item, changes: ListChanges): Result<ItemEdit> {
  const { add_gtins, remove_gtins, add_codes, remove_codes, add_packs, remove_packs } = changes;
  const added = readCodes({ gtins: add_gtins, codes: add_codes }, { gtins: "body.add_gtins", codes: "body.add_codes" });
  if (!added.ok) return added;
  const at = { gtins: "body.remove_gtins", codes: "body.remove_codes" };
  const removed = readCodes({ gtins: remove_gtins, codes: remove_codes }, at);
  if (!removed.ok) return removed;
  const packs = readPacks(add_packs ?? [], "body.add_packs");
  if (!packs.ok) return packs;
  const kept = item.packs.filter(({ pack }) => !remove_packs?.includes(pack));
  return ok({
    gtins: changed(item.gtins, added.value.gtins, removed.value.gtins),
    codes: changed(item.codes, added.value.codes, removed.value.codes),
    packs: [...kept.map(pack => without(pack, removed.value)), ...packs.value],
    party_codes: changedParties(item.party_codes, changes),
  });
}

function changed(has: readonly string[], add: readonly string[], remove: readonly string[]): readonly string[] {
  return [...new Set([...has.filter(each => !remove.includes(each)), ...add])];
}

function without(pack: Pack, removed: { readonly gtins: readonly string[]; readonly codes: readonly string[] }): Pack {
  const gtins = changed(pack.gtins, [], removed.gtins);
  return { ...pack, gtins, codes: changed(pack.codes, [], removed.codes) };
}

function changedParties(
  has: readonly PartyCode[],
  { add_party_codes: add = [], remove_party_codes: remove = [] }: ListChanges,
): readonly PartyCode[] {
  const among = (list: readonly PartyCode[]) => (one: PartyCode) =>
    list.some(({ party, code }) => party === one.party && code === one.code);
  const kept = has.filter(one => !among(remove)(one));
  return [...kept, ...add.filter((one, index) => !among(kept)(one) && !among(add.slice(0, index))(one))];
}

function readPacks(packs: readonly PackAsGiven[], at: string): Result<readonly GivenPack[]> {
  const read: GivenPack[] = [];
  for (const [index, { pack, contains, of = null, gtins, codes }] of packs.entries()) {
    const own = readCodes({ gtins, codes }, { gtins: `${at}[${index}].gtins`, codes: `${at}[${index}].codes` });
    if (!own.ok) return own;
    read.push({ pack, contains, of, ...own.value });
  }
  return ok(read);
}

function readCodes({ gtins = [], codes = [] }: GivenCodes, at: { gtins: string; codes: string }) {
  const keys = classKeysOf({ gtins, codes }, at);
  return keys.ok ? ok(splitClassKeys(keys.value)) : keys;
}

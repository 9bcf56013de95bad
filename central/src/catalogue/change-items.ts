import type { Problem, Result } from "@tallygate/protocol";
import { type Change, recordChanges } from "../db/audit/changes.ts";
import {
  readCodeOwners,
  readFamilies,
  readKnown,
  readPartyCodeOwners,
  readVariantOwners,
} from "../db/catalogue/items.ts";
import {
  insertCodes,
  insertItems,
  lockCatalogue,
  removeCodes,
  replacePacks,
  replacePartyCodes,
  setCatalogueVersion,
  updateItems,
  type WrittenItem,
} from "../db/catalogue/write-items.ts";
import { insertOutbox } from "../db/events/outbox.ts";
import type { Client } from "../db/pool.ts";
import { closeExceptions } from "../exceptions/open.ts";
import { postHeldMovements } from "../ingest/post-held.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { newReservationId as newId } from "../reservations/id.ts";
import { change, type ItemEdit, type Known } from "./change.ts";
import { type Item, inOrder, isSame, keysOf, variantKey } from "./item.ts";

/** One change that is asked for. Several of one SKU count one after the other. */
export interface AskedChange {
  readonly sku: string;
  /** Where it stands in the request: `body`, or a line of an import. */
  readonly at: string;
  /** What is said of the item, given how it is; or why not. */
  readonly edit: (known: Known | undefined) => Result<ItemEdit>;
}

export interface Fault {
  /** Which of the changes, from 0. */
  readonly index: number;
  readonly problem: Problem;
}

export interface ItemsChanged {
  /** What became of each change, in order; undefined for one that has a fault. */
  readonly outcomes: readonly ("added" | "changed" | "unchanged" | undefined)[];
  readonly faults: readonly Fault[];
  /** The catalogue's version, and what was posted for it; to be told after the commit. */
  readonly version: number;
  readonly commits: readonly SiteCommit[];
}

/**
 * Changes items in the caller's transaction, some hundreds at a time: writes those that have no fault, their codes and packs, posts
 * what was held for their codes, and writes down who changed what, and that it happened. What changes nothing writes nothing.
 *
 * @param write what to write when some have faults: the others, nothing, or nothing in any case
 */
export async function changeItems(
  client: Client,
  asked: readonly AskedChange[],
  { actor, write }: { readonly actor: string; readonly write: "what_can_be" | "all_or_nothing" | "nothing" },
): Promise<ItemsChanged> {
  // The catalogue's lock comes first: whoever has it sees every code, and ingest applies nothing that could be held for these.
  const version = await lockCatalogue(client);
  const decided = await new Decision(client, asked).decide();
  const { outcomes, faults, results } = decided;
  if (write === "nothing" || (write === "all_or_nothing" && faults.length > 0))
    return { outcomes, faults, version, commits: [] };
  const changed = results.filter(({ before, after }) => before === undefined || !isSame(before, after));
  if (changed.length === 0) return { outcomes, faults, version, commits: [] };
  const written = changed.map((result, index) => ({ ...result, version: version + index + 1 }));
  const commits = await writeItems(client, written);
  await setCatalogueVersion(client, version + written.length);
  await tell(client, written, actor);
  return { outcomes, faults, version: version + written.length, commits };
}

interface ItemResult {
  readonly before: Item | undefined;
  readonly after: Item;
  readonly variantKey: string | null;
}

/** Decides changes one after the other, each seeing what those before it did, and leaves out those that cannot be. */
class Decision {
  private readonly client: Client;
  private readonly asked: readonly AskedChange[];
  private readonly problems = new Map<number, Problem>();
  private known: ReadonlyMap<string, Known> = new Map();
  private families: ReadonlyMap<string, readonly string[] | null> = new Map();
  /** As they are after the changes. */
  private familiesNow = new Map<string, readonly string[] | null>();

  constructor(client: Client, asked: readonly AskedChange[]) {
    this.client = client;
    this.asked = asked;
  }

  async decide() {
    const rows = await readKnown(this.client, [...new Set(this.asked.map(({ sku }) => sku))]);
    this.known = new Map(
      rows.map(row => [
        row.item.sku,
        { item: inOrder(row.item), hasStock: row.has_stock, hasVariants: row.has_variants },
      ]),
    );
    this.families = await readFamilies(this.client, this.familiesNamed());
    // A change that turns out to take what another item has is left out, and the rest decided anew: others may have built on it.
    for (;;) {
      const items = this.apply();
      if (!(await this.refuseTaken(items))) return this.outcome(items);
    }
  }

  private familiesNamed(): readonly string[] {
    const named = new Set<string>();
    for (const { item } of this.known.values()) if (item.family !== null) named.add(item.family);
    for (const { sku, edit } of this.asked) {
      const read = edit(this.known.get(sku));
      if (read.ok && typeof read.value.family === "string") named.add(read.value.family);
    }
    return [...named];
  }

  /** Every item after each change that has no fault so far. */
  private apply(): readonly (Item | undefined)[] {
    const now = new Map(this.known);
    const familiesNow = new Map(this.families);
    this.familiesNow = familiesNow;
    return this.asked.map(({ sku, at, edit }, index) => {
      if (this.problems.has(index)) return undefined;
      const known = now.get(sku);
      const read = edit(known);
      const done = read.ok ? change({ sku, known, edit: read.value, at }, family => familiesNow.get(family)) : read;
      if (!done.ok) {
        this.problems.set(index, done.problem);
        return undefined;
      }
      const item = inOrder(done.value);
      now.set(sku, { item, hasStock: known?.hasStock ?? false, hasVariants: known?.hasVariants ?? false });
      familiesNow.set(sku, item.variant_by);
      if (item.family !== null) markFamily(now, item.family);
      return item;
    });
  }

  /** Refuses what takes a code or values that another item has by then; gives whether there was any. */
  private async refuseTaken(items: readonly (Item | undefined)[]): Promise<boolean> {
    const present = items.filter(item => item !== undefined);
    const owners = await this.ownersOf(present);
    const held = new Map([...this.known].map(([sku, { item }]) => [sku, this.claims(item)]));
    const before = this.problems.size;
    for (const [index, item] of items.entries()) {
      if (item === undefined) continue;
      const claims = this.claims(item);
      const taken = [...claims].flatMap(([claim, what]) => {
        const owner = owners.get(claim);
        return owner === undefined || owner === item.sku ? [] : [{ what, owner }];
      });
      if (taken.length > 0) {
        this.problems.set(index, takenProblem(taken));
        continue;
      }
      for (const claim of held.get(item.sku)?.keys() ?? []) if (!claims.has(claim)) owners.delete(claim);
      for (const claim of claims.keys()) owners.set(claim, item.sku);
      held.set(item.sku, claims);
    }
    return this.problems.size > before;
  }

  /** What an item has that no other may have, each with its name in words. */
  private claims(item: Item): ReadonlyMap<string, string> {
    const claims = new Map<string, string>();
    for (const key of keysOf(item).keys()) claims.set(`code ${key}`, key);
    for (const { party, code } of item.party_codes) claims.set(`party ${party} ${code}`, `${party}'s ${code}`);
    const key = this.variantKey(item);
    if (key !== null) claims.set(`variant ${item.family} ${key}`, `${key} in the family ${item.family}`);
    return claims;
  }

  private async ownersOf(items: readonly Item[]): Promise<Map<string, string>> {
    const keys = new Set(items.flatMap(item => [...keysOf(item).keys()]));
    const variants = items.flatMap(item => {
      const key = this.variantKey(item);
      return key === null || item.family === null ? [] : [{ family: item.family, key }];
    });
    const owners = new Map<string, string>();
    for (const [key, sku] of await readCodeOwners(this.client, [...keys])) owners.set(`code ${key}`, sku);
    const parties = items.flatMap(item => item.party_codes);
    if (parties.length > 0) {
      for (const { party, code, sku } of await readPartyCodeOwners(this.client, parties)) {
        owners.set(`party ${party} ${code}`, sku);
      }
    }
    if (variants.length > 0) {
      for (const { family, key, sku } of await readVariantOwners(this.client, variants)) {
        owners.set(`variant ${family} ${key}`, sku);
      }
    }
    return owners;
  }

  private variantKey({ family, attributes }: Item): string | null {
    return family === null ? null : variantKey(attributes, this.familiesNow.get(family) ?? []);
  }

  private outcome(items: readonly (Item | undefined)[]) {
    const latest = new Map<string, Item>();
    const outcomes = items.map((item, index) => {
      const sku = this.asked[index]?.sku ?? "";
      if (item === undefined) return undefined;
      const before = latest.get(sku) ?? this.known.get(sku)?.item;
      latest.set(sku, item);
      return before === undefined ? "added" : isSame(before, item) ? "unchanged" : "changed";
    });
    const results = [...latest].map(([sku, after]): ItemResult => {
      return { before: this.known.get(sku)?.item, after, variantKey: this.variantKey(after) };
    });
    const faults = [...this.problems].map(([index, problem]) => ({ index, problem })).sort((a, b) => a.index - b.index);
    return { outcomes, faults, results } as const;
  }
}

function markFamily(now: Map<string, Known>, family: string): void {
  const known = now.get(family);
  if (known !== undefined && !known.hasVariants) now.set(family, { ...known, hasVariants: true });
}

function takenProblem(taken: readonly { readonly what: string; readonly owner: string }[]): Problem {
  const faults = taken.map(({ what, owner }) => ({ at: what, detail: `belongs to the item ${owner}` }));
  const named = taken.map(({ what, owner }) => `${what} belongs to the item ${owner}`).join("; ");
  return {
    code: "item.exists",
    detail: `${named}. It can belong to one item only: take it from that one first.`,
    faults,
  };
}

type Written = ItemResult & { readonly version: number };

async function writeItems(client: Client, written: readonly Written[]): Promise<readonly SiteCommit[]> {
  const rows = written.map(({ after: item, variantKey, version, before }) => ({ item, variantKey, version, before }));
  const added = rows.filter(row => row.before === undefined);
  await insertItems(client, added.filter(isFamily));
  await insertItems(
    client,
    added.filter(row => !isFamily(row)),
  );
  await updateItems(
    client,
    rows.filter(row => row.before !== undefined),
  );
  const keys = written.flatMap(({ before, after }) => {
    const [was, is] = [before === undefined ? new Map() : keysOf(before), keysOf(after)];
    const gone = [...was.keys()].filter(key => is.get(key)?.pack !== was.get(key).pack);
    const come = [...is].filter(([key, { pack }]) => was.get(key)?.pack !== pack);
    return [{ gone, come: come.map(([classKey, meaning]) => ({ sku: after.sku, classKey, ...meaning })) }];
  });
  await removeCodes(
    client,
    keys.flatMap(({ gone }) => gone),
  );
  const packed = written.filter(({ before, after }) => after.packs.length + (before?.packs.length ?? 0) > 0);
  await replacePacks(
    client,
    packed.map(({ after }) => after),
  );
  const called = written.filter(
    ({ before, after }) => after.party_codes.length + (before?.party_codes.length ?? 0) > 0,
  );
  await replacePartyCodes(
    client,
    called.map(({ after }) => after),
  );
  const bound = await insertCodes(
    client,
    keys.flatMap(({ come }) => come),
  );
  if (bound.length === 0) return [];
  const commits = await postHeldMovements(
    client,
    new Map(bound.map(({ classKey, ...meaning }) => [classKey, meaning])),
  );
  await closeExceptions(
    client,
    ["movement.code_unknown", "item.unknown"],
    bound.map(({ classKey }) => classKey),
  );
  return commits;
}

function isFamily({ item }: WrittenItem): boolean {
  return item.variant_by !== null;
}

/** Writes down who changed what, and for other systems that it happened. */
async function tell(client: Client, written: readonly Written[], actor: string): Promise<void> {
  const timeMs = Date.now();
  const addressOf = (item: Item) => `/v1/items/${encodeURIComponent(item.sku)}`;
  await recordChanges(
    client,
    written.map(({ before, after }): Change => {
      const action = before === undefined ? "item.add" : "item.change";
      return { actor, action, resource: addressOf(after), before, after };
    }),
  );
  await insertOutbox(
    client,
    written.map(({ before, after }) => ({
      id: newId(timeMs),
      type: before === undefined ? "item.added" : "item.changed",
      key: addressOf(after),
      timeMs,
      data: after,
    })),
  );
}

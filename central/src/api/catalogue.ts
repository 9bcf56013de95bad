import { ok, type Result, refuse } from "@tallygate/protocol";
import type { Client } from "../db/pool.ts";
import { resolveUnknownCodes } from "../db/queries/exceptions.ts";
import {
  findCodes,
  type ItemRow,
  insertCodes,
  insertItem,
  raiseCatalogueVersion,
  readItems,
  updateItem,
} from "../db/queries/items.ts";
import { postHeldMovements } from "../ingest/post-held.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import { classKeysOf } from "./class-keys.ts";
import type { Done } from "./once.ts";
import type { Announcements } from "./parts.ts";

export interface NewItem {
  readonly sku: string;
  readonly name: string;
  readonly uom: string;
  readonly gtins: readonly string[];
  readonly codes: readonly string[];
}

export interface ItemChange {
  readonly sku: string;
  readonly name?: string | undefined;
  readonly uom?: string | undefined;
  readonly add_gtins?: readonly string[] | undefined;
  readonly add_codes?: readonly string[] | undefined;
}

/** Adds an item in the caller's transaction. Refuses `item.exists`, and codes that are none. */
export async function addItem(client: Client, item: NewItem, relay: Announcements): Promise<Result<Done<ItemRow>>> {
  const keys = classKeysOf(item, { gtins: "body.gtins", codes: "body.codes" });
  if (!keys.ok) return keys;
  // The catalogue's lock comes first: whoever has it sees every code, and ingest applies nothing that could be held for these.
  const version = await raiseCatalogueVersion(client);
  const itemId = await insertItem(client, { ...item, catalogueVersion: version });
  if (itemId === undefined) {
    return refuse("item.exists", `There is an item with the SKU ${item.sku} already; change that one.`, {
      at: "body.sku",
    });
  }
  const bound = await bind(client, { sku: item.sku, itemId, keys: keys.value });
  return bound.ok ? done(client, item.sku, version, bound.value, relay) : bound;
}

/** Changes an item in the caller's transaction. Refuses `item.unknown`, `item.exists`, and codes that are none. */
export async function changeItem(
  client: Client,
  change: ItemChange,
  relay: Announcements,
): Promise<Result<Done<ItemRow>>> {
  const { sku, add_gtins: gtins = [], add_codes: codes = [] } = change;
  const keys = classKeysOf({ gtins, codes }, { gtins: "body.add_gtins", codes: "body.add_codes" });
  if (!keys.ok) return keys;
  const version = await raiseCatalogueVersion(client);
  const itemId = await updateItem(client, { sku, name: change.name, uom: change.uom, catalogueVersion: version });
  if (itemId === undefined) return refuse("item.unknown", `No item has the SKU ${sku}.`, { at: "path.sku" });
  const bound = await bind(client, { sku, itemId, keys: keys.value });
  return bound.ok ? done(client, sku, version, bound.value, relay) : bound;
}

interface Binding {
  readonly sku: string;
  readonly itemId: number;
  readonly keys: readonly string[];
}

/** Gives an item its codes and posts what waited for them. */
async function bind(client: Client, { sku, itemId, keys }: Binding): Promise<Result<readonly SiteCommit[]>> {
  if (keys.length === 0) return ok([]);
  const taken = (await findCodes(client, keys)).filter(code => code.sku !== sku);
  if (taken.length > 0) {
    const faults = taken.map(code => ({ at: code.class_key, detail: `is a code of the item ${code.sku}` }));
    const named = faults.map(fault => `${fault.at} ${fault.detail}`).join("; ");
    return refuse("item.exists", `${named}. A code means one item.`, { faults });
  }
  await insertCodes(client, itemId, keys);
  const commits = await postHeldMovements(client, new Map(keys.map(key => [key, { itemId, units: 1 }])));
  await resolveUnknownCodes(client, keys);
  return ok(commits);
}

async function done(
  client: Client,
  sku: string,
  version: number,
  commits: readonly SiteCommit[],
  relay: Announcements,
): Promise<Result<Done<ItemRow>>> {
  const [answer] = await readItems(client, { sku, limit: 1 });
  if (answer === undefined) throw new Error(`the item ${sku} is not there after it was written`);
  const afterCommit = () => {
    relay.catalogueChanged(version);
    if (commits.length > 0) relay.publishCommits(commits);
  };
  return ok({ answer, afterCommit });
}

import { ok, type Result, refuse } from "@tallygate/protocol";
import type { ItemEdit } from "../catalogue/change.ts";
import { changeItem } from "../catalogue/change-item.ts";
import { splitClassKeys } from "../catalogue/class-keys.ts";
import type { Item } from "../catalogue/item.ts";
import type { ExceptionRow } from "../db/exceptions/read.ts";
import type { Client } from "../db/pool.ts";
import type { Deciding, DecisionOf } from "./ask.ts";
import type { Done } from "./resolve.ts";

/**
 * Gives the code that nobody knew to an item, or to a pack of it. What was held under it posts, at all sites, and whatever else waits for
 * the code closes by itself: the catalogue sees to both. The catalogue is locked.
 */
export async function bindCode(
  client: Client,
  { key }: ExceptionRow,
  { sku, pack }: DecisionOf<"bind">,
  { actor }: Deciding,
): Promise<Result<Done>> {
  const changed = await changeItem(client, { sku, actor }, row =>
    row === undefined
      ? refuse("item.unknown", `No item has the SKU ${sku}.`, { at: "body.sku" })
      : withCode(row.item, key, pack),
  );
  if (!changed.ok) return changed;
  const { version, commits } = changed.value;
  return ok({ commits, catalogueVersion: version });
}

/** The item with one more code; a code that it has already changes nothing. */
function withCode(item: Item, classKey: string, pack: string | undefined): Result<ItemEdit> {
  const { gtins, codes } = splitClassKeys([classKey]);
  const more = (owner: { readonly gtins: readonly string[]; readonly codes: readonly string[] }) => ({
    gtins: [...new Set([...owner.gtins, ...gtins])],
    codes: [...new Set([...owner.codes, ...codes])],
  });
  if (pack === undefined) return ok(more(item));
  if (!item.packs.some(each => each.pack === pack)) {
    return refuse("item.pack", `The item ${item.sku} has no pack ${pack}.`, { at: "body.pack" });
  }
  return ok({ packs: item.packs.map(each => (each.pack === pack ? { ...each, ...more(each) } : each)) });
}

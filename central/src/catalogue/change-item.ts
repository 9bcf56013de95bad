import { ok, type Result } from "@tallygate/protocol";
import { type ItemRow, readItems } from "../db/catalogue/items.ts";
import { lockCatalogue } from "../db/catalogue/write-items.ts";
import type { Client } from "../db/pool.ts";
import type { SiteCommit } from "../ingest/site-commit.ts";
import type { ItemEdit } from "./change.ts";
import { changeItems } from "./change-items.ts";

/** An item after its change, and what to tell once that is committed. */
export interface ChangesDone {
  readonly row: ItemRow;
  readonly version: number;
  readonly commits: readonly SiteCommit[];
}

/**
 * Adds or changes one item in the caller's transaction. What is to be is decided when the item is locked, so that nobody changes it
 * in between.
 *
 * @param edit gets the item as it is, undefined where there is none
 */
export async function changeItem(
  client: Client,
  { sku, actor }: { readonly sku: string; readonly actor: string },
  edit: (row: ItemRow | undefined) => Result<ItemEdit>,
): Promise<Result<ChangesDone>> {
  await lockCatalogue(client);
  const [before] = await readItems(client, { sku, limit: 1 });
  const decided = edit(before);
  if (!decided.ok) return decided;
  const asked = [{ sku, at: "body", edit: () => decided }];
  const { faults, version, commits } = await changeItems(client, asked, { actor, write: "all_or_nothing" });
  const [fault] = faults;
  if (fault !== undefined) return { ok: false, problem: fault.problem };
  const [row] = await readItems(client, { sku, limit: 1 });
  if (row === undefined) throw new Error(`the item ${sku} is not there after it was written`);
  return ok({ row, version, commits });
}

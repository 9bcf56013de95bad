import { binaryArray } from "../binary.ts";
import type { Client } from "../pool.ts";

const backorderLock = { class: 20_013, key: 1 } as const;

/** Makes this transaction the only one among all processes that holds goods for waiting lines; false when another one does. */
export async function lockBackorders(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_xact_lock($1, $2) as locked", [
    backorderLock.class,
    backorderLock.key,
  ]);
  return rows[0]?.locked ?? false;
}

/** An item at a site. */
export interface SiteItem {
  readonly itemId: number;
  readonly siteId: number;
}

/**
 * Items at sites for which lines wait and of which some is available there, in their order, behind `after`. From one item the index
 * leads to the next, however many lines wait for each.
 */
export async function readWaitingItems(
  client: Client,
  { after, limit }: { readonly after: SiteItem; readonly limit: number },
): Promise<readonly SiteItem[]> {
  const { rows } = await client.query<[number, number]>({
    name: "documents-read-waiting-items",
    text: `with recursive waiting as (
        (select item_id, site_id from document_line where backordered > 0 and (item_id, site_id) > ($1::integer, $2::integer)
          order by item_id, site_id limit 1)
        union all
        select further.item_id, further.site_id from waiting cross join lateral (
          select item_id, site_id from document_line
          where backordered > 0 and (item_id, site_id) > (waiting.item_id, waiting.site_id)
          order by item_id, site_id limit 1
        ) further
      )
      select item_id, site_id from waiting
      where exists (
        select from stock join place on place.id = stock.place_id
        where stock.item_id = waiting.item_id and stock.site_id = waiting.site_id and not place.outside
          and on_hand - reserved - blocked > 0
      )
      order by item_id, site_id limit $3`,
    values: [after.itemId, after.siteId, limit],
    rowMode: "array",
  });
  return rows.map(([itemId, siteId]) => ({ itemId, siteId }));
}

/** The documents of the lines that wait for some items, those that are due first and then the oldest first: at most so many of each item. */
export async function readWaitingDocuments(
  client: Client,
  items: readonly SiteItem[],
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ document_id: string }>({
    name: "documents-read-waiting-documents",
    text: `select distinct first.document_id
      from unnest($1::integer[], $2::integer[]) as waiting (item_id, site_id) cross join lateral (
        select document_id from document_line line
        where backordered > 0 and line.item_id = waiting.item_id and line.site_id = waiting.site_id
        order by due_at, document_id, line limit $3
      ) first`,
    values: [
      binaryArray.integer(items.map(({ itemId }) => itemId)),
      binaryArray.integer(items.map(({ siteId }) => siteId)),
      limit,
    ],
  });
  return rows.map(row => row.document_id);
}

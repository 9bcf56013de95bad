import type { Executor } from "../pool.ts";

/** Live reservations that hold an item at a site's place, the newest first: whoever is short is among them. */
export async function readHoldersAt(
  db: Executor,
  { sku, site, place }: { readonly sku: string; readonly site: string; readonly place: string },
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ reservation_id: string }>(
    `select distinct h.reservation_id from reservation_hold h
       join item on item.id = h.item_id and item.sku = $1
       join place on place.id = h.place_id and place.code = $3
       join site on site.id = place.site_id and site.code = $2
     where h.fulfilled + h.released < h.quantity order by h.reservation_id desc limit $4`,
    [sku, site, place, limit],
  );
  return rows.map(row => row.reservation_id);
}

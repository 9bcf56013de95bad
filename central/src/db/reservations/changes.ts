import { binaryArray } from "../binary.ts";
import type { ReachedLevel } from "../ledger/postings.ts";
import type { Client, Executor } from "../pool.ts";

/** Sites that are to be told of a changed level. */
export async function readUntoldSites(db: Executor, limit: number): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: "reservations-untold-sites",
    text: `select id from site where exists (select from reserved_change where site_id = site.id) order by id limit $1`,
    values: [limit],
  });
  return rows.map(row => row.id);
}

interface LevelKey {
  readonly item_id: number;
  readonly place_id: number;
}

/** Takes a site's changed levels, each once; the site's row is locked. */
export async function takeChanges(client: Client, siteId: number, limit: number): Promise<readonly LevelKey[]> {
  const { rows } = await client.query<LevelKey>({
    name: "reservations-take-changes",
    text: `with taken as (
        delete from reserved_change where site_id = $1
          and id in (select id from reserved_change where site_id = $1 order by id limit $2)
        returning item_id, place_id
      )
      select distinct item_id, place_id from taken`,
    values: [siteId, limit],
  });
  return rows;
}

/** Levels as they are committed now. */
export async function readReached(client: Client, keys: readonly LevelKey[]): Promise<readonly ReachedLevel[]> {
  const { rows } = await client.query<[number, number, number, number, number]>({
    name: "reservations-read-levels",
    text: `select stock.item_id, stock.place_id, on_hand, reserved, blocked
      from unnest($1::integer[], $2::integer[]) as key (item_id, place_id)
      join stock on stock.item_id = key.item_id and stock.place_id = key.place_id order by 1, 2`,
    values: [binaryArray.integer(keys.map(key => key.item_id)), binaryArray.integer(keys.map(key => key.place_id))],
    rowMode: "array",
  });
  return rows.map(([itemId, placeId, onHand, reserved, blocked]) => ({ itemId, placeId, onHand, reserved, blocked }));
}

import { binaryArray } from "../binary.ts";
import type { Client, Executor } from "../pool.ts";
import { Conditions, rfc3339Ms } from "../queries/sql.ts";

export interface ReorderPointRow {
  readonly id: number;
  readonly sku: string;
  readonly site: string;
  readonly place: string | null;
  readonly quantity: number;
  readonly clear_above: number;
  readonly order_quantity: number | null;
  readonly available: number;
  readonly below_since: string | null;
}

/** What is available of a point's item at its site, or at its place and in what stands in it. */
const available = `(select coalesce(sum(s.on_hand - s.reserved - s.blocked), 0)::bigint from stock s join place on place.id = s.place_id
  where s.item_id = point.item_id and s.site_id = point.site_id and not place.outside and (point.place_id is null or place.id in (
    with recursive inside as (
      select point.place_id as id union select p.id from inside join place p on p.parent_id = inside.id
    ) select id from inside
  )))`;

const columns = `point.id, item.sku, site.code as site, (select code from place where place.id = point.place_id) as place,
  point.quantity, point.clear_above, point.order_quantity, ${available} as available, ${rfc3339Ms("point.below_since")} as below_since`;
const sources = "join item on item.id = point.item_id join site on site.id = point.site_id";

export interface ReorderPointFilter {
  readonly sku?: string | undefined;
  readonly site?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly below?: boolean | undefined;
  readonly ids?: readonly number[] | undefined;
}

/** Reorder points, in the order in which they were first set. */
export async function readReorderPoints(
  db: Executor,
  { sku, site, sites, below, ids }: ReorderPointFilter,
  { after, limit }: { readonly after: number | undefined; readonly limit: number },
): Promise<readonly ReorderPointRow[]> {
  const conditions = new Conditions()
    .when(sku, value => `point.item_id = (select id from item where sku = ${value})`)
    .when(site, value => `point.site_id = (select id from site where code = ${value})`)
    .when(sites, value => `site.code = any(${value}::text[])`)
    .when(ids, value => `point.id = any(${value}::bigint[])`)
    .when(after, value => `point.id > ${value}`);
  if (below !== undefined) conditions.add(`point.below_since is ${below ? "not " : ""}null`);
  const { rows } = await db.query<ReorderPointRow>(
    `select ${columns} from reorder_point point ${sources} ${conditions.where()} order by point.id limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

export interface NewReorderPoint {
  readonly itemId: number;
  readonly siteId: number;
  readonly placeId: number | undefined;
  readonly quantity: number;
  readonly clearAbove: number;
  readonly orderQuantity: number | undefined;
}

/** Sets points, of which none is of the same item and place as another, in one order; gives their ids in the order given. */
export async function setReorderPoints(client: Client, points: readonly NewReorderPoint[]): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>(
    `with given as (
       select * from unnest($1::integer[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[]) with ordinality
         as given (item_id, site_id, place_id, quantity, clear_above, order_quantity, position)
     ), written as (
       insert into reorder_point (item_id, site_id, place_id, quantity, clear_above, order_quantity)
       select item_id, site_id, place_id, quantity, clear_above, order_quantity from given
       order by item_id, site_id, coalesce(place_id, 0)
       on conflict (item_id, site_id, coalesce(place_id, 0)) do update set quantity = excluded.quantity,
         clear_above = excluded.clear_above, order_quantity = excluded.order_quantity, updated_at = now()
       returning id, item_id, site_id, place_id
     )
     select id from given join written w on w.item_id = given.item_id and w.site_id = given.site_id
       and w.place_id is not distinct from given.place_id order by position`,
    [
      binaryArray.integer(points.map(point => point.itemId)),
      binaryArray.integer(points.map(point => point.siteId)),
      binaryArray.integer(points.map(point => point.placeId)),
      binaryArray.bigint(points.map(point => point.quantity)),
      binaryArray.bigint(points.map(point => point.clearAbove)),
      binaryArray.bigint(points.map(point => point.orderQuantity)),
    ],
  );
  return rows.map(row => row.id);
}

export async function deleteReorderPoint(client: Client, id: number): Promise<void> {
  await client.query("delete from reorder_point where id = $1", [id]);
}

/** Locks the reorder points that levels may concern, and gives their ids. */
export async function lockReorderPoints(
  client: Client,
  levels: readonly { readonly itemId: number; readonly placeId: number }[],
): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>({
    name: "places-lock-reorder-points",
    text: `select point.id from reorder_point point where (point.item_id, point.site_id) in (
        select level.item_id, place.site_id from unnest($1::integer[], $2::integer[]) level (item_id, place_id)
        join place on place.id = level.place_id where not place.outside
      ) order by point.id for update`,
    values: [
      binaryArray.integer(levels.map(level => level.itemId)),
      binaryArray.integer(levels.map(level => level.placeId)),
    ],
  });
  return rows.map(row => row.id);
}

export interface CrossedPoint {
  readonly sku: string;
  readonly site: string;
  readonly site_id: number;
  readonly place: string | null;
  readonly quantity: number;
  readonly order_quantity: number | null;
  readonly available: number;
  readonly is_below: boolean;
}

/** Measures points that are locked, remembers which are below, and gives those that were crossed by it, down or up. */
export async function crossReorderPoints(
  client: Client,
  ids: readonly number[],
  nowMs: number,
): Promise<readonly CrossedPoint[]> {
  const { rows } = await client.query<CrossedPoint>({
    name: "places-cross-reorder-points",
    text: `with measured as materialized (
        select point.id, ${available} as available from reorder_point point where point.id = any($1::bigint[])
      )
      update reorder_point point
      set below_since = case when m.available <= point.quantity then to_timestamp($2::double precision / 1000) end
      from measured m, item, site
      where point.id = m.id and item.id = point.item_id and site.id = point.site_id and (
        (point.below_since is null and m.available <= point.quantity)
        or (point.below_since is not null and m.available > point.clear_above)
      )
      returning item.sku, site.code as site, point.site_id, (select code from place where place.id = point.place_id) as place,
        point.quantity, point.order_quantity, m.available, point.below_since is not null as is_below`,
    values: [binaryArray.bigint(ids), nowMs],
  });
  return rows;
}

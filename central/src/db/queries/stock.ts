import { lotInCode } from "../ledger/lots.ts";
import { type Executor, parseInt8 } from "../pool.ts";
import { readSiteIds, sitesAsked } from "./sites.ts";
import { Conditions } from "./sql.ts";

export interface StockItemRow {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly uom: string;
}

/** An item's quantity in one account. `reserved` and `blocked` are null as of a past time: holds keep no history. */
export interface LevelRow {
  readonly item_id: number;
  readonly site: string;
  readonly place: string;
  readonly outside: boolean;
  readonly on_hand: number;
  readonly reserved: number | null;
  readonly blocked: number | null;
}

export interface StockFilter {
  readonly sku?: string | undefined;
  readonly site?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly place?: string | undefined;
  /** In place of the place: these places. */
  readonly placeIds?: readonly number[] | undefined;
  readonly lot?: string | undefined;
}

/** Items in the order of their SKUs, after `after`. With sites or a place: those that have, or had, stock there. */
export async function readStockItems(
  db: Executor,
  filter: StockFilter,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<StockItemRow[]> {
  const conditions = new Conditions().when(filter.sku, sku => `i.sku = ${sku}`).when(after, sku => `i.sku > ${sku}`);
  const account = placeConditions(conditions, filter);
  const siteIds = await readSiteIds(db, sitesAsked(filter.site, filter.sites));
  if (siteIds !== undefined) account.push(`s.site_id = any(${conditions.value(siteIds)}::integer[])`);
  if (account.length > 0)
    conditions.add(
      `i.id in (select s.item_id from stock s join place p on p.id = s.place_id where ${account.join(" and ")})`,
    );
  conditions.when(filter.lot, lot => `i.id in (select item_id from lot where lot.lot = ${lot})`);
  const { rows } = await db.query<StockItemRow>(
    `select i.id, i.sku, i.name, i.uom from item i ${conditions.where()} order by i.sku limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/** The levels of some items that are not all zero: in the order of the items, then by site and place. */
export async function readLevels(
  db: Executor,
  items: readonly number[],
  filter: StockFilter,
  limit: number,
): Promise<LevelRow[]> {
  const conditions = new Conditions();
  const ids = conditions.value(items);
  const account = accountCondition(conditions, filter);
  const { rows } = await db.query<LevelRow>(
    `select s.item_id, site.code as site, p.code as place, p.outside, s.on_hand, s.reserved, s.blocked
     from unnest(${ids}::integer[]) with ordinality as w (item_id, position)
     join stock s on s.item_id = w.item_id join place p on p.id = s.place_id join site on site.id = p.site_id
     where (s.on_hand <> 0 or s.reserved <> 0 or s.blocked <> 0)
     ${account === "" ? "" : `and ${account}`}
     order by w.position, site.code collate "C", p.code collate "C"
     limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

/**
 * What {@link readLevels} would have given at a past time: the sum of the postings up to and including it, by the time when
 * things happened (`event`) or by the time when the centre stored them (`record`).
 */
export async function readLevelsAsOf(
  db: Executor,
  items: readonly number[],
  filter: StockFilter,
  { asOf, by, limit }: { readonly asOf: string; readonly by: "event" | "record"; readonly limit: number },
): Promise<LevelRow[]> {
  const conditions = new Conditions();
  const ids = conditions.value(items);
  const until = conditions.value(asOf);
  const ofLot = filter.lot === undefined ? "" : `and ${lotInCode} = ${conditions.value(filter.lot)}`;
  const account = accountCondition(conditions, filter);
  const { rows } = await db.query<LevelRow>(
    `with line as materialized (
       select item_id, posted_from, posted_to, quantity from posting
       where item_id = any(${ids}::integer[]) and ${by === "event" ? "event_time" : "record_time"} <= ${until}::timestamptz ${ofLot}
     ), level as (
       select item_id, place_id, sum(quantity)::bigint as on_hand from (
         select item_id, posted_to as place_id, quantity from line
         union all
         select item_id, posted_from, -quantity from line
       ) side group by item_id, place_id having sum(quantity) <> 0
     )
     select l.item_id, site.code as site, p.code as place, p.outside, l.on_hand, null as reserved, null as blocked
     from unnest(${ids}::integer[]) with ordinality as w (item_id, position)
     join level l on l.item_id = w.item_id join place p on p.id = l.place_id join site on site.id = p.site_id
     ${account === "" ? "" : `where ${account}`}
     order by w.position, site.code collate "C", p.code collate "C"
     limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

export interface StockOfSku extends StockItemRow {
  readonly levels: readonly StoredLevel[];
}

/** A level by its place's id. */
export interface StoredLevel {
  readonly placeId: number;
  readonly onHand: number;
  readonly reserved: number;
  readonly blocked: number;
}

/**
 * Items with all their levels that are not zero, for many SKUs in one round trip. Levels come as one text of numbers: to name the places, to
 * sort by their names and to make JSON of it all takes PostgreSQL almost as long again.
 */
export async function readStockOfSkus(db: Executor, skus: readonly string[]): Promise<StockOfSku[]> {
  const { rows } = await db.query<StockItemRow & { readonly levels: string | null }>({
    name: "stock-of-skus",
    text: `select i.id, i.sku, i.name, i.uom, (
             select string_agg(concat_ws(',', s.place_id, s.on_hand, s.reserved, s.blocked), ';')
             from stock s where s.item_id = i.id and (s.on_hand <> 0 or s.reserved <> 0 or s.blocked <> 0)
           ) as levels
           from item i where i.sku = any($1)`,
    values: [skus],
  });
  return rows.map(({ id, sku, name, uom, levels }) => ({ id, sku, name, uom, levels: storedLevels(levels) }));
}

function storedLevels(text: string | null): StoredLevel[] {
  if (text === null) return [];
  return text.split(";").map(level => {
    const [placeId = 0, onHand = 0, reserved = 0, blocked = 0] = level.split(",").map(parseInt8);
    return { placeId, onHand, reserved, blocked };
  });
}

/** The levels of items of one lot. What is promised or blocked is not known by lot. */
export async function readLotLevels(
  db: Executor,
  items: readonly number[],
  filter: StockFilter & { readonly lot: string },
  limit: number,
): Promise<LevelRow[]> {
  const conditions = new Conditions();
  const [ids, lot] = [conditions.value(items), conditions.value(filter.lot)];
  const account = accountCondition(conditions, filter);
  const { rows } = await db.query<LevelRow>(
    `select s.item_id, site.code as site, p.code as place, p.outside, s.on_hand, null as reserved, null as blocked
     from unnest(${ids}::integer[]) with ordinality as w (item_id, position)
     join lot_stock s on s.item_id = w.item_id join place p on p.id = s.place_id join site on site.id = p.site_id
     where s.lot = ${lot} and s.on_hand <> 0 ${account === "" ? "" : `and ${account}`}
     order by w.position, site.code collate "C", p.code collate "C" limit ${conditions.value(limit)}`,
    conditions.values,
  );
  return rows;
}

function accountCondition(conditions: Conditions, filter: StockFilter): string {
  const parts = placeConditions(conditions, filter);
  if (filter.site !== undefined) parts.push(`site.code = ${conditions.value(filter.site)}`);
  if (filter.sites !== undefined) parts.push(`site.code = any(${conditions.value(filter.sites)}::text[])`);
  return parts.join(" and ");
}

function placeConditions(conditions: Conditions, { place, placeIds }: StockFilter): string[] {
  if (placeIds !== undefined) return [`p.id = any(${conditions.value(placeIds)}::integer[])`];
  return place === undefined ? [] : [`p.code = ${conditions.value(place)}`];
}

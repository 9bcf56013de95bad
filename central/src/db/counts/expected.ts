import type { Pair } from "../../counts/model.ts";
import type { Executor } from "../pool.ts";

/** An item at a place, and as of when. */
export interface PairAt extends Pair {
  readonly atMs: number;
}

export interface LedgerCode extends Pair {
  readonly code: string;
  readonly units: number;
}

/**
 * What the ledger had of items at places as of each place's time, by event time: the sum of each code's postings, where it is not zero.
 * It reads the items' histories by their index and no others: an index by thing and place would make each movement dearer, and counts
 * are few.
 */
export async function readExpected(db: Executor, pairs: readonly PairAt[]): Promise<readonly LedgerCode[]> {
  if (pairs.length === 0) return [];
  const { rows } = await db.query<LedgerCode>({
    name: "counts-read-expected",
    text: `select pair.place_id as "placeId", pair.item_id as "itemId", p.code,
        sum(case when p.posted_to = pair.place_id then p.quantity else -p.quantity end)::bigint as units
      from unnest($1::integer[], $2::integer[], $3::double precision[]) pair (place_id, item_id, at)
      join posting p on p.item_id = pair.item_id and p.event_time <= to_timestamp(pair.at / 1000)
        and (p.posted_to = pair.place_id or p.posted_from = pair.place_id)
      group by pair.place_id, pair.item_id, p.code
      having sum(case when p.posted_to = pair.place_id then p.quantity else -p.quantity end) <> 0`,
    values: [pairs.map(({ placeId }) => placeId), pairs.map(({ itemId }) => itemId), pairs.map(({ atMs }) => atMs)],
  });
  return rows;
}

/** Items at places of a count after `after`: those that ever were there, and those that were found there. */
export async function readPairs(
  db: Executor,
  countId: string,
  {
    after,
    limit,
    placeId,
  }: { readonly after: Pair | undefined; readonly limit: number; readonly placeId: number | undefined },
): Promise<readonly Pair[]> {
  const { rows } = await db.query<Pair>({
    name: "counts-read-pairs",
    text: `with counted as (
        select p.place_id, c.all_items from stock_count c join stock_count_place p on p.count_id = c.id
        where c.id = $1::uuid and not p.left_out and ($5::integer is null or p.place_id = $5) and p.place_id >= $2
      )
      select place_id as "placeId", item_id as "itemId" from (
        select k.place_id, k.item_id from counted join stock k on k.place_id = counted.place_id
        where all_items or exists (select from stock_count_item i where i.count_id = $1::uuid and i.item_id = k.item_id)
        union
        select k.place_id, k.item_id from counted join stock_count_passed k on k.place_id = counted.place_id
        where all_items or exists (select from stock_count_item i where i.count_id = $1::uuid and i.item_id = k.item_id)
        union
        select e.place_id, e.item_id from stock_count_entry e join counted on counted.place_id = e.place_id where e.count_id = $1::uuid
      ) pair where (place_id, item_id) > ($2::integer, $3::integer) order by place_id, item_id limit $4`,
    values: [countId, after?.placeId ?? 0, after?.itemId ?? 0, limit, placeId ?? null],
  });
  return rows;
}

export interface ItemFacts {
  readonly itemId: number;
  readonly sku: string;
  readonly name: string;
  readonly uom: string;
  readonly tracking: "none" | "lot" | "serial";
  /** A code that stands for one unit, if the item has any. */
  readonly classKey: string | undefined;
  readonly price: number | undefined;
  readonly currency: string | undefined;
}

/** What counting needs to know of items. The price is that of a list, or of any other where that has none, now and for everyone. */
export async function readItemFacts(
  db: Executor,
  itemIds: readonly number[],
  priceList: string,
): Promise<ReadonlyMap<number, ItemFacts>> {
  const { rows } = await db.query<{
    [K in keyof ItemFacts]: K extends "classKey" | "price" | "currency" ? ItemFacts[K] | null : ItemFacts[K];
  }>({
    name: "counts-read-item-facts",
    text: `select i.id as "itemId", i.sku, i.name, i.uom, i.tracking,
        (select class_key from item_code c where c.item_id = i.id and c.units = 1 order by class_key limit 1) as "classKey",
        cost.amount as price, cost.currency
      from item i left join lateral (
        select amount, currency from price where item_id = i.id and customer_group = '' and now() >= valid_from and now() < valid_until
        order by list <> $2, list, quantity_from limit 1
      ) cost on true where i.id = any($1::integer[])`,
    values: [[...new Set(itemIds)], priceList],
  });
  return new Map(
    rows.map(({ classKey, price, currency, ...row }) => [
      row.itemId,
      { ...row, classKey: classKey ?? undefined, price: price ?? undefined, currency: currency ?? undefined },
    ]),
  );
}

/**
 * Where things are as of a time by all that the ledger knows but a count's own movements.
 *
 * @param document the count, as its movements' notes name it
 */
export async function readPlacesWithout(
  db: Executor,
  {
    itemIds,
    codes,
    atMs,
    document,
  }: {
    readonly itemIds: readonly number[];
    readonly codes: readonly string[];
    readonly atMs: number;
    readonly document: string;
  },
): Promise<
  ReadonlyMap<
    string,
    { readonly placeId: number; readonly place: string; readonly site: string; readonly units: number }
  >
> {
  const { rows } = await db.query<{ code: string; placeId: number; place: string; site: string; units: number }>({
    name: "counts-read-places-without",
    text: `select distinct on (p.code) p.code, p.posted_to as "placeId", place.code as place, site.code as site, p.quantity as units
      from posting p join place on place.id = p.posted_to join site on site.id = place.site_id
      where p.item_id = any($1::integer[]) and p.code = any($2::text[]) and p.event_time <= to_timestamp($3::double precision / 1000)
        and not exists (select from movement_note n where n.epoch_id = p.epoch_id and n.seq = p.seq and n.document = $4)
        and not (p.event_time = to_timestamp($3::double precision / 1000) and exists (
          select from further_posting f where f.epoch_id = p.epoch_id and f.seq = p.seq and f.line < p.line and f.event_time < p.event_time))
      order by p.code, p.event_time desc, p.record_time desc, p.epoch_id desc, p.seq desc, p.line desc`,
    values: [itemIds, codes, atMs, document],
  });
  return new Map(rows.map(({ code, ...where }) => [code, where]));
}
